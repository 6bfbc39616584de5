"""Daily records as columns: what decline fits, allocations, balances and plots calculate with.

A decade of a field is some hundred thousand rows, so they come as one binary stream that numpy
reads at once, without a Python object a value. Volumes are Sm3 at conditions that are named; those
of records that state others are converted by `conditions`.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_production.conditions import volume_factor
from wellhead_production.vocabulary import Fluid, WellDisposition

_CONDITIONS = tuple(sdk.units.STANDARD_CONDITIONS)
_VALUES = ("day_hours", "hours_on", "oil_sm3", "gas_sm3", "water_sm3")
_SELECT = """
COPY (
    SELECT (well.place - 1)::int4, (production_date - DATE '1970-01-01')::int4,
        array_position(%(conditions)s::text[], standard_conditions)::int4,
        day_hours::float8, coalesce(hours_on, 'NaN')::float8, coalesce(oil_sm3, 'NaN')::float8,
        coalesce(gas_sm3, 'NaN')::float8, coalesce(water_sm3, 'NaN')::float8
    FROM unnest(%(wells)s::uuid[]) WITH ORDINALITY AS well(id, place)
    JOIN production_daily_record AS record ON record.well_id = well.id
    WHERE disposition = %(disposition)s AND production_date BETWEEN %(first)s AND %(last)s
        AND (%(facility)s::uuid IS NULL OR facility_id = %(facility)s::uuid)
    ORDER BY well.place, production_date
) TO STDOUT (FORMAT binary)
"""
_HEAD = 19
"""Bytes before the first row of a binary COPY that has no extensions."""
_TRAILER = 2
_ROW = np.dtype(
    [("fields", ">i2")]
    + [item for name in ("well", "date", "conditions") for item in (("_" + name, ">i4"),
                                                                    (name, ">i4"))]
    + [item for name in _VALUES for item in (("_" + name, ">i4"), (name, ">f8"))]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DailyColumns:
    """Days of some wells, ordered by well as asked and by date, arrays of one length.

    well: int32, which of the wells asked; dates: datetime64[D]
    day_hours, hours: length of the day and time on; oil, gas, water: Sm3 at `conditions`
    NaN is what is not known.
    """

    well: npt.NDArray[np.int32]
    dates: npt.NDArray[np.datetime64]
    day_hours: sdk.Array
    hours: sdk.Array
    oil: sdk.Array
    gas: sdk.Array
    water: sdk.Array
    conditions: str

    def of(self, place: int) -> slice:
        """Where the days of the well at this place of those asked are."""
        begin, end = np.searchsorted(self.well, [place, place + 1])
        return slice(int(begin), int(end))


def columns(
    well_ids: Sequence[uuid.UUID],
    first: dt.date | None = None,
    last: dt.date | None = None,
    *,
    disposition: str = WellDisposition.PRODUCED.value,
    facility_id: uuid.UUID | None = None,
    conditions: str | None = None,
) -> DailyColumns:
    """The daily records of these wells from `first` to `last`, both included; None = no bound.

    disposition: produced or injected
    facility_id: only what flowed to this facility; None = all
    conditions: what volumes are to be stated at; None = as they are stated
    Raises WellheadError when the records state several and none is named.
    """
    asked = {
        "wells": list(well_ids),
        "conditions": list(_CONDITIONS),
        "first": first or dt.date.min,
        "last": last or dt.date.max,
        "disposition": disposition,
        "facility": facility_id,
    }
    found = _rows(asked)
    stated = np.unique(found["conditions"])
    if conditions is None and len(stated) > 1:
        raise sdk.WellheadError(
            "the records are stated at several standard conditions",
            field="standard_conditions",
            value=", ".join(_CONDITIONS[place - 1] for place in stated),
            remedy="Name the ones that you want",
        )
    if conditions is None:
        conditions = _CONDITIONS[int(stated[0]) - 1] if len(stated) else _CONDITIONS[0]
    sdk.units.check_conditions(conditions)
    values = {name: found[name].astype(np.float64) for name in _VALUES}
    for place in stated:
        name, rows = _CONDITIONS[place - 1], found["conditions"] == place
        for fluid in Fluid:
            values[f"{fluid}_sm3"][rows] *= volume_factor(fluid, name, conditions)
    return DailyColumns(
        well=found["well"].astype(np.int32),
        dates=found["date"].astype(np.int64).astype("datetime64[D]"),
        day_hours=values["day_hours"],
        hours=values["hours_on"],
        oil=values["oil_sm3"],
        gas=values["gas_sm3"],
        water=values["water_sm3"],
        conditions=conditions,
    )


def _rows(asked: dict[str, Any]) -> npt.NDArray[Any]:
    with (
        driver_connection() as connection,
        connection.cursor() as cursor,
        cursor.copy(_SELECT, asked) as copy,
    ):
        stream = b"".join(bytes(piece) for piece in copy)
    return np.frombuffer(stream[_HEAD:-_TRAILER], _ROW)
