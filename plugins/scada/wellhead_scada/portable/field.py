"""The devices, groups and tags of a tenant by name, as they are and as an import makes them."""

import uuid
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada.commands.controls import check_kept
from wellhead_scada.commands.models import Control
from wellhead_scada.drivers import Drivers
from wellhead_scada.exception.drawn import check_drawn
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.points import load_options, load_point
from wellhead_scada.service import CHANGED


class Field:
    """doubtful: (kind, *key) of records whose own rows are wrong: whatever refers to them is not
    blamed for it
    touched: ("device", name) and ("tag", name) of what may not fit together any more
    controlled: ids of the tags that have settings for commands
    """

    def __init__(self, drivers: Drivers, *, editing: bool) -> None:
        self.drivers = drivers
        self.doubtful: set[Any] = set()
        self.touched: set[tuple[str, str]] = set()
        self.assets = sdk.asset_names()
        self._gateways: set[str] = set()
        devices = select(Device).order_by(Device.name)
        tags = select(FieldTag).order_by(FieldTag.tag_id)
        known = select(Tag).order_by(Tag.id)
        if editing:  # with the lock of an update, which readings and states do not wait for
            devices = devices.with_for_update(key_share=True, of=Device)
            tags = tags.with_for_update(key_share=True)  # joins the historian's: locks both
            known = known.with_for_update(key_share=True)
        session = sdk.db.session
        self.devices = {device.name: device for device in session.scalars(devices)}
        self.by_id = {device.id: device for device in self.devices.values()}
        self.groups = {
            (self.by_id[group.device_id].name, group.name): group
            for group in session.scalars(select(ScanGroup))
            if group.device_id in self.by_id
        }
        self.group_names = {group.id: group.name for group in self.groups.values()}
        self.tags = {tag.name: tag for tag in session.scalars(tags)}
        self.known = {tag.name: tag for tag in session.scalars(known)} if editing else {}
        self.controlled = set(session.scalars(select(Control.tag_id))) if editing else set()
        self.places = {name: key for key, name in self.assets.items()}

    def device(self, name: str) -> Device | None:
        """None for one in doubt. Raises WellheadError for one that is nowhere."""
        if ("scada.devices", name) in self.doubtful:
            return None
        if name not in self.devices:
            raise sdk.WellheadError(
                "there is no such device, here or in the file",
                field="device",
                value=name,
                remedy=sdk.did_you_mean(name, self.devices, "Import scada.devices too"),
            )
        return self.devices[name]

    def group(self, device: str, name: str) -> ScanGroup | None:
        """As `device`."""
        if ("scada.groups", device, name) in self.doubtful or self.device(device) is None:
            return None
        if (device, name) not in self.groups:
            raise sdk.WellheadError(
                f"device {device!r} has no such scan group, here or in the file",
                field="group",
                value=name,
                remedy=sdk.did_you_mean(
                    name,
                    [group for owner, group in self.groups if owner == device],
                    "Import scada.groups too",
                ),
            )
        return self.groups[device, name]

    def asset(self, name: str | None) -> uuid.UUID | None:
        """The id of an asset. Raises WellheadError."""
        if name is not None and name not in self.places:
            raise sdk.WellheadError(
                "there is no such asset",
                field="asset",
                value=name,
                remedy=sdk.did_you_mean(name, self.places, "Create it, or leave asset out"),
            )
        return None if name is None else self.places[name]

    def tell(self, *gateways: str) -> None:
        """Have these look again when the transaction commits; each is told once."""
        for gateway in set(gateways) - self._gateways:
            sdk.emit(CHANGED, {"gateway": gateway})
        self._gateways |= set(gateways)

    def misfits(self) -> list[tuple[tuple[str], sdk.WellheadError]]:
        """(name of a tag, why its device cannot read it, or write it where it is writable), of all
        tags that were touched or whose device was."""
        options: dict[str, dict[str, Any]] = {}
        found = []
        for name, tag in self.tags.items():
            device = self.by_id[tag.device_id]
            if ("tag", name) not in self.touched and ("device", device.name) not in self.touched:
                continue
            if ("scada.devices", device.name) in self.doubtful:
                continue
            try:
                driver = self.drivers.get(device.driver)
                if device.name not in options:
                    options[device.name] = load_options(driver, device.options)
                load_point(
                    driver, options[device.name], tag.tag_id or 0, name, tag.datatype, tag.address
                )
                if tag.tag_id in self.controlled:
                    check_kept(device, tag)
                if ("tag", name) in self.touched:
                    check_drawn(tag.tag, tag.exception)
            except sdk.WellheadError as error:
                found.append(((name,), error))
        return found
