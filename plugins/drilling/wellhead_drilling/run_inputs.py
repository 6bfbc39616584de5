"""What a calculation on a run takes: its channels' newest values and what its records say.

Everything that is taken is noted, so that a result says what it is made of.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_drilling.channels import GAUGE, ROTARY_SPEEDS, ChannelRole, check_unit_of
from wellhead_drilling.models import BitRecord, MudReport, Run, Section
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import positions

_MOST_EXTRAPOLATED_M = 150.0
"""How far below the last survey station the hole is taken to go straight on."""


class RunInputs:
    """What one calculation takes, noted as it is taken. All methods raise WellheadError, with the
    reason, for what is not there or not good.

    channels: as `live.channels_of` gives them, by role
    """

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
        return sdk.Quantity(channel["value"], GAUGE.get(channel["unit"], channel["unit"]))

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
            raise sdk.WellheadError(
                "the run has neither a bit record nor a hole section: enter one"
            )
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


def _mse(take: RunInputs) -> dict[str, Any]:
    return {
        "weight_on_bit": take.measured(ChannelRole.WEIGHT_ON_BIT),
        "bit_diameter": take.bit_diameter(),
        "rotary_speed": take.rotary_speed(),
        "torque": take.measured(ChannelRole.TORQUE),
        "rate_of_penetration": take.measured(ChannelRole.RATE_OF_PENETRATION),
    }


def _hydrostatic(take: RunInputs) -> dict[str, Any]:
    return {"density": take.density(), "tvd": take.tvd(), "convention": "field"}


def _ecd(take: RunInputs) -> dict[str, Any]:
    """By the pressure that is measured in the annulus, all of it, else by its calculated loss."""
    if take.has(ChannelRole.ANNULAR_PRESSURE):
        pressure = take.measured(ChannelRole.ANNULAR_PRESSURE)
        density = sdk.Quantity(0.0, "kg/m3")
    else:
        pressure = take.measured(ChannelRole.ANNULAR_PRESSURE_LOSS)
        density = take.density()
    return {
        "density": density,
        "pressure_loss": pressure,
        "tvd": take.tvd(),
        "convention": "field",
    }


GATHER: Mapping[str, Callable[[RunInputs], dict[str, Any]]] = {
    "mse": _mse,
    "hydrostatic": _hydrostatic,
    "ecd": _ecd,
}
"""The calculations that a run knows the inputs of, by name."""
