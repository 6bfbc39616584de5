"""Channels of a run: which tag is its weight on bit, its torque, its flow.

A rig's channels are tags like all others; a run says what each of them means, so that the run shows
its own values and calculates with them. Whichever plugins answer the hook `current_values` know the
tags: drilling needs no historian.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from wellhead import sdk
from wellhead_drilling.models import Rig, Run
from wellhead_wells.live import current_values
from wellhead_wells.models import Wellbore


class ChannelRole(StrEnum):
    """What a channel measures; `QUANTITY_OF` says as what."""

    BIT_DEPTH = "bit_depth"
    HOLE_DEPTH = "hole_depth"
    TVD = "tvd"
    BLOCK_POSITION = "block_position"
    HOOK_LOAD = "hook_load"
    WEIGHT_ON_BIT = "weight_on_bit"
    TORQUE = "torque"
    ROTARY_SPEED = "rotary_speed"
    RATE_OF_PENETRATION = "rate_of_penetration"
    FLOW_IN = "flow_in"
    STANDPIPE_PRESSURE = "standpipe_pressure"
    MUD_DENSITY_IN = "mud_density_in"
    MUD_DENSITY_OUT = "mud_density_out"
    ANNULAR_PRESSURE = "annular_pressure"
    ANNULAR_PRESSURE_LOSS = "annular_pressure_loss"
    ECD = "ecd"
    PIT_VOLUME = "pit_volume"


QUANTITY_OF: Mapping[str, str] = {
    ChannelRole.BIT_DEPTH: "length",
    ChannelRole.HOLE_DEPTH: "length",
    ChannelRole.TVD: "length",
    ChannelRole.BLOCK_POSITION: "length",
    ChannelRole.HOOK_LOAD: "force",
    ChannelRole.WEIGHT_ON_BIT: "force",
    ChannelRole.TORQUE: "torque",
    ChannelRole.RATE_OF_PENETRATION: "penetration_rate",
    ChannelRole.FLOW_IN: "pump_rate",
    ChannelRole.STANDPIPE_PRESSURE: "pressure",
    ChannelRole.MUD_DENSITY_IN: "mud_density",
    ChannelRole.MUD_DENSITY_OUT: "mud_density",
    ChannelRole.ANNULAR_PRESSURE: "pressure",
    ChannelRole.ANNULAR_PRESSURE_LOSS: "pressure",
    ChannelRole.ECD: "mud_density",
    ChannelRole.PIT_VOLUME: "liquid_volume",
}
"""Rotary speed is in none of them: a turn is no dimension, so its unit is looked up by name."""

ROTARY_SPEEDS: Mapping[str, float] = {"rpm": 1.0, "1/min": 1.0, "Hz": 60.0, "1/s": 60.0}
"""Revolutions a minute of each unit that rotary speed may come in."""

GAUGE: Mapping[str, str] = {"psig": "psi", "barg": "bar", "kPag": "kPa", "MPag": "MPa"}
"""Gauge units and what they count in: a rig's pressures are gauge, and so are calculations."""


def check_unit_of(role: str, unit: str, field: str) -> None:
    """Raises WellheadError for a unit that such a channel cannot have."""
    if role == ChannelRole.ROTARY_SPEED:
        if unit not in ROTARY_SPEEDS:
            raise sdk.WellheadError(
                "is no unit of rotary speed",
                field=field,
                value=unit,
                remedy=f"Use {', '.join(ROTARY_SPEEDS)}",
            )
        return
    sdk.units.check_unit(GAUGE.get(unit, unit), QUANTITY_OF[role], field)


def check_channels(channels: Sequence[dict[str, Any]], run: Run, bore: Wellbore) -> None:
    """Raises WellheadError for a role that is there twice, and for a tag or unit that cannot be.

    A tag is looked for on the channel's asset, else on the run's rig and on the well, with all
    beneath; where no plugin knows tags, it is taken as it is.
    """
    seen: set[str] = set()
    for place, channel in enumerate(channels):
        field, role = f"channels.{place}", channel["role"]
        if role in seen:
            raise sdk.WellheadError(
                "is in the list twice", field=f"{field}.role", value=role, remedy="Give it once"
            )
        seen.add(role)
        if channel.get("asset_id") is not None:
            sdk.require_asset(channel["asset_id"], f"{field}.asset_id")
        if channel.get("unit") is not None:
            check_unit_of(role, channel["unit"], f"{field}.unit")
    rows, answered = newest(run, bore, channels) if channels else ([], [])
    for place, (channel, row) in enumerate(zip(channels, rows, strict=True)):
        field = f"channels.{place}.tag"
        if row is None and answered:
            raise sdk.WellheadError(
                "no such tag hangs there",
                field=field,
                value=channel["tag"],
                remedy="Name a tag of the asset, of the run's rig or of the well",
            )
        unit = (row and row["unit"]) or channel.get("unit")
        if unit is not None:
            check_unit_of(channel["role"], unit, field)


def newest(
    run: Run, bore: Wellbore, channels: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any] | None], list[str]]:
    """(the newest value of each channel's tag, None where nobody knows it; plugins that were there
    to answer). Each asset is asked about once."""
    known: dict[Any, dict[int, dict[str, Any]]] = {}
    answered: list[str] = []
    rows: list[dict[str, Any] | None] = []
    usual = _usual_roots(run, bore)
    for channel in channels:
        row = None
        for root in [channel["asset_id"]] if channel.get("asset_id") is not None else usual:
            if root not in known:
                found, meta = current_values(root)
                answered += [name for name in meta["answered_by"] if name not in answered]
                known[root] = {value["tag"]: value for value in found}
            row = row or known[root].get(channel["tag"])
        rows.append(row)
    return rows, answered


def _usual_roots(run: Run, bore: Wellbore) -> list[Any]:
    rig = sdk.db.session.get(Rig, run.rig_id) if run.rig_id is not None else None
    return [*([rig.asset_id] if rig is not None else []), bore.well.asset_id]
