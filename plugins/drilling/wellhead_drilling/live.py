"""What a run measures now, and what follows from it: specific energy, hydrostatic pressure, ECD.

The newest values come through `channels`; whatever is calculated says from which of them, is as
good as the worst of them and as old as the oldest, and where it cannot be calculated it says why.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS
from wellhead_drilling.channels import (
    QUANTITY_OF,
    ROTARY_SPEEDS,
    ChannelRole,
    check_unit_of,
    newest,
)
from wellhead_drilling.models import BitRecord, MudReport, Run, Section
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import positions

_MOST_EXTRAPOLATED_M = 150.0
"""How far below the last survey station the hole is taken to go straight on."""


def live_of(run: Run) -> tuple[dict[str, Any], list[str]]:
    """(channels with their newest values and what is calculated from them; plugins that answered).

    The result is as `RunLiveSchema` shows it.
    """
    bore = sdk.db.session.get_one(Wellbore, run.wellbore_id)
    channels: list[dict[str, Any]] = []
    answered: list[str] = []
    for channel in run.channels:
        rows, plugins = newest(run, bore, channel)
        answered += [name for name in plugins if name not in answered]
        channels.append(_shown(run, channel, rows[0] if rows else None))
    by_role = {channel["role"]: channel for channel in channels}
    computed = [
        _calculated(name, gather, _Inputs(run, bore, by_role)) for name, gather in _GATHER.items()
    ]
    return {"run_id": run.id, "channels": channels, "calculated": computed}, answered


def _shown(run: Run, channel: Mapping[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    known = row or {
        "name": None,
        "value": None,
        "unit": None,
        "quality": sdk.quality.BAD,
        "time": None,
        "reason": "no plugin knows this tag",
    }
    return known | {
        "role": channel["role"],
        "tag": channel["tag"],
        "unit": known["unit"] or channel.get("unit"),
        "quantity": QUANTITY_OF.get(channel["role"]),
        "quality_name": sdk.quality.name_of(known["quality"]),
        "history_from": run.time_in,
        "history_to": run.time_out,
    }


class _Inputs:
    """What one calculation takes, noted as it is taken. All methods raise WellheadError, with the
    reason, for what is not there or not good."""

    def __init__(self, run: Run, bore: Wellbore, channels: Mapping[str, dict[str, Any]]) -> None:
        self._run, self._bore, self._channels = run, bore, channels
        self.taken: list[dict[str, Any]] = []
        self.words: list[str] = []

    def has(self, role: str) -> bool:
        return role in self._channels

    def measured(self, role: str) -> sdk.Quantity:
        """The newest value of the channel with this role."""
        channel = self._channels.get(role)
        if channel is None:
            raise sdk.WellheadError(f"no channel is mapped to {role}")
        if channel["value"] is None or channel["quality"] & sdk.quality.STATUS_MASK == 0:
            raise sdk.WellheadError(f"{role} has no value now: {channel['quality_name']}")
        if channel["unit"] is None:
            raise sdk.WellheadError(f"{role} has no unit")
        check_unit_of(role, channel["unit"], role)
        self.taken.append(channel)
        self.words.append(f"{role} {channel['value']:g} {channel['unit']}")
        return sdk.Quantity(channel["value"], channel["unit"])

    def rotary_speed(self) -> float:
        """rpm."""
        speed = self.measured(ChannelRole.ROTARY_SPEED)
        return speed.value * ROTARY_SPEEDS[speed.unit]

    def bit_diameter(self) -> sdk.Quantity:
        """Of the run's newest bit record, else of its hole section."""
        bit: sdk.Quantity | None = sdk.db.session.scalar(
            select(BitRecord.size)
            .where(BitRecord.run_id == self._run.id)
            .order_by(BitRecord.created_at.desc())
            .limit(1)
        )
        if bit is None and self._run.section_id is not None:
            section = sdk.db.session.get_one(Section, self._run.section_id)
            bit = section.diameter
        if bit is None:
            raise sdk.WellheadError("the run has neither a bit record nor a hole section")
        self.words.append(f"bit {bit.value:g} {bit.unit}")
        return bit

    def density(self) -> sdk.Quantity:
        """What is pumped in, else of the wellbore's newest mud report."""
        if self.has(ChannelRole.MUD_DENSITY_IN):
            return self.measured(ChannelRole.MUD_DENSITY_IN)
        report: MudReport | None = sdk.db.session.scalar(
            select(MudReport)
            .where(MudReport.wellbore_id == self._bore.id)
            .order_by(MudReport.reported_at.desc())
            .limit(1)
        )
        if report is None:
            raise sdk.WellheadError("there is no channel mud_density_in and no mud report")
        self.words.append(
            f"mud of {report.reported_at.astimezone(dt.UTC):%Y-%m-%d %H:%M}Z "
            f"{report.density.value:g} {report.density.unit}"
        )
        return report.density

    def tvd(self) -> sdk.Quantity:
        """The channel's, else the bit's by the definitive survey, straight on below its end."""
        if self.has(ChannelRole.TVD):
            return self.measured(ChannelRole.TVD)
        depth = self.measured(ChannelRole.BIT_DEPTH)
        datum = self._run.depth_datum or self._bore.depth_datum
        path = positions(self._bore, unit="m", datum=datum)
        beyond = depth.to("m") - float(path.md[-1])
        if beyond > _MOST_EXTRAPOLATED_M:
            raise sdk.WellheadError(f"the survey ends {beyond:.0f} m above the bit")
        if beyond > 0:
            slope = math.cos(math.radians(float(path.stations.inclination[-1])))
            found = float(path.tvd[-1]) + beyond * slope
            self.words.append(f"survey continued straight for {beyond:.1f} m")
        else:
            found = float(path.at(np.array([depth.to("m")])).tvd[0])
        return sdk.Quantity(sdk.Quantity(found, "m").to(depth.unit), depth.unit)


def _mse(take: _Inputs) -> dict[str, Any]:
    return {
        "weight_on_bit": take.measured(ChannelRole.WEIGHT_ON_BIT),
        "bit_diameter": take.bit_diameter(),
        "rotary_speed": take.rotary_speed(),
        "torque": take.measured(ChannelRole.TORQUE),
        "rate_of_penetration": take.measured(ChannelRole.RATE_OF_PENETRATION),
    }


def _hydrostatic(take: _Inputs) -> dict[str, Any]:
    return {"density": take.density(), "tvd": take.tvd(), "convention": "field"}


def _ecd(take: _Inputs) -> dict[str, Any]:
    """By the pressure that is measured in the annulus, all of it, else by its calculated loss."""
    if take.has(ChannelRole.ANNULAR_PRESSURE):
        pressure = take.measured(ChannelRole.ANNULAR_PRESSURE)
        density = sdk.Quantity(0.0, take.density().unit)
    else:
        pressure = take.measured(ChannelRole.ANNULAR_PRESSURE_LOSS)
        density = take.density()
    return {
        "density": density,
        "pressure_loss": pressure,
        "tvd": take.tvd(),
        "convention": "field",
    }


_GATHER: Mapping[str, Callable[[_Inputs], dict[str, Any]]] = {
    "mse": _mse,
    "hydrostatic": _hydrostatic,
    "ecd": _ecd,
}


def _calculated(
    name: str, gather: Callable[[_Inputs], dict[str, Any]], inputs: _Inputs
) -> dict[str, Any]:
    row = CALCULATIONS[name]
    shown: dict[str, Any] = {
        "name": name,
        "title": row.title,
        "formula": row.formula,
        "source": row.source,
        "value": None,
        "unit": None,
        "quality": sdk.quality.BAD,
        "reason": None,
    }
    try:
        values = gather(inputs)
        shown |= {key: row.run(values, row.system_of(values))[0][key] for key in ("value", "unit")}
        shown["quality"] = min(
            (channel["quality"] & sdk.quality.STATUS_MASK for channel in inputs.taken),
            default=sdk.quality.UNCERTAIN,
        )
    except sdk.WellheadError as error:
        shown["reason"] = str(error)
    times: list[dt.datetime] = [channel["time"] for channel in inputs.taken]
    return shown | {
        "quality_name": sdk.quality.name_of(shown["quality"]),
        "time": min(times, default=None),
        "inputs": inputs.words,
    }
