"""The hook that reservoir offers to others: what its wells have made."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TypedDict

from wellhead import sdk


class ProducedVolumes(TypedDict):
    """What a well has made and taken in since its first day, float64[n], one for each date asked.

    oil, gas, water, water_injected, gas_injected: Sm3 at `standard_conditions`; 0.0 before the
        first record
    standard_conditions: one of `sdk.units.STANDARD_CONDITIONS`
    """

    oil: sdk.Array
    gas: sdk.Array
    water: sdk.Array
    water_injected: sdk.Array
    gas_injected: sdk.Array
    standard_conditions: str


@sdk.hookspec
def produced_volumes(  # type: ignore[empty-body]
    well_ids: Sequence[uuid.UUID], dates: Sequence[dt.date]
) -> Mapping[uuid.UUID, ProducedVolumes]:
    """Cumulative volumes of each of these wells up to and with the production day of each date,
    which rise; wells that nothing is known of are left out. Called inside the tenant, once for a
    material balance."""
