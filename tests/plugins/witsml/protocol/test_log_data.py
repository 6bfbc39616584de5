"""Data of logs, in all the ways in which stores write it."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_witsml.objects.log_data import Column, LogData, Shape, to_columns
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.reading import read_log_data, read_objects

SERIES = "http://www.witsml.org/schemas/1series"


def log(inner: str, version: str = "1.4.1.1", zone: tzinfo | None = None) -> Log:
    space = SERIES if version == "1.4.1.1" else "http://www.witsml.org/schemas/131"
    document = (
        f'<logs xmlns="{space}" version="{version}">'
        f'<log uidWell="w" uidWellbore="b" uid="l"><name>L</name>{inner}</log></logs>'
    )
    (found,) = read_objects(Log, document, zone)
    return found


def data(*rows: str) -> str:
    return "".join(f"<data>{row}</data>" for row in rows)


def columns(rows: list[str], nulls: tuple[str | None, str | None] = (None, None)) -> LogData:
    shape = Shape("DEPT", False, null_value=nulls[0])
    curves = [Column("DEPT", "m"), Column("GR", "gAPI", nulls[1], "double"), Column("ROP", "m/h")]
    return to_columns(rows, curves, shape, None)


def test_a_depth_log_is_columns_in_the_order_of_the_store() -> None:
    found = log(
        "<indexType>measured depth</indexType><direction>decreasing</direction>"
        "<indexCurve>Depth</indexCurve><nullValue>-999.25</nullValue>"
        "<logCurveInfo uid='c'><mnemonic>gr</mnemonic><nullValue>-1</nullValue></logCurveInfo>"
        "<logData><mnemonicList>DEPTH,GR,ROP</mnemonicList><unitList>m,gAPI,m/h</unitList>"
        + data("502,-1,-999.2500", "501,70.5,", "500,None,30")
        + "</logData>"
    )
    assert found.decreasing
    assert not found.by_time
    (block,) = found.data
    assert block.index.tolist() == [502, 501, 500]
    assert block.index_unit == "m"
    assert block.mnemonics == ("gr", "ROP")
    assert block.units == ("gAPI", "m/h")
    np.testing.assert_array_equal(block.values, [[np.nan, 70.5, np.nan], [np.nan, np.nan, 30]])
    assert block.problems == ()


def test_data_without_a_header_is_read_by_the_header_known_before() -> None:
    header = log(
        "<indexType>date time</indexType><indexCurve>TIME</indexCurve><nullValue>-9</nullValue>"
        "<logCurveInfo uid='w'><mnemonic>WOB</mnemonic><unit>klbf</unit></logCurveInfo>"
        "<dataDelimiter>;</dataDelimiter>"
    )
    rows = data("2026-03-01T12:00:00Z;5", "2026-03-01T12:00:01Z;-9")
    document = (
        f'<logs xmlns="{SERIES}" version="1.4.1.1"><log uidWell="w" uidWellbore="b" uid="l">'
        f"<logData><mnemonicList>TIME,WOB</mnemonicList>{rows}</logData></log></logs>"
    )
    (block,) = read_log_data(document, header).data
    assert np.diff(block.index).tolist() == [1_000_000]
    np.testing.assert_array_equal(block.values, [[5, np.nan]])
    assert block.units == ("klbf",)
    assert read_log_data(f'<logs xmlns="{SERIES}"/>', header).data == ()


def test_columns_that_came_with_the_data_go_before_those_of_the_header() -> None:
    names = (("DEPT", "m"), ("GR", "gAPI"), ("ROP", "m/h"))
    curves = "".join(
        f"<logCurveInfo uid='{name}'><mnemonic>{name}</mnemonic><unit>{unit}</unit>"
        f"<columnIndex>{place}</columnIndex></logCurveInfo>"
        for place, (name, unit) in enumerate(names, 1)
    )
    header = log(
        f"<indexType>measured depth</indexType><indexCurve>DEPT</indexCurve>{curves}", "1.3.1.1"
    )
    document = (
        '<logs xmlns="http://www.witsml.org/schemas/131" version="1.3.1.1">'
        '<log uidWell="w" uidWellbore="b" uid="l">'
        "<logCurveInfo><mnemonic>rop</mnemonic><columnIndex>2</columnIndex></logCurveInfo>"
        "<logCurveInfo><mnemonic>DEPT</mnemonic><columnIndex>1</columnIndex></logCurveInfo>"
        f"<logData>{data('500,30')}</logData></log></logs>"
    )
    (block,) = read_log_data(document, header).data
    assert (block.mnemonics, block.units) == (("ROP",), ("m/h",))
    assert block.values.tolist() == [[30]]
    assert block.problems == ()


def test_a_direction_that_is_not_given_is_increasing() -> None:
    assert not log("<indexType>measured depth</indexType>").decreasing


def test_version_131_orders_by_column_and_names_none_in_the_data() -> None:
    curves = "".join(
        f"<logCurveInfo uid='{name}'><mnemonic>{name}</mnemonic><unit>{unit}</unit>"
        f"<columnIndex>{place}</columnIndex></logCurveInfo>"
        for name, unit, place in (("ROP", "m/h", 3), ("DEPT", "m", 1), ("GR", "gAPI", 2))
    )
    found = log(
        "<indexType>measured depth</indexType><indexCurve columnIndex='1'>dept</indexCurve>"
        f"{curves}<logData>{data('500,70,30', '501,71,31')}</logData>",
        "1.3.1.1",
    )
    (block,) = found.data
    assert block.mnemonics == ("GR", "ROP")
    assert block.values.tolist() == [[70, 71], [30, 31]]
    assert found.index_unit == "m"


ROWS = {
    "Z": ("2026-03-01T12:00:00Z", None),
    "offset": ("2026-03-01T13:00:00.000+01:00", None),
    "zone of the store": ("2026-03-01T06:00:00", timezone(timedelta(hours=-6))),
    "summer time of the store": ("2026-03-01T07:00:00", ZoneInfo("America/New_York")),
}


@pytest.mark.parametrize("case", ROWS)
def test_times_are_utc_however_they_are_written(case: str) -> None:
    text, zone = ROWS[case]
    found = log(
        "<indexType>date time</indexType><indexCurve>TIME</indexCurve><logData>"
        f"<mnemonicList>TIME,WOB</mnemonicList><unitList>s,klbf</unitList>{data(f'{text},1')}"
        "</logData>",
        zone=zone,
    )
    expected = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1e6
    assert found.by_time
    assert found.data[0].index.tolist() == [expected]
    assert found.data[0].index.dtype == np.int64


def test_a_time_without_a_zone_is_reported_where_none_is_configured() -> None:
    found = log(
        "<indexType>date time</indexType><indexCurve>TIME</indexCurve><logData>"
        f"<mnemonicList>TIME,WOB</mnemonicList>{data('2026-03-01T06:00:00,1')}</logData>"
    )
    assert len(found.data[0].index) == 0
    assert "none is configured" in found.data[0].problems[0].reason


def test_rows_longer_or_shorter_than_the_list_are_read_and_reported() -> None:
    found = columns(["500,70,30,99", "501,71", "502,72,32,", "x,73,33"])
    assert found.index.tolist() == [500, 501, 502]
    np.testing.assert_array_equal(found.values, [[70, 71, 72], [30, np.nan, 32]])
    assert [(one.row, one.text) for one in found.problems] == [(1, "99"), (2, "501,71"), (4, "x")]


def test_rows_of_one_index_are_one_with_the_last_value_of_each_curve() -> None:
    found = columns(["502,70,30", "501,1,1", "502,,31", "502,72,"])
    assert found.index.tolist() == [502, 501]
    assert found.values.tolist() == [[72, 1], [31, 1]]
    assert found.duplicates == 2


def test_words_are_text_and_keep_their_place() -> None:
    found = columns(["500,70,drilling", "501,-999.25,", "501,71,tripping"], ("-999.25", None))
    assert found.texts == {1: ("drilling", "tripping")}
    assert found.values[0].tolist() == [70, 71]
    assert np.isnan(found.values[1]).all()


def test_a_delimiter_and_several_blocks_and_repeated_names() -> None:
    found = log(
        "<indexType>measured depth</indexType><indexCurve>D</indexCurve>"
        "<dataDelimiter>;</dataDelimiter>"
        "<logData><mnemonicList>D,GR,GR</mnemonicList><data>1;2;3</data></logData>"
        "<logData><mnemonicList>D,ROP</mnemonicList><data>1;4</data></logData>"
        "<logData><mnemonicList>D,TQ</mnemonicList></logData>"
    )
    first, second, empty = found.data
    assert first.mnemonics == ("GR", "GR:2")
    assert first.values.tolist() == [[2], [3]]
    assert second.values.tolist() == [[4]]
    assert empty.values.shape == (1, 0)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, st.none() | NUMBERS), unique_by=lambda row: row[0]))
def test_what_is_written_is_what_is_read(rows: list[tuple[float, float | None]]) -> None:
    texts = [f"{index!r},{'' if value is None else repr(value)},5" for index, value in rows]
    found = columns(texts)
    assert found.index.tolist() == [index for index, _ in rows]
    expected = [np.nan if value is None else value for _, value in rows]
    np.testing.assert_array_equal(found.values[0], expected)
