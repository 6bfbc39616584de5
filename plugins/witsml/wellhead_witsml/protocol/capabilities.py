"""What a store can do and how much it gives at once (GetCap)."""

from dataclasses import dataclass, field

from lxml import etree

from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import parse

_COMPRESSION = "gzip"
_MOST = 2**31 - 1
_MOST_SIZE = 256 * 2**10


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of one object type in a request; None = the store says nothing.

    data_nodes: rows of a log, stations of a trajectory
    data_points: values, which is rows times columns
    """

    data_nodes: int | None = None
    data_points: int | None = None

    def rows(self, columns: int) -> int | None:
        """Rows of so many columns at once, at least one; None = no limit."""
        limits = [] if self.data_nodes is None else [self.data_nodes]
        if self.data_points is not None:
            limits.append(max(self.data_points // max(columns, 1), 1))
        return min(limits, default=None)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A store's `capServer`.

    growing_timeout_s: after so many seconds without new data an object stops growing, by type
    change_detection_s: changes need so many seconds to show; polling faster brings −485
    functions: object types by function, `WMLS_GetFromStore` say
    limits: by function and object type
    """

    name: str | None = None
    vendor: str | None = None
    version: str | None = None
    schema_versions: tuple[str, ...] = ()
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limits: dict[tuple[str, str], Limits] = field(default_factory=dict)
    growing_timeout_s: dict[str, float] = field(default_factory=dict)
    change_detection_s: float | None = None
    compression: tuple[str, ...] = ()

    def limit(self, function: str, kind: str) -> Limits:
        """Of one function for one object type."""
        return self.limits.get((function, kind), Limits())

    @property
    def gzip(self) -> bool:
        """Whether the store takes and gives compressed documents."""
        return _COMPRESSION in self.compression


def read_capabilities(document: str | bytes) -> Capabilities:
    """From CapabilitiesOut of either version. Raises ReplyError, also for one that is larger than
    any store can do: what is in it goes into every answer about the store."""
    if len(document) > _MOST_SIZE:
        raise ReplyError(
            f"is larger than {_MOST_SIZE >> 10} KiB", field="CapabilitiesOut", value=len(document)
        )
    root = parse(document)
    functions: dict[str, tuple[str, ...]] = {}
    limits = {}
    for function in root.iterfind(".//{*}function"):
        name = function.get("name", "")
        objects = function.findall("{*}dataObject")
        functions[name] = tuple((one.text or "").strip() for one in objects)
        for one in objects:
            found = Limits(_whole(one.get("maxDataNodes")), _whole(one.get("maxDataPoints")))
            if found != Limits():
                limits[name, (one.text or "").strip()] = found
    timeouts = {}
    for element in root.iterfind(".//{*}growingTimeoutPeriod"):
        seconds = _whole(element.text)
        if seconds is not None:
            timeouts[element.get("dataObject", "")] = float(seconds)
    versions = _text(root, "schemaVersion") or ""
    compression = _text(root, "compressionMethod") or ""
    return Capabilities(
        name=_text(root, "name"),
        vendor=_text(root, "vendor"),
        version=_text(root, "version"),
        schema_versions=tuple(filter(None, (part.strip() for part in versions.split(",")))),
        functions=functions,
        limits=limits,
        growing_timeout_s=timeouts,
        change_detection_s=_whole(_text(root, "changeDetectionPeriod")),
        compression=tuple(filter(None, (part.strip() for part in compression.split(",")))),
    )


def _text(root: etree._Element, name: str) -> str | None:
    """Of the child of capServer; a contact's name is none of the store's."""
    found = root.find(f"{{*}}capServer/{{*}}{name}")
    return ((found.text or "").strip() or None) if found is not None else None


def _whole(text: str | None) -> int | None:
    """A whole number above zero that a computer would call one; None for anything else, which then
    limits nothing."""
    try:
        number = int((text or "").strip())
    except ValueError:
        return None
    return number if 0 < number <= _MOST else None
