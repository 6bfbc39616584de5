"""Decline fits that are kept with a well or a facility. Like `facilities`, this does not commit."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.decline.choices import FIELDS, Choices
from wellhead_production.decline.history import History, RateBasis, history_of, wells_of
from wellhead_production.decline.outlook import Outlook, kept, told
from wellhead_production.models import DeclineFit, Facility
from wellhead_production.records import require_facility, require_well
from wellhead_production.vocabulary import CANONICAL_VOLUME, Fluid
from wellhead_wells.models import Well

RATES = {Fluid.OIL: "oil_rate", Fluid.GAS: "gas_rate", Fluid.WATER: "stock_tank_rate"}
VOLUMES = {Fluid.OIL: "oil_volume", Fluid.GAS: "gas_volume", Fluid.WATER: "stock_tank_volume"}
"""What the rates and volumes of a fluid measure, of `sdk.units.QUANTITIES`."""


def create_fit(data: Mapping[str, Any]) -> DeclineFit:
    """Fit a curve to the days of a well, or of a facility's wells together, and make it the next
    version.

    data: as `DeclineFitSchema` loads it
    Raises WellheadError for choices, days or bounds that cannot be.
    """
    owner = _owner(data.get("well_id"), data.get("facility_id"))
    choices: Choices = data.get("choices") or Choices()
    if choices.rate_basis == RateBasis.PRODUCING_DAY and isinstance(owner, Facility):
        raise sdk.WellheadError(
            "a facility has no hours on: its wells have",
            field="choices.rate_basis",
            value=choices.rate_basis,
            remedy=f"Use {RateBasis.CALENDAR_DAY}, or fit each well",
        )
    fluid = Fluid(data["fluid"])
    history = history_of(
        wells_of(owner.id) if isinstance(owner, Facility) else [owner.id],
        fluid,
        data.get("first_day"),
        data.get("last_day"),
        data.get("standard_conditions"),
    )
    rates = sdk.units.convert(
        history.rates(choices.rate_basis), CANONICAL_VOLUME, choices.volume_unit
    )
    up = _up(history, rates, choices)
    time = history.days - history.days[0] + 0.5
    outlook = Outlook.of(time[up], rates[up], history.hours[up], choices)
    used = up.copy()
    used[up] = outlook.fit.used
    results, left = _results(history, outlook, choices, up, fluid)
    fit = DeclineFit(
        well_id=data.get("well_id"),
        facility_id=data.get("facility_id"),
        asset_id=owner.asset_id,
        fluid=fluid.value,
        version=_next_version(owner, fluid),
        first_day=dt.date.fromordinal(int(history.days[0])),
        last_day=dt.date.fromordinal(int(history.days[-1])),
        standard_conditions=history.conditions,
        choices=asdict(choices) | {"rate_quantity": RATES[fluid]},
        last_forecast_day=None
        if left is None
        else dt.date.fromordinal(int(history.days[-1] + 1 + left)),
        results=results,
        outlook=kept(outlook),
        days=history.days.astype("<i4").tobytes(),
        volumes=sdk.units.convert(history.volume, CANONICAL_VOLUME, choices.volume_unit)
        .astype("<f8")
        .tobytes(),
        rates=rates.astype("<f8").tobytes(),
        used=used.tobytes(),
        remark=data.get("remark"),
        created_by=sdk.current_actor().email,
    )
    sdk.db.session.add(fit)
    sdk.db.session.flush()
    return fit


def _owner(well_id: uuid.UUID | None, facility_id: uuid.UUID | None) -> Well | Facility:
    if well_id is not None and facility_id is None:
        return require_well(well_id)
    if facility_id is not None and well_id is None:
        return require_facility(facility_id)
    raise sdk.WellheadError(
        "a fit is of one well, or of a facility's wells together",
        field="well_id",
        remedy="Send well_id or facility_id",
    )


def _next_version(owner: Well | Facility, fluid: Fluid) -> int:
    """Versions count for one owner and fluid; two that come at once wait for each other."""
    sdk.db.session.execute(
        select(sdk.Asset.id).where(sdk.Asset.id == owner.asset_id).with_for_update()
    )
    last = select(func.max(DeclineFit.version)).where(
        DeclineFit.asset_id == owner.asset_id, DeclineFit.fluid == fluid.value
    )
    return (sdk.db.session.scalar(last) or 0) + 1


def _up(history: History, rates: sdk.Array, choices: Choices) -> Any:
    """bool[n]: the days whose rate counts: above 0, and on for long enough."""
    up = rates > 0.0  # NaN is not
    if choices.minimum_hours > 0.0:
        up &= history.hours >= choices.minimum_hours
    return up


def _results(
    history: History, outlook: Outlook, choices: Choices, up: Any, fluid: Fluid
) -> tuple[dict[str, Any], float | None]:
    """What came out, and the days to the end of the forecast."""
    fitted = int(outlook.fit.used.sum())
    on_time = choices.on_time
    if on_time is None:
        on_time = _share_on(history, choices.rate_basis, up)
    end = float(history.days[-1] - history.days[0] + 1)
    said = told(outlook, choices, end, on_time)
    produced = sdk.units.convert(
        history.produced_before + float(history.volume.sum()),
        CANONICAL_VOLUME,
        choices.volume_unit,
    )
    remaining, left = said.pop("remaining"), said.pop("days_left")
    rate = {"unit": choices.rate_unit, "quantity": RATES[fluid]}
    volume = {"unit": choices.volume_unit, "quantity": VOLUMES[fluid]}
    found = outlook.fit
    results = said | {
        "initial_rate": said["initial_rate"] | rate,
        "rate_at_end": said["rate_at_end"] | rate,
        "produced": {"value": produced, "low": produced, "high": produced} | volume,
        "remaining": remaining and remaining | volume,
        "ultimate": remaining
        and {name: value + produced for name, value in remaining.items()} | volume,
        "on_time": on_time,
        "days_known": len(up),
        "days_down": int((~up).sum()),
        "days_outlying": int(up.sum()) - fitted,
        "days_fitted": fitted,
        "r2": found.r2,
        "deviation": found.deviation,
        "deviation_unit": "1" if choices.error == "relative" else choices.rate_unit,
        "correlation": found.correlation,
        "at_bound": [FIELDS[name] for name in found.at_bound],
    }
    return results, left


def _share_on(history: History, basis: str, up: Any) -> float:
    """How much of the range was on: of the hours for rates by the producing day; of the days for
    rates by the calendar day, which have short stops in them already."""
    if basis == RateBasis.PRODUCING_DAY:
        known = np.isfinite(history.hours)
        return float(history.hours[known].sum() / history.day_hours[known].sum())
    return float(up.mean())
