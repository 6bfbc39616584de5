"""Columns of a store's rows: what two of one name become, and values in another unit."""

import numpy as np

from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.polling.columns import Place, readings_of


def test_of_two_columns_of_one_name_the_first_is_taken_and_units_are_converted() -> None:
    data = LogData(
        mnemonics=("TQ", "tq", "HKLD", "BAD"),
        units=("kN.m", "kN.m", "klbf", "s"),
        index=np.array([1, 2], np.int64),
        index_unit="s",
        values=np.array([[1.0, 2.0], [8.0, 9.0], [10.0, np.nan], [1.0, 1.0]]),
        texts={},
    )
    places = {
        "tq": Place("TQ", "kN.m", is_text=False, key=7),
        "hkld": Place("HKLD", "kN", is_text=False, key=8),
        "bad": Place("BAD", "m", is_text=False, key=9),
    }
    warnings: set[str] = set()
    batch = readings_of(data, np.ones(2, np.bool_), places, 1, warnings)
    assert list(zip(batch.tags.tolist(), batch.times.tolist(), strict=True)) == [
        (7, 1),
        (8, 1),
        (7, 2),
    ]
    np.testing.assert_allclose(batch.values, [1.0, 44.4822, 2.0], rtol=1e-5)
    assert sorted(one.partition(":")[0] for one in warnings) == ["BAD", "TQ"]
