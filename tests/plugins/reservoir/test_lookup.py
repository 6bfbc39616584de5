"""Properties between the rows of a table."""

from dataclasses import fields

import numpy as np
import pytest

from wellhead.sdk import WellheadError
from wellhead_reservoir.pvt.tables import Properties, lookup

PRESSURE = np.array([1_000.0, 2_000.0, 4_000.0])


def table() -> Properties:
    columns = {field.name: np.full(3, np.nan) for field in fields(Properties)}
    columns |= {"pressure": PRESSURE, "bo": np.array([1.2, 1.3, 1.25]), "bg": 5.0 / PRESSURE}
    return Properties(**columns)


def test_rows_are_met_and_lines_run_between_them() -> None:
    assert lookup(table(), PRESSURE).bo == pytest.approx([1.2, 1.3, 1.25])
    found = lookup(table(), np.array([3_000.0, 1_500.0]))
    assert found.bo == pytest.approx([1.275, 1.25])
    assert found.bg == pytest.approx([5 / 3_000, 5 / 1_500])  # a constant z stays one
    assert np.isnan(found.rs).all()


def test_pressures_outside_a_table_are_refused() -> None:
    for pressure in (999.0, 4_001.0):
        with pytest.raises(WellheadError) as caught:
            lookup(table(), pressure)
        assert (caught.value.field, caught.value.value) == ("pressure", pressure)
