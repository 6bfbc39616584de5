"""What wells have made since their first day, for reservoir's material balance."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_production.daily import DailyColumns, columns
from wellhead_production.months.adjusted import adjusted_volumes
from wellhead_production.vocabulary import WellDisposition

_CONDITIONS = "15C_101.325kPa"


def produced_volumes(
    well_ids: Sequence[uuid.UUID], dates: Sequence[dt.date]
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    """As reservoir's hook of this name says; volumes that are not known count as none, and what was
    adjusted of closed months counts as made in them. At 15 °C and 101.325 kPa, whatever the records
    state."""
    if not dates:
        return {}
    produced, injected = (
        columns(well_ids, None, max(dates), disposition=word.value, conditions=_CONDITIONS)
        for word in (WellDisposition.PRODUCED, WellDisposition.INJECTED)
    )
    at = np.array(dates, "datetime64[D]")
    adjusted = adjusted_volumes(well_ids, dates, _CONDITIONS)
    return {
        key: {
            "oil": _to(produced, place, produced.oil, at) + adjusted.get((key, "oil"), 0.0),
            "gas": _to(produced, place, produced.gas, at) + adjusted.get((key, "gas"), 0.0),
            "water": _to(produced, place, produced.water, at) + adjusted.get((key, "water"), 0.0),
            "water_injected": _to(injected, place, injected.water, at),
            "gas_injected": _to(injected, place, injected.gas, at),
            "standard_conditions": _CONDITIONS,
        }
        for place, key in enumerate(well_ids)
        if np.any(produced.well == place) or np.any(injected.well == place)
    }


def _to(days: DailyColumns, place: int, volumes: sdk.Array, at: Any) -> sdk.Array:
    """Σ of the well's volumes up to and with each date."""
    rows = days.of(place)
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(volumes[rows]))])
    return np.asarray(total[np.searchsorted(days.dates[rows], at, side="right")])
