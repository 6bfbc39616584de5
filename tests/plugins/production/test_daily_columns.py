"""Daily records as columns, and what wells have made since their first day."""

import datetime as dt
import uuid

import numpy as np
import pytest

from wellhead import sdk
from wellhead.errors import WellheadError
from wellhead_production.daily import columns
from wellhead_production.plugin import produced_volumes

from .conftest import Site

STB = 0.158987294928
MSCF = 28.316846592


def ids(site: Site) -> list[uuid.UUID]:
    return [uuid.UUID(well["id"]) for well in site.wells]


def test_days_come_as_columns_by_well_and_date(site: Site) -> None:
    units = {"liquid_unit": "STB", "gas_unit": "Mscf"}
    site.day("2026-06-02", oil=10, gas=5, water=3, hours_on=12, **units)
    site.day("2026-06-01", oil=20, **units)
    site.day("2026-06-01", well_id=site.wells[1]["id"], oil=7)
    site.day("2026-06-01", disposition="injected", water=99)
    with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        days = columns(ids(site))
        later = columns(ids(site), dt.date(2026, 6, 2))
        none = columns([uuid.uuid4()])
    assert days.well.tolist() == [0, 0, 1]
    assert days.dates.astype(str).tolist() == ["2026-06-01", "2026-06-02", "2026-06-01"]
    assert days.oil == pytest.approx([20 * STB, 10 * STB, 7])
    assert days.gas[1] == pytest.approx(5 * MSCF)
    assert np.isnan(days.gas[0])
    assert days.hours[1] == 12
    assert days.day_hours.tolist() == [24, 24, 24]
    assert days.conditions == "60F_14.696psia"
    assert days.of(1) == slice(2, 3)
    assert later.oil == pytest.approx([10 * STB])
    assert len(none.well) == 0


def test_conditions_are_converted_when_they_are_named_and_never_by_the_way(site: Site) -> None:
    site.day("2026-06-01", oil=100, gas=100)
    site.day("2026-06-02", oil=100, gas=100, standard_conditions="15C_101.325kPa")
    with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        with pytest.raises(WellheadError, match="several standard conditions") as caught:
            columns(ids(site))
        days = columns(ids(site), conditions="15C_101.325kPa")
    assert caught.value.field == "standard_conditions"
    factor = sdk.units.gas_volume_factor("60F_14.696psia", "15C_101.325kPa")
    assert days.gas == pytest.approx([100 * factor, 100])
    assert days.oil == pytest.approx([99.9528, 100], abs=2e-3)
    assert days.oil[0] < 100


def test_what_wells_have_made_to_a_date(site: Site) -> None:
    conditions = {"standard_conditions": "15C_101.325kPa"}
    for day in (1, 2, 4):
        site.day(f"2026-06-0{day}", oil=100, gas=1000, **conditions)
    site.day("2026-06-03", disposition="injected", water=500, **conditions)
    first, _ = ids(site)
    dates = [dt.date(2026, 5, 31), dt.date(2026, 6, 2), dt.date(2026, 6, 9)]
    with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        found = produced_volumes(ids(site), dates)
    assert list(found) == [first]  # nothing is known of the other
    assert found[first]["oil"].tolist() == [0, 200, 300]
    assert found[first]["gas"].tolist() == [0, 2000, 3000]
    assert found[first]["water"].tolist() == [0, 0, 0]
    assert found[first]["water_injected"].tolist() == [0, 0, 500]
    assert found[first]["standard_conditions"] == "15C_101.325kPa"
