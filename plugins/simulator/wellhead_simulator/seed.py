"""The records of the simulated field: wells, devices, scan groups and tags.

What is there already is left as people made it, but for a device's address, which follows the
configuration.
"""

from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada.commands.controls import create_control
from wellhead_scada.commands.models import Control
from wellhead_scada.commands.schemas import ControlSchema
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.service import (
    create_device,
    create_field_tag,
    create_group,
    delete_device,
    update_device,
)
from wellhead_simulator.protocols import protocols
from wellhead_simulator.seed_past import DATUM, ELEVATION, seed_past
from wellhead_simulator.signals import SIGNALS, well_name
from wellhead_wells.models import Well
from wellhead_wells.service import create_well
from wellhead_wells.vocabulary import WellFluid, WellStatus, WellType

GROUP = "1 s"
PERIOD_MS = 1000
TIMEOUT_S = 1.0
_LIMITS = {"choke": (0.0, 100.0), "frequency": (30.0, 65.0)}
"""Least and greatest value of a set point, as the model obeys it."""
DESCRIPTION = "Simulated by the plugin simulator"
_LATITUDE, _LONGITUDE, _SPACING = 58.44, 1.88, 0.004


def seed_field(config: dict[str, Any], plugins: Any) -> None:
    """Create what is missing, in the tenant that is set, and commit a well at a time; last the
    field's past, if it has none.

    config: the section [plugins.simulator]
    """
    wells = []
    spoken = protocols(plugins, config["drivers"], lambda driver, reason: None)
    for place in range(config["wells"]):
        protocol = spoken[place % len(spoken)]
        name = well_name(place + 1)
        well = _well(name, place)
        options = protocol.server.device_options(config["host"], config["base_port"] + place)
        device = _device(protocol.device(name), protocol.driver, options)
        _retire_others(name, device)
        _tags(well, device, _group(device), protocol.layout(name))
        _set_points(device)
        sdk.db.session.commit()
        wells.append(well)
    seed_past(config, wells, plugins)


def _well(name: str, place: int) -> Well:
    found: Well | None = sdk.db.session.scalars(select(Well).where(Well.name == name)).first()
    return found or create_well(
        {
            "name": name,
            "field": "Simulated",
            "operator": "Wellhead simulator",
            "status": WellStatus.PRODUCING.value,
            "well_type": WellType.PRODUCER.value,
            "fluid": WellFluid.OIL.value,
            "latitude": _LATITUDE + _SPACING * (place // 5),
            "longitude": _LONGITUDE + _SPACING * (place % 5),
            "datums": [{"code": DATUM, "elevation": ELEVATION, "unit": "m"}],
            "depth_datum": DATUM,
        }
    )


def _device(name: str, driver: str, options: dict[str, Any]) -> Device:
    found: Device | None = sdk.db.session.scalar(select(Device).where(Device.name == name))
    if found is None:
        return create_device(
            {
                "name": name,
                "driver": driver,
                "options": options,
                "timeout_s": TIMEOUT_S,
                "description": DESCRIPTION,
            }
        )
    if any(found.options.get(key) != value for key, value in options.items()):
        update_device(found, {"options": {**found.options, **options}})
    return found


def _retire_others(well: str, device: Device) -> None:
    """A well whose protocol is another one now has another device; its tags and their history go on
    with that."""
    others = select(Device).where(
        Device.name.startswith(f"{well} RTU"),
        Device.description == DESCRIPTION,
        Device.id != device.id,
    )
    for other in sdk.db.session.scalars(others):
        delete_device(other)
    sdk.db.session.flush()


def _group(device: Device) -> ScanGroup:
    found: ScanGroup | None = sdk.db.session.scalar(
        select(ScanGroup).where(ScanGroup.device_id == device.id, ScanGroup.name == GROUP)
    )
    return found or create_group({"device_id": device.id, "name": GROUP, "period_ms": PERIOD_MS})


def _tags(well: Well, device: Device, group: ScanGroup, points: list[sdk.Point]) -> None:
    names = [point.name for point in points]
    known = {
        tag.name: tag for tag in sdk.db.session.scalars(select(Tag).where(Tag.name.in_(names)))
    }
    read = set(
        sdk.db.session.scalars(
            select(FieldTag.tag_id).where(FieldTag.tag_id.in_([tag.id for tag in known.values()]))
        )
    )
    for point, signal in zip(points, SIGNALS, strict=True):
        tag = known.get(point.name)
        if tag is not None and tag.id in read:
            continue
        record: dict[str, Any] = {
            "device_id": device.id,
            "scan_group_id": group.id,
            "datatype": point.datatype,
            "address": dict(point.address),
            "scale": signal.scale,
            "offset": signal.offset,
        }
        if tag is not None:
            record["tag_id"] = tag.id
        else:
            record["name"] = point.name
            record["tag"] = {
                "unit": signal.unit,
                "quantity": signal.quantity,
                "description": signal.description,
                "asset_id": well.asset_id,
            }
        create_field_tag(record)


def _set_points(device: Device) -> None:
    """What the model obeys may be commanded."""
    others = select(FieldTag).where(
        FieldTag.device_id == device.id, FieldTag.tag_id.not_in(select(Control.tag_id))
    )
    known = {tag.name.partition(".")[2]: tag for tag in sdk.db.session.scalars(others)}
    for signal in SIGNALS:
        if signal.command is not None and signal.name in known:
            minimum, maximum = _LIMITS[signal.command]
            settings = ControlSchema().load(
                {
                    "tag_id": known[signal.name].tag_id,
                    "writable": True,
                    "minimum": minimum,
                    "maximum": maximum,
                }
            )
            sdk.db.session.add(create_control(settings))
