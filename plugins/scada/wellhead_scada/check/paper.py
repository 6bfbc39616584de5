"""What of a driver can be checked without a device: its schemas, its points, its plan."""

import sys
from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from wellhead.sdk import Browses, DeviceServer, DeviceSpec, Point, WellheadError, Writes
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import HOST, Pace
from wellhead_scada.points import AnyDriver, load_options, load_point
from wellhead_scada.testing.field import OpenDialer

DATATYPES = frozenset(
    {"bool", "string", "float32", "float64"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
"""What a driver may call its values. Clients, and other drivers, go by these names."""

_NONSENSE: Sequence[Any] = ("", "no\0sense", -1, 2**40, 1.5, True, [], {"a": 1})
"""None of these is an address anywhere, though some fields may take one or the other."""

_IO = ("socket.", "subprocess.", "os.system", "shutil.", "urllib.")
_seen: list[str] | None = None


def check_paper(driver: type[AnyDriver], server: type[DeviceServer], findings: Findings) -> None:
    """Raises what the plugin's own classes raise; the caller says so."""
    for datatype in sorted(driver.datatypes - DATATYPES):
        findings.add(
            "driver-points",
            f"{datatype!r} is no datatype of Wellhead's, which are {', '.join(sorted(DATATYPES))}; "
            "a text is a string",
        )
    _described(driver.device_schema(), "option", findings)
    _described(driver.address_schema(), "address part", findings)
    if issubclass(driver, Browses):
        _described(driver.browse_schema(), "argument of browsing", findings)
    options = load_options(driver, server.device_options(HOST, 1))
    signals = [(number, f"S{number}", name) for number, name in enumerate(sorted(driver.datatypes))]
    points = [_taken(driver, options, point, findings) for point in server.layout(signals)]
    for point in points:
        _refuses(driver, options, point, findings)
        if issubclass(driver, Writes):
            _may_be_written(driver, options, point, findings)
    _plans(driver, options, points, findings)


def _described(schema: Schema, what: str, findings: Findings) -> None:
    for name, field in schema.fields.items():
        if not field.metadata.get("description"):
            findings.add(
                "driver-described",
                f'{what} {name} has no metadata={{"description": …}}; the console shows it to '
                "those who fill it in",
            )


def _taken(driver: type[AnyDriver], options: Any, point: Point, findings: Findings) -> Point:
    """The server's own point, which the driver must take."""
    try:
        return load_point(driver, options, point.tag, point.name, point.datatype, point.address)
    except Exception as error:  # isolates: a check is foreign code
        findings.add(
            "driver-points",
            f"a {point.datatype} at {dict(point.address)}, where the device server lays one out, "
            f"is refused: {type(error).__name__}: {error}",
        )
        return point


def _refuses(driver: type[AnyDriver], options: Any, point: Point, findings: Findings) -> None:
    for name, field in driver.address_schema().fields.items():
        key = field.data_key or name
        refused = [
            _refused(driver, options, point, {**point.address, key: nonsense}, findings)
            for nonsense in _NONSENSE
        ]
        if not any(refused) and not isinstance(field, fields.Boolean):
            findings.add("driver-points", f"address.{key} takes anything, even {_NONSENSE!r}")


def _refused(
    driver: type[AnyDriver], options: Any, point: Point, address: Any, findings: Findings
) -> bool:
    try:
        load_point(driver, options, point.tag, point.name, point.datatype, address)
    except WellheadError as error:
        if not (error.field and error.remedy):
            findings.add(
                "driver-points",
                f"{address} is refused with “{error.message}”, without "
                f"{'a field' if not error.field else 'a remedy'}",
            )
        return True
    except Exception as error:  # isolates: a check is foreign code
        findings.add(
            "driver-points",
            f"{address} makes `check_point` raise {type(error).__name__}: {error}; "
            "it may raise only WellheadError",
        )
        return True
    return False


def _may_be_written(driver: type[Writes], options: Any, point: Point, findings: Findings) -> None:
    try:
        driver.check_write(point, options)
    except WellheadError as error:
        if not (error.field and error.remedy):
            findings.add(
                "driver-points",
                f"writing to {dict(point.address)} is refused with “{error.message}”, without "
                f"{'a field' if not error.field else 'a remedy'}",
            )
    except Exception as error:  # isolates: a check is foreign code
        findings.add(
            "driver-points",
            f"{dict(point.address)} makes `check_write` raise {type(error).__name__}: {error}; "
            "it may raise only WellheadError",
        )


def _plans(driver: type[AnyDriver], options: Any, points: list[Point], findings: Findings) -> None:
    global _seen
    spec = DeviceSpec("check", "check", options, Pace().timeout)
    made = driver(spec, OpenDialer())
    sys.addaudithook(_audit)
    _seen = []
    try:
        made.plan(points)
        made.plan([])
    finally:
        seen, _seen = _seen, None
    for event in seen:
        findings.add("driver-plan", f"`plan` did {event}; ask the device in `read`")


def _audit(event: str, _: Any) -> None:
    if _seen is not None and event.startswith(_IO):
        _seen.append(event)
