"""LAS files: every shape that comes, against lasio's own reading, and malformed ones."""

import contextlib
import io
import time
import tracemalloc
from typing import Any

import lasio
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_well_logs.found import FoundLog
from wellhead_well_logs.las.log import read_las
from wellhead_well_logs.nulls import NullPolicy
from wellhead_well_logs.vocabulary import DataType, Direction, LogKind

from .files import LAS_20_WRAPPED, LAS_30, las_12


def read(text: str | bytes, policy: NullPolicy = NullPolicy.STRICT) -> FoundLog:
    data = text if isinstance(text, bytes) else text.encode()
    return read_las(data, policy=policy, most=20_000, file_name="runs/HERON_7.las", name=None)


def warned(found: FoundLog) -> dict[str, str]:
    return {note.field: note.message for note in found.notes}


def test_a_file_of_version_12() -> None:
    found = read(las_12())
    new = found.new
    assert (new.name, new.kind, new.index_unit) == ("HERON_7", LogKind.DEPTH, "M")
    assert (new.direction, new.step) == (Direction.DECREASING, 0.25)
    assert (new.service_company, new.logged_on) == ("DEEP LOGGING INC.", "3-MAR-1991")
    assert new.null_value == "-999.2500"
    assert found.index.tolist() == [1999.0, 1999.25, 1999.5, 1999.75, 2000.0]
    assert [curve.mnemonic for curve in new.curves] == ["GR", "DT", "ILD", "XTRA"]
    assert found.columns[0][:2].tolist() == [75.5, 70.4]  # type: ignore[union-attr]
    np.testing.assert_array_equal(found.columns[0], [75.5, 70.4, np.nan, 60.2, 55.1])
    assert warned(found) == {"unit": "the unit of XTRA is not known; it is kept"}
    titles = [section["title"] for section in new.header["sections"]]
    assert "~Special Information" in titles
    assert new.header["sections"][-1]["lines"] == ["   Tools were stuck"]


def test_leading_zeros_of_numbers_survive() -> None:
    found = read(las_12())
    assert found.well["UWI"] == "05001095820000"
    items = {item["mnemonic"]: item["value"] for item in found.new.header["sections"][1]["items"]}
    assert (items["LIC"], items["UWI"]) == ("0012345", "05001095820000")


def test_a_wrapped_file_with_a_mnemonic_twice() -> None:
    found = read(LAS_20_WRAPPED)
    assert [curve.mnemonic for curve in found.new.curves] == ["GR", "GR:2", "NPHI"]
    assert [column.tolist() for column in found.columns[:2]] == [[50, 52, 54], [51, 53, 55]]  # type: ignore[union-attr]
    np.testing.assert_array_equal(found.columns[2], [0.25, np.nan, 0.27])
    assert "twice" in warned(found)["curves"]


def test_a_file_of_version_3() -> None:
    """Texts, an array, other sections kept, quotes and empty cells."""
    found = read(LAS_30)
    kinds = {curve.mnemonic: curve.data_type for curve in found.new.curves}
    assert kinds["LITH"] == DataType.TEXT
    assert found.columns[1] == ["SAND, FINE", None, "SHALE"]
    np.testing.assert_array_equal(found.columns[0], [12.5, 13.5, np.nan])
    array = [(curve.dimension, curve.element) for curve in found.new.curves[2:]]
    assert array == [(2, 1), (2, 2)]
    kept = {section["title"]: section["lines"] for section in found.new.header["sections"]}
    assert kept["~Core_Data[1] | Core_Definition"] == ["545.50"]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
    ],
    ids=["utf-16", "utf-16-be", "utf-16 without mark", "utf-8 mark", "latin-1", "crlf", "cr"],
)
def test_encodings_and_line_ends(encode: Any) -> None:
    text = las_12().replace("DEEP LOGGING INC.", "FJORDLOGGING ÅS")
    assert read(encode(text)).new.service_company == "FJORDLOGGING ÅS"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (NullPolicy.NONE, [-999.25, 999.25, -9999.0, 5.0]),
        (NullPolicy.STRICT, [np.nan, 999.25, -9999.0, 5.0]),
        (NullPolicy.COMMON, [np.nan, np.nan, -9999.0, 5.0]),
        (NullPolicy.AGGRESSIVE, [np.nan, np.nan, np.nan, 5.0]),
    ],
)
def test_null_policies(policy: NullPolicy, expected: list[float]) -> None:
    rows = "".join(
        f"{999.0 + place / 4} {value} 1 1 1\n"
        for place, value in enumerate(("-999.25", "999.25", "-9999", "5"))
    )
    found = read(las_12(rows=rows + "1000.0 #N/A 1.#INF (null) -\n"), policy)
    np.testing.assert_array_equal(found.columns[0], [*expected, np.nan])
    assert found.index.tolist() == [999.0, 999.25, 999.5, 999.75, 1000.0]  # 999.25 is a depth here


def test_what_is_odd_is_said() -> None:
    rows = (
        "2000.00 1 1 1 1\n1999.75-999.25 1,5 1 1\n1999.00 2 1 1 1\n1999.00 3 1 1 1\n"
        "1999.25 1 1 1 1\n-999.25 9 9 9 9\n"
    )
    text = las_12(rows=rows).replace("STOP.M        1999", "STOP.F        1000")
    text = text.replace(" BS  .MM", f" LONG. {'x' * 400} : TEXT\n BS  .MM")
    found = read(text)
    messages = [note.message for note in found.notes]
    for part in (
        "ran together",
        "decimal mark",
        "have the index of a later row",
        "1 gaps",
        "its unit is not that of the index",
        "the index goes up and down",
        "without an index",
        "too long to be read",
    ):
        assert any(part in message for message in messages), (part, messages)
    place = found.index.tolist().index(1999.0)
    assert found.columns[0][place] == 3.0


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("~A  DEPTH", "#A  DEPTH"), "line 26", "no section ~A"),
        (("1999.500  -999.2500  252.0", "1999.500 252.0"), "line 31", "has 4 values"),
        (("1999.250  70.4", "1999.250  7O.4"), "line 32", "is no number"),
        (("VERS.            1.2", "VERS.            9.9"), "line 2", "no version of LAS"),
        (("~", " "), "line 1", "no section"),
        (("DEPT.M", "\0DEPT.M"), "line 17", "NUL"),
        (("60.2  251.0", "60.2  251.0 7"), "line 30", "has 6 values"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    change: tuple[str, str], line: str, message: str
) -> None:
    assert change[0] in las_12()
    with pytest.raises(sdk.WellheadError, match=message) as refused:
        read(las_12().replace(*change))
    assert refused.value.field == line


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=4, max_size=4),
        min_size=2,
        max_size=30,
    )
)
def test_data_are_as_lasio_reads_them(rows: list[list[float | None]]) -> None:
    lines = [
        " ".join([repr(place / 4), *("-999.25" if cell is None else repr(cell) for cell in row)])
        for place, row in enumerate(rows)
    ]
    text = las_12(rows="\n".join(lines) + "\n")
    oracle = lasio.read(io.StringIO(text))
    found = read(text)
    np.testing.assert_array_equal(found.index, oracle.curves[0].data)
    for column, curve in zip(found.columns, oracle.curves[1:], strict=True):
        np.testing.assert_array_equal(column, curve.data)


_SEEDS = [las_12().encode(), LAS_20_WRAPPED.encode(), LAS_30.encode()]


@st.composite
def malformed(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(_SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(at + 40, len(data))))
        data[at:end] = draw(st.binary(max_size=20) | st.sampled_from([b"~", b".", b":", b"\n~A\n"]))
    return bytes(data)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(malformed())
@example(b"")
@example(b"~")
@example(b"~\n~A\n1 2\n")
@example(b"~V\n~C\nA.M:\nB.:\n~A\n\n")
def test_r9_malformed_las_raises_only_declared_errors(data: bytes) -> None:
    try:
        found = read(data)
    except sdk.WellheadError:
        return
    assert len(found.index)


def test_r9_hostile_las_costs_little() -> None:
    """Endless header lines and data too many are refused early, in little memory."""
    header = las_12(rows="")
    hostile = [
        header.replace("BS  .MM", "B." + "c" * 900 + " 12:30" * 10) * 1,
        header.replace("BS  .MM", "B" * 100_000),
        header.replace(" BS", "\n".join(f" P{n}.M 1:" for n in range(6_000)) + "\n BS"),
        header + "1 2 3 4 5\n" * 4_100,
        header + "1" * 200_000,
        header + '"' * 200_000 + "\n",
    ]
    for text in hostile:
        tracemalloc.start()
        began = time.process_time()
        with contextlib.suppress(sdk.WellheadError):
            read(text)
        seconds = time.process_time() - began
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20 * len(text) + (8 << 20)
        assert seconds < 5
