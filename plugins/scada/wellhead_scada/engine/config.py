"""What the engine is told to scan, as plain values that compare, travel and survive a restart.

The configuration comes from the database; the gateway keeps its last good one in the spool,
so that it can scan with the database down.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wellhead.sdk import WellheadError

VERSION = 1


@dataclass(frozen=True, slots=True)
class TagConfig:
    """One point of a device. Value in the tag's unit = raw · scale + offset; exception: of
    exception/rules.py, None = every reading is stored."""

    tag: int
    name: str
    datatype: str
    address: Mapping[str, Any]
    scale: float = 1.0
    offset: float = 0.0
    tag_class: str = "default"
    exception: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class GroupConfig:
    """Tags of one device that are read together every `period_ms`; `source` names their batches."""

    id: str
    name: str
    period_ms: int
    source: int
    tags: tuple[TagConfig, ...]


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device. timeout: seconds that one exchange may take."""

    id: str
    name: str
    driver: str
    options: Mapping[str, Any]
    timeout: float
    enabled: bool
    groups: tuple[GroupConfig, ...]

    def same_connection(self, other: "DeviceConfig") -> bool:
        """True when going from `other` to this one needs no new connection."""
        return (self.name, self.driver, self.options, self.timeout, self.enabled) == (
            other.name,
            other.driver,
            other.options,
            other.timeout,
            other.enabled,
        )


@dataclass(frozen=True, slots=True)
class FieldConfig:
    """All devices of one gateway."""

    devices: tuple[DeviceConfig, ...] = ()

    def tag_classes(self) -> dict[int, str]:
        """The class of each tag."""
        return {
            tag.tag: tag.tag_class
            for device in self.devices
            for group in device.groups
            for tag in group.tags
        }

    def to_document(self) -> dict[str, Any]:
        """The configuration as JSON values with its version; `from_document` gives it back."""
        return {"version": VERSION, "devices": [asdict(device) for device in self.devices]}

    @classmethod
    def from_document(cls, document: Any) -> "FieldConfig":
        """Raises WellheadError when this is not a configuration of this version."""
        try:
            if document["version"] != VERSION:
                raise WellheadError(
                    "kept configuration has another version",
                    field="version",
                    value=document["version"],
                    remedy="Let the gateway reach the database once, it will keep a new one",
                )
            return cls(tuple(_device(device) for device in document["devices"]))
        except (KeyError, TypeError) as error:
            raise WellheadError(
                f"kept configuration cannot be read: {error}",
                field="configuration",
                remedy="Let the gateway reach the database once, it will keep a new one",
            ) from error


def _device(document: dict[str, Any]) -> DeviceConfig:
    groups = tuple(
        GroupConfig(
            **{**group, "tags": tuple(TagConfig(**tag) for tag in group["tags"])},
        )
        for group in document["groups"]
    )
    return DeviceConfig(**{**document, "groups": groups})


@dataclass(frozen=True, slots=True)
class Changes:
    """What must happen to go from one configuration to the next; everything else is left alone.

    removed: devices that are gone
    started: devices that are new, or whose connection changed (they are stopped first)
    regrouped: devices that keep their connection but not all of their groups
    """

    removed: tuple[DeviceConfig, ...]
    started: tuple[DeviceConfig, ...]
    regrouped: tuple[DeviceConfig, ...]


def changes(old: FieldConfig, new: FieldConfig) -> Changes:
    """The least that must be done to go from `old` to `new`."""
    before = {device.id: device for device in old.devices}
    after = {device.id: device for device in new.devices}
    started, regrouped = [], []
    for device in new.devices:
        known = before.get(device.id)
        if known is None or not device.same_connection(known):
            started.append(device)
        elif device.groups != known.groups:
            regrouped.append(device)
    removed = tuple(device for device in old.devices if device.id not in after)
    return Changes(removed, tuple(started), tuple(regrouped))


def retired(old: DeviceConfig, new: DeviceConfig | None) -> dict[int, list[int]]:
    """Tags that are no longer scanned once `new` holds (None: the device is gone), by source.

    A tag that only moved to another group of the device is still scanned.
    """
    if not old.enabled:
        return {}
    kept: set[int] = set()
    if new is not None and new.enabled:
        kept = {tag.tag for group in new.groups for tag in group.tags}
    gone: dict[int, list[int]] = {}
    for group in old.groups:
        tags = [tag.tag for tag in group.tags if tag.tag not in kept]
        if tags:
            gone[group.source] = tags
    return gone
