"""What a host can tell of the nodes and devices that are there, as tags would be made of it."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import properties
from wellhead_scada_mqtt.sparkplug.datatypes import NAMES, TAG_DATATYPES, name_of
from wellhead_scada_mqtt.sparkplug.host import Owner, Present
from wellhead_scada_mqtt.sparkplug.write import BDSEQ


def branches(present: Mapping[Owner, Present]) -> list[sdk.Found]:
    """A folder of each node and each device."""
    names = sorted(str(owner) for owner in present)
    return [sdk.Found(name, branch=name) for name in names]


def metrics(owner: Owner, present: Present) -> list[sdk.Found]:
    """The metrics of one node or device, with what they read now. One whose datatype cannot be a
    tag has no address. The properties engUnit and readOnly are those that Ignition publishes."""
    birth, found = present.birth, []
    for row, name in enumerate(birth.names):
        if not name or name == BDSEQ:
            continue
        number, metric = int(birth.datatypes[row]), birth.message.metrics[row]
        datatype = TAG_DATATYPES.get(NAMES[number]) if number < len(NAMES) else None
        said = properties.read(metric.properties)
        unit, locked = said.get("engUnit"), said.get("readOnly")
        address = {**owner._asdict(), "metric": name}
        found.append(
            sdk.Found(
                name,
                datatype=datatype or name_of(number),
                address=address if datatype else None,
                unit=unit if isinstance(unit, str) and unit else None,
                description=_description(metric.is_transient, datatype),
                value=_value(present, row),
                writable=not locked if isinstance(locked, bool) else None,
            )
        )
    return found


def _description(transient: bool, datatype: str | None) -> str | None:
    if datatype is None:
        return "This datatype cannot be a tag"
    return "Transient: its edge node does not want it stored" if transient else None


def _value(present: Present, row: int) -> Any:
    if not sdk.quality.is_good(present.qualities[row : row + 1])[0]:
        return None
    return present.texts.get(row, float(present.values[row]))
