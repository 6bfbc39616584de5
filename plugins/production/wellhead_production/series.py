"""What a well or a facility produced over time, in the units that a reader asks for."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.calc.series import Series, cumulative, together
from wellhead_production.daily import columns
from wellhead_production.models import DailyRecord
from wellhead_production.vocabulary import CANONICAL_VOLUME, WellDisposition

_UNITS = {
    None: (CANONICAL_VOLUME, CANONICAL_VOLUME, "Sm3/Sm3"),
    sdk.units.System.METRIC: (CANONICAL_VOLUME, CANONICAL_VOLUME, "Sm3/Sm3"),
    sdk.units.System.OILFIELD: ("STB", "Mscf", "scf/STB"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """first, last: days, both included; None = no bound
    monthly: months in place of days; conditions: of the volumes; None = as all of them state"""

    first: dt.date | None = None
    last: dt.date | None = None
    monthly: bool = False
    conditions: str | None = None
    system: sdk.units.System | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A series with its units: of oil and water, of gas, and of the gas-oil ratio."""

    series: Series
    liquid_unit: str
    gas_unit: str
    ratio_unit: str
    conditions: str

    @property
    def columns(self) -> dict[str, Any]:
        """By name, as the API gives them."""
        of = self.series
        ratio = sdk.units.convert(
            of.gas_oil_ratio(), f"{self.gas_unit}/{self.liquid_unit}", self.ratio_unit
        )
        return {
            "date": of.dates.astype(str).tolist(),
            "days": of.days,
            "hours_on": of.hours,
            "oil": of.oil,
            "gas": of.gas,
            "water": of.water,
            "oil_rate": of.rate(of.oil),
            "gas_rate": of.rate(of.gas),
            "water_rate": of.rate(of.water),
            "oil_cumulative": cumulative(of.oil),
            "gas_cumulative": cumulative(of.gas),
            "water_cumulative": cumulative(of.water),
            "gas_oil_ratio": ratio,
            "water_oil_ratio": of.water_oil_ratio(),
            "water_cut": of.water_cut(),
        }

    @property
    def units(self) -> dict[str, str]:
        """Of the columns, and the conditions of the volumes."""
        return {
            "liquid_unit": self.liquid_unit,
            "gas_unit": self.gas_unit,
            "liquid_rate_unit": f"{self.liquid_unit}/d",
            "gas_rate_unit": f"{self.gas_unit}/d",
            "gas_oil_ratio_unit": self.ratio_unit,
            "standard_conditions": self.conditions,
        }  # fmt: skip


def well_series(well_id: uuid.UUID, asked: Asked) -> Shown:
    """What a well produced. Raises WellheadError when its records state several standard conditions
    and none is asked for."""
    return _shown([well_id], None, asked)


def facility_series(facility_id: uuid.UUID, asked: Asked) -> Shown:
    """What the wells of a facility produced there. Raises as `well_series` does."""
    wells = select(DailyRecord.well_id).where(DailyRecord.facility_id == facility_id).distinct()
    return _shown(list(sdk.db.session.scalars(wells)), facility_id, asked)


def _shown(wells: list[uuid.UUID], facility_id: uuid.UUID | None, asked: Asked) -> Shown:
    found = columns(
        wells,
        asked.first,
        asked.last,
        disposition=WellDisposition.PRODUCED.value,
        facility_id=facility_id,
        conditions=asked.conditions,
    )
    series = together(
        found.dates, found.day_hours, found.hours, found.oil, found.gas, found.water,
        monthly=asked.monthly,
    )  # fmt: skip
    liquid, gas, ratio = _UNITS[asked.system]
    convert = sdk.units.convert
    series = replace(
        series,
        oil=convert(series.oil, CANONICAL_VOLUME, liquid),
        gas=convert(series.gas, CANONICAL_VOLUME, gas),
        water=convert(series.water, CANONICAL_VOLUME, liquid),
    )
    return Shown(series, liquid, gas, ratio, found.conditions)
