"""Columns of a file as numbers: each against Python's own, one at a time."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.imports.cells import Piece, Ragged, csv_pieces
from wellhead_historian.imports.times import TimeForm, read_times
from wellhead_historian.imports.values import read_numbers, read_qualities

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
MOMENTS = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=ZONES)


@given(st.lists(MOMENTS, min_size=1))
def test_written_times_are_those_of_datetime(moments: list[dt.datetime]) -> None:
    times, wrong = read_times([moment.isoformat() for moment in moments], TimeForm())
    assert not wrong
    assert times.tolist() == [(moment - EPOCH) // MICROSECOND for moment in moments]


@given(st.lists(st.text("0123456789-+:.TZ ", max_size=40), min_size=1))
def test_what_datetime_refuses_is_wrong_in_its_place(texts: list[str]) -> None:
    _, wrong = read_times([*texts, "2026-02-28T12:00:00Z", "2026-02-29T12:00:00Z"], TimeForm())
    assert len(texts) not in wrong
    assert len(texts) + 1 in wrong
    for place, text in enumerate(texts):
        if place not in wrong:
            assert dt.datetime.fromisoformat(text).tzinfo is not None


@pytest.mark.parametrize("fold", ["earlier", "later"])
@given(
    minutes=st.lists(st.integers(0, 4 * 60), min_size=1),
    day=st.sampled_from([dt.datetime(2025, 3, 30), dt.datetime(2025, 10, 26)]),
)
def test_local_times_of_days_when_clocks_are_set(
    fold: str, minutes: list[int], day: dt.datetime
) -> None:
    local = [day + dt.timedelta(minutes=minute) for minute in minutes]
    cells = [moment.isoformat(" ") for moment in local]
    times, wrong = read_times(cells, TimeForm(zone=OSLO, fold=fold))
    _, unfolded = read_times(cells, TimeForm(zone=OSLO))
    for place, moment in enumerate(local):
        meant = moment.replace(tzinfo=OSLO, fold=fold == "later")
        instant = (meant - EPOCH) // MICROSECOND
        back = meant.astimezone(dt.UTC).astimezone(OSLO).replace(tzinfo=None)
        assert (place in wrong) == (back != moment)  # it does not exist
        assert place in wrong or times[place] == instant
        twice = meant.utcoffset() != meant.replace(fold=fold != "later").utcoffset()
        assert (place in unfolded) == twice


def test_epochs_and_bare_times() -> None:
    times, wrong = read_times(["1750000000123", "1750000000000.5", "x", "1e99"], TimeForm("ms"))
    assert times[:2].tolist() == [1_750_000_000_123_000, 1_750_000_000_000_500]
    assert wrong.keys() == {2, 3}
    times, wrong = read_times([1, True, None, 2.5], TimeForm("us"))
    assert wrong.keys() == {1, 2}
    times, wrong = read_times([1_750_000_000.5, 1_750_000_001.25], TimeForm("s"))
    assert times.tolist() == [1_750_000_000_500_000, 1_750_000_001_250_000]
    assert read_times([1, True], TimeForm("s"))[1].keys() == {1}
    _, wrong = read_times(["2026-01-01T00:00:00"], TimeForm())
    assert "tz" in wrong[0]
    _, wrong = read_times([1_767_225_600], TimeForm())
    assert "time=us, ms or s" in wrong[0]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_are_bit_exact(numbers: list[float]) -> None:
    for cells in (numbers, [repr(number) for number in numbers]):
        values, wrong = read_numbers(cells)
        assert not wrong
        assert values.tolist() == numbers


def test_what_is_no_number_or_quality() -> None:
    cells: list[Any] = ["1", "1_000", "nan", "inf", "٣", "", None, [1], "1e999", True, 10**400]
    values, wrong = read_numbers(cells)
    assert wrong.keys() == set(range(1, 11))
    assert "a boolean" in wrong[9]
    assert values[0] == 1.0
    values, wrong = read_numbers(cells, booleans=True)
    assert wrong.keys() == set(range(1, 9)) | {10}
    assert values[9] == 1.0
    codes, wrong = read_qualities(["", None, "Bad", "good", "uncertain", "24", 216, True, 256, "x"])
    assert codes[:7].tolist() == [192, 192, 0, 192, 64, 24, 216]
    assert wrong.keys() == {7, 8, 9}


def test_rows_know_their_lines_whatever_is_in_the_cells() -> None:
    body = b'\xef\xbb\xbftag,time,value\r\nA,1,"two\nlines"\r\n\r\nB,2\r\nC,3,x\r\n'
    ragged, piece = csv_pieces(body)
    assert ragged == Ragged(5, 2, 3)
    assert isinstance(piece, Piece)
    assert list(piece.rows) == [2, 6]
    assert piece.columns["value"] == ("two\nlines", "x")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"a,b\n",
        b"time,a,a\n",
        b"time,,a\n",
        b"tag,time,x\n",
        b"t,v,q\n",
        b"tag,t,v,state\n",
        b"tag,t,v,value\n",
        b"\xff",
        b'time,a\n"',
    ],
)
def test_what_is_no_file_of_readings_is_said(body: bytes) -> None:
    with pytest.raises(sdk.WellheadError):
        list(csv_pieces(body))


@pytest.mark.parametrize(
    ("body", "message", "remedy"),
    [
        ("tag,time,value\nP,1,20 °C\n".encode("latin-1"), "line 2 has the byte 0xb0", "iconv -f W"),
        ("tag,time,value\n".encode("utf-16"), "the mark of UTF-16", "iconv -f UTF-16"),
        (b"\xef\xbb\xbftime,P\n1,2\n\n2,\xfc\n", "line 4 has the byte 0xfc", "Save it as UTF-8"),
        (b"\x1f\x8b\x08", "compressed by gzip", "gunzip"),
        (b"PK\x03\x04\x14", "a ZIP file or a workbook", "CSV UTF-8"),
        (b"time;P\n", "no header", "not by ';'"),
        (b"tag,value\n", "no header", "Begin with tag,time,value"),
        (b'time,P\n1,2\n2,"3\n', "at line 3", "write a quote twice"),
    ],
)
def test_what_is_wrong_with_a_file_and_what_to_do(body: bytes, message: str, remedy: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        list(csv_pieces(body))
    assert message in refused.value.message
    assert remedy in str(refused.value.remedy)
