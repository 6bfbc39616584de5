"""What is written is read back, whatever it holds; and what is wrong is told with its line."""

import json
from collections.abc import Collection
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from wellhead import sdk
from wellhead.portable.csv_file import from_csv, to_csv
from wellhead.portable.toml_file import from_toml, to_toml


class PumpRow(sdk.Schema):
    name = fields.String(required=True)
    place = fields.Dict(required=True)
    scale = fields.Float(load_default=1.0)
    note = fields.String(allow_none=True, load_default=None)


class Pumps(sdk.PortableRecords):
    name = "acme.pumps"
    key = ("name",)
    schema: ClassVar[Any] = PumpRow

    def rows(self) -> list[dict[str, Any]]:
        return []

    def create(self, row: dict[str, Any]) -> None: ...

    def change(self, row: dict[str, Any], changed: Collection[str]) -> None: ...

    def remove(self, row: dict[str, Any]) -> None: ...

    def skipped(self, key: tuple[Any, ...]) -> None: ...

    def store(self) -> None: ...


KNOWN = {"acme.pumps": Pumps()}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.booleans() | NUMBERS | TEXT
KEYS = st.text("abcxyz_09", min_size=1, max_size=5)
TRICKY = st.sampled_from(
    [
        "007",
        "17",
        "-1.5",
        "+5",
        "1e5",
        "true",
        "TRUE",
        "'",
        "''x",
        "=1+1",
        "'=1",
        "[1]",
        "{",
        "@x",
        "",
    ]
)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": draw(TEXT.filter(bool) | TRICKY.filter(bool)),
        "place": draw(st.dictionaries(KEYS, PLAIN | TRICKY | st.lists(PLAIN, max_size=2))),
        "scale": draw(st.floats(allow_nan=False, allow_infinity=False)),
    }
    note = draw(st.none() | TEXT.filter(bool) | TRICKY.filter(bool))
    return row if note is None else row | {"note": note}


def same(found: Any, row: dict[str, Any]) -> bool:
    """Types too: 17 is not "17"."""
    loaded = (PumpRow().load(found), PumpRow().load(row))
    first, second = (json.dumps(one, sort_keys=True) for one in loaded)
    return first == second


@given(st.lists(rows(), max_size=4))
def test_records_survive_toml(made: list[dict[str, Any]]) -> None:
    document = from_toml(to_toml({"acme.pumps": made}), "pumps.toml", KNOWN)

    found = [written.values for written in document.records["acme.pumps"]]
    assert all(map(same, found, made))
    assert len(found) == len(made)


@given(st.lists(rows(), max_size=4))
def test_records_survive_csv(made: list[dict[str, Any]]) -> None:
    document = from_csv(
        to_csv(KNOWN["acme.pumps"], made).encode(), "pumps.csv", KNOWN["acme.pumps"]
    )

    assert document.problems == []
    found = [written.values for written in document.records["acme.pumps"]]
    assert all(map(same, found, made))
    assert len(found) == len(made)


def test_a_spreadsheet_runs_nothing_and_changes_nothing() -> None:
    row = {"name": "=cmd()", "place": {"level": "-1.5", "offset": -1.5, "serial": "007"}}

    assert to_csv(KNOWN["acme.pumps"], [row]) == (
        "name,place.level,place.offset,place.serial,scale,note\r\n'=cmd(),'-1.5,-1.5,007,,\r\n"
    )


def test_places_are_lines() -> None:
    text = to_toml({"acme.pumps": [{"name": "a", "place": {}}, {"name": "b", "place": {"x": 1}}]})
    written = from_toml(text, "pumps.toml", KNOWN).records["acme.pumps"]
    lines = text.split("\n")
    assert [one.where for one in written] == ["pumps.toml:4", "pumps.toml:8"]
    assert [lines[4 - 1], lines[8 - 1]] == ["[[acme.pumps]]"] * 2

    table = 'name,place.x,note\na,1,"two\nlines"\n\nb,2\nc,3,\n'
    document = from_csv(table.encode(), "pumps.csv", KNOWN["acme.pumps"])
    assert [one.where for one in document.records["acme.pumps"]] == ["pumps.csv:2", "pumps.csv:6"]
    [problem] = document.problems
    assert str(problem) == (
        "pumps.csv:5: acme.pumps: has 2 cells, the header 3. "
        "Quote cells that hold commas or line breaks"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("format = ", "pumps.toml: is no TOML"),
        ("", "pumps.toml: has no line `format = 1`"),
        ("format = 1\nacme.pump = []", "no plugin that is on has such records (found 'acme.pump')"),
        ("format = 1\nacme = 5", "no plugin that is on has such records (found 'acme')"),
        ("format = 1\nacme.pumps = 5", "pumps.toml: acme.pumps: is no list of records"),
    ],
)
def test_what_is_no_such_file_says_so(text: str, reason: str) -> None:
    with pytest.raises(sdk.WellheadError) as caught:
        from_toml(text, "pumps.toml", KNOWN)
    assert reason in str(caught.value)


@pytest.mark.parametrize("header", ["name,nome", "name,name", "name,place,place.x"])
def test_a_header_that_cannot_be_names_the_file(header: str) -> None:
    with pytest.raises(sdk.WellheadError, match=r"pumps\.csv: header"):
        from_csv(f"{header}\n".encode(), "pumps.csv", KNOWN["acme.pumps"])
