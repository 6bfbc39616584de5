"""Devices, scan groups and tags, each as a kind of record that `wellhead config` knows."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from marshmallow import fields

from wellhead import sdk
from wellhead_historian.api import create_source, describe_tag
from wellhead_historian.http.measures import check_measure, check_states
from wellhead_historian.models import Tag
from wellhead_historian.retention.classes import check_class
from wellhead_scada.commands.controls import PLACE, refuse_move
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.points import load_options
from wellhead_scada.portable.field import Field
from wellhead_scada.portable.rows import DeviceRow, GroupRow, TagRow
from wellhead_scada.service import drivers

Row = dict[str, Any]
_DESCRIBED = ("unit", "quantity", "description", "datatype", "states", "step", "tag_class")
"""What is the historian's of a tag's row, besides its asset."""


class _Records(sdk.PortableRecords):
    def __init__(self, field: Field) -> None:
        self.field = field
        self._new: list[Any] = []

    def store(self) -> None:
        sdk.db.session.add_all(self._new)
        sdk.db.session.flush()

    def skipped(self, key: tuple[Any, ...]) -> None:
        self.field.doubtful.add((self.name, *key))


class Devices(_Records):
    name = "scada.devices"
    key = ("name",)
    schema = DeviceRow

    def rows(self) -> list[Row]:
        names = DeviceRow().fields
        return [
            {key: getattr(device, key) for key in names} for device in self.field.devices.values()
        ]

    def shown(self, row: Row) -> Row:
        secret = self._secret(row["driver"])
        options = {
            key: value
            for key, value in row["options"].items()
            if key not in secret and sdk.masked(key, value) == value
        }
        return row | {"options": options}

    def completed(self, row: Row, current: Row) -> Row:
        if row["driver"] != current["driver"]:
            return row
        shown = self.shown(current)["options"]
        kept = {key: value for key, value in current["options"].items() if key not in shown}
        return row | {"options": kept | row["options"]}

    def _secret(self, driver: str) -> set[str]:
        """Options that the driver's schema marks with `metadata={"secret": True}`."""
        try:
            known: dict[str, fields.Field[Any]] = (
                self.field.drivers.get(driver).device_schema().fields
            )
        except sdk.WellheadError:  # not installed; what is named like a secret stays one
            return set()
        return {
            field.data_key or name for name, field in known.items() if field.metadata.get("secret")
        }

    def create(self, row: Row) -> None:
        load_options(self.field.drivers.get(row["driver"]), row["options"])
        device = Device(id=uuid.uuid4(), **row)
        self._new.append(device)
        self.field.devices[device.name] = device
        self.field.by_id[device.id] = device
        self.field.tell(device.gateway)

    def change(self, row: Row, changed: Collection[str]) -> None:
        device = self.field.devices[row["name"]]
        self.field.tell(device.gateway, row["gateway"])
        if "driver" in changed or "options" in changed:
            load_options(self.field.drivers.get(row["driver"]), row["options"])
            self.field.touched.add(("device", device.name))
        for key in changed:
            setattr(device, key, row[key])

    def remove(self, row: Row) -> None:
        device = self.field.devices[row["name"]]
        left = [group for owner, group in self.field.groups if owner == device.name]
        if left:
            raise sdk.WellheadError(
                f"its scan group {left[0]!r} is to stay",
                field="device",
                value=device.name,
                remedy="Keep the device, or import scada.groups and scada.tags with it",
            )
        sdk.db.session.delete(device)
        self.field.tell(device.gateway)


class Groups(_Records):
    name = "scada.groups"
    key = ("device", "name")
    schema = GroupRow

    def rows(self) -> list[Row]:
        return [
            {"device": device, "name": name, "period_ms": group.period_ms}
            for (device, name), group in self.field.groups.items()
        ]

    def create(self, row: Row) -> None:
        device = self.field.device(row["device"])
        if device is None:
            return self.skipped((row["device"], row["name"]))
        group = ScanGroup(
            id=uuid.uuid4(), device_id=device.id, name=row["name"], period_ms=row["period_ms"]
        )
        self._new.append(group)
        self.field.groups[device.name, group.name] = group
        self.field.group_names[group.id] = group.name
        return self.field.tell(device.gateway)

    def change(self, row: Row, changed: Collection[str]) -> None:
        self.field.groups[row["device"], row["name"]].period_ms = row["period_ms"]
        self.field.tell(self.field.devices[row["device"]].gateway)

    def store(self) -> None:
        for group in self._new:
            device = self.field.by_id[group.device_id]
            group.source_id = create_source(f"scada/{device.name}/{group.name}/{group.id}")
        super().store()

    def remove(self, row: Row) -> None:
        group = self.field.groups[row["device"], row["name"]]
        left = [name for name, tag in self.field.tags.items() if tag.scan_group_id == group.id]
        if left:
            raise sdk.WellheadError(
                f"its tag {left[0]!r} is to stay",
                field="group",
                value=group.name,
                remedy="Keep the group, or import scada.tags with it",
            )
        sdk.db.session.delete(group)
        del self.field.groups[row["device"], row["name"]]
        self.field.tell(self.field.devices[row["device"]].gateway)


class Tags(_Records):
    """The historian's tag goes with it, and stays when it is removed."""

    name = "scada.tags"
    key = ("name",)
    schema = TagRow

    def rows(self) -> list[Row]:
        return [self._row(name, tag) for name, tag in self.field.tags.items()]

    def _row(self, name: str, record: FieldTag) -> Row:
        tag = record.tag
        return {
            "device": self.field.by_id[record.device_id].name,
            "group": self.field.group_names[record.scan_group_id],
            "name": name,
            "address": record.address,
            "datatype": record.datatype,
            "scale": record.scale,
            "offset": record.offset,
            "unit": tag.unit,
            "quantity": tag.quantity,
            "states": tag.states,
            "step": tag.step,
            "tag_class": tag.tag_class,
            "asset": None if tag.asset_id is None else self.field.assets[tag.asset_id],
            "enabled": record.enabled,
            "exception": record.exception,
            "description": tag.description,
        }

    def create(self, row: Row) -> None:
        asset = self.field.asset(row["asset"])
        check_measure(row["unit"], row["quantity"], row["datatype"])
        check_class(row["tag_class"])
        check_states(row["states"])
        group = self.field.group(row["device"], row["group"])
        if group is None:
            return
        tag = self.field.known.get(row["name"])
        described = {
            "unit": row["unit"],
            "quantity": row["quantity"],
            "states": row["states"],
            "step": row["step"],
            "tag_class": row["tag_class"],
            "asset_id": asset,
            "description": row["description"],
            "datatype": row["datatype"],
        }
        if tag is None:
            tag = Tag(name=row["name"], **described)
        else:
            describe_tag(tag, {k: v for k, v in described.items() if getattr(tag, k) != v})
        record = FieldTag(
            tag=tag,
            device_id=group.device_id,
            scan_group_id=group.id,
            datatype=row["datatype"],
            address=row["address"],
            scale=row["scale"],
            offset=row["offset"],
            enabled=row["enabled"],
            exception=row["exception"],
        )
        self._new.append(record)
        self.field.tags[row["name"]] = record
        self.field.touched.add(("tag", row["name"]))
        self.field.tell(self.field.devices[row["device"]].gateway)

    def change(self, row: Row, changed: Collection[str]) -> None:
        record = self.field.tags[row["name"]]
        moved = [key for key in ("device", *PLACE) if key in changed]
        if moved and record.tag_id in self.field.controlled:
            refuse_move(record, moved[0], row[moved[0]])
        described = {key: row[key] for key in _DESCRIBED if key in changed}
        if "asset" in changed:
            described["asset_id"] = self.field.asset(row["asset"])
        describe_tag(record.tag, described)
        group = self.field.group(row["device"], row["group"])
        if group is None:
            return
        gateways = [
            self.field.by_id[device].gateway for device in (record.device_id, group.device_id)
        ]
        for key in ("address", "datatype", "scale", "offset", "enabled", "exception"):
            if key in changed:
                setattr(record, key, row[key])
        if "device" in changed or "group" in changed:
            record.device_id, record.scan_group_id = group.device_id, group.id
        self.field.touched.add(("tag", row["name"]))
        self.field.tell(*gateways)

    def remove(self, row: Row) -> None:
        record = self.field.tags.pop(row["name"])
        sdk.db.session.delete(record)
        self.field.tell(self.field.by_id[record.device_id].gateway)

    def problems(self) -> Iterable[tuple[tuple[Any, ...], sdk.WellheadError]]:
        return self.field.misfits()


def records(editing: bool) -> list[sdk.PortableRecords]:
    """Devices first, then what refers to them."""
    field = Field(drivers(), editing=editing)
    return [Devices(field), Groups(field), Tags(field)]
