"""Recorded values: shown at their times, and errors that name row, column, value and remedy."""

from pathlib import Path

import pytest

from wellhead import sdk
from wellhead_simulator.field import Field
from wellhead_simulator.replay import load_replay
from wellhead_simulator.signals import NUMBERS

WHP, FLP = NUMBERS["WHP"], NUMBERS["FLP"]
GOOD = """time,W01.WHP,W02.FLP
2026-03-01T06:00:00Z,21.5,9
2026-03-01T06:00:10Z,,9.5
2026-03-01T06:00:20Z,22.5,
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "recorded.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_shown_from_their_time_on_and_empty_cells_keep_the_value(tmp_path: Path) -> None:
    replay = load_replay(write(tmp_path, GOOD), 2, loop=False)
    assert replay.at(0) == {"W01": {WHP: 21.5}, "W02": {FLP: 9}}
    assert replay.at(9.9) == replay.at(0)
    assert replay.at(10) == {"W01": {WHP: 21.5}, "W02": {FLP: 9.5}}
    assert replay.at(20) == {"W01": {WHP: 22.5}, "W02": {FLP: 9.5}}
    assert replay.at(1e9) == replay.at(20)


def test_a_loop_begins_again_after_the_last_row_had_its_time(tmp_path: Path) -> None:
    replay = load_replay(write(tmp_path, GOOD), 2, loop=True)
    assert replay.at(29.9) == replay.at(20)
    assert replay.at(30) == replay.at(0)
    assert replay.at(3041) == replay.at(11)


def test_seconds_and_a_column_that_begins_late(tmp_path: Path) -> None:
    text = "time,W01.WHP\n100,\n100.5,3\n\n101.5,4\n"
    replay = load_replay(write(tmp_path, text), 1, loop=True)
    assert replay.at(0) == {}
    assert replay.at(0.5) == {"W01": {WHP: 3}}
    assert replay.at(2.5) == {}


def test_replayed_signals_stand_in_for_the_models(tmp_path: Path) -> None:
    replay = load_replay(write(tmp_path, GOOD), 2, loop=False)
    field = Field(1, 2)
    one = field.wells["W01"]
    before = one.values[FLP]
    one.replay(replay.at(0)["W01"])
    assert one.values[WHP] == 21.5
    assert one.raw()[WHP] == 21.5
    field.step(1.0)
    assert one.values[WHP] == 21.5
    assert one.values[FLP] == pytest.approx(before, abs=1)


@pytest.mark.parametrize(
    ("text", "field", "value", "remedy"),
    [
        ("", "row 1, column first", "", "must be time"),
        ("when,W01.WHP\n0,1\n", "row 1, column first", "when", "must be time"),
        ("time\n0\n", "row 1, column second", "", "at least one signal"),
        ("time,W01.WHPP\n0,1\n", "row 1, column W01.WHPP", "W01.WHPP", "W01.WHP"),
        ("time,W03.WHP\n0,1\n", "row 1, column W03.WHP", "W03.WHP", "Did you mean"),
        ("time,W01.WHP,W01.WHP\n0,1,1\n", "row 1, column W01.WHP", "W01.WHP", "one column"),
        ("time,W01.WHP\n", "row 2, column time", "", "at least one row"),
        ("time,W01.WHP\n0,1\n1\n", "row 3, column all", "1 cells", "2 columns"),
        ("time,W01.WHP\n0,1\n0,2\n", "row 3, column time", "0", "Sort the rows"),
        ("time,W01.WHP\nyesterday,1\n", "row 2, column time", "yesterday", "RFC 3339"),
        (
            "time,W01.WHP\n2026-03-01T06:00:00,1\n",
            "row 2, column time",
            "2026-03-01T06:00:00",
            "with a zone",
        ),
        ("time,W01.WHP\ninf,1\n", "row 2, column time", "inf", "finite"),
        ("time,W01.WHP\n0,1\n1,low\n", "row 3, column W01.WHP", "low", "finite number"),
        ("time,W01.WHP\n0,1\n1,nan\n", "row 3, column W01.WHP", "nan", "finite number"),
    ],
)
def test_errors_name_row_column_value_and_remedy(
    tmp_path: Path, text: str, field: str, value: str, remedy: str
) -> None:
    with pytest.raises(sdk.ConfigError) as refused:
        load_replay(write(tmp_path, text), 2, loop=True)
    assert (refused.value.field, refused.value.value) == (field, value)
    assert remedy in str(refused.value.remedy)


def test_a_file_that_is_no_text_and_one_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "recorded.csv"
    with pytest.raises(sdk.ConfigError, match="cannot be read"):
        load_replay(path, 1, loop=True)
    path.write_bytes(b"time,W01.WHP\n0,\xff\xfe\n")
    with pytest.raises(sdk.ConfigError, match="no CSV in UTF-8"):
        load_replay(path, 1, loop=True)
