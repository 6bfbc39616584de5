"""Imports through the API: what is stored, what is refused, and that it is stored once."""

import itertools
import time
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.client import Answer
from wellhead_historian import api as historian
from wellhead_historian.imports import service
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups.keeping import put

PATH = "/api/v1/tags/imports"
SPAN = {"from": "2019-12-31T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


@pytest.fixture
def tags(app: Flask) -> dict[str, int]:
    """Tags of every sort, by name."""
    with app.app_context(), sdk.tenant("default"):
        asset = sdk.Asset(kind="field", name="North")
        sdk.db.session.add(asset)
        sdk.db.session.flush()
        described: list[dict[str, Any]] = [
            {"name": "P", "datatype": "float64", "unit": "bar", "asset_id": asset.id},
            {"name": "T", "datatype": "float64", "unit": "degC"},
            {"name": "S", "datatype": "int16", "states": {"0": "Stopped", "1": "Running"}},
            {"name": "X", "datatype": "string"},
        ]
        made = {row["name"]: historian.create_tag(**row).id for row in described}
        sdk.db.session.commit()
    return made


def send(api: ApiClient, text: str, **query: Any) -> Answer:
    headers = {"Content-Type": "text/csv"}
    return api.request("POST", PATH, query=query, headers=headers, text=text)


def read(api: ApiClient, tag: int) -> list[tuple[Any, ...]]:
    data = api.get(f"/api/v1/tags/{tag}/readings", **SPAN).data
    return list(zip(data["t"], data["v"], data["q"], strict=True))


def test_a_long_file_with_texts_states_units_and_qualities(
    api: ApiClient, tags: dict[str, int]
) -> None:
    text = (
        "tag,time,value,quality\n"
        "P,2020-01-01T00:00:01Z,100,\n"
        "P,2020-01-01T01:00:00+01:00,14.5,uncertain\n"
        f"{tags['T']},2020-01-01T00:00:00Z,,bad\n"
        "S,2020-01-01T00:00:00Z,Running,192\n"
        'X,2020-01-01T00:00:00Z,"Läuft, sagt er",\n'
    )
    answer = send(api, text, id="one", unit="P=psi")
    assert answer.status == 200, answer.body
    assert (answer.data["readings"], answer.data["tags"]) == (5, 4)
    assert answer.data["first"] == "2020-01-01T00:00:00Z"
    start = 1_577_836_800_000_000
    psi = sdk.units.convert(1.0, "psi", "bar")
    assert read(api, tags["P"]) == [
        (start, pytest.approx(14.5 * psi), 64),
        (start + 1_000_000, pytest.approx(100 * psi), 192),
    ]
    assert read(api, tags["T"]) == [(start, None, 0)]
    assert read(api, tags["S"]) == [(start, 1.0, 192)]
    assert read(api, tags["X"]) == [(start, "Läuft, sagt er", 192)]
    (told,) = api.get(PATH).data
    assert (told["id"], told["parts"], told["readings"]) == ("one", 1, 5)
    assert api.get(f"{PATH}/one").data["results"] == [answer.data]
    audited = api.get("/api/v1/audit", table="historian_import").data
    assert [row["record_id"] for row in audited] == ["one/1"]


def test_a_wide_file_of_local_times_leaves_empty_cells_out(
    api: ApiClient, tags: dict[str, int]
) -> None:
    text = "time,P,T\n2025-03-30 01:59:59,1,2\n2025-03-30 03:00:00,,4\n"
    assert send(api, text, id="w", tz="Europe/Oslo").data["readings"] == 3
    assert [row[1] for row in read(api, tags["P"])] == [1.0]
    (first, *_), (second, *_) = read(api, tags["T"])
    assert second - first == 1_000_000
    wrong = send(api, "time,P\n2025-03-30 02:30:00,1\n", id="v", tz="Europe/Oslo")
    assert wrong.body["error"]["details"][0]["field"] == "row 2, time"


def test_columns_of_json_as_they_are_answered(api: ApiClient, tags: dict[str, int]) -> None:
    send(api, "time,P\n2020-01-01T00:00:00.5Z,0.1\n2020-01-01T00:00:01Z,-0\n", id="a")
    columns = api.get(f"/api/v1/tags/{tags['P']}/readings", **SPAN).data
    body = {"tag": "P", "t": columns["t"], "v": [5, 6], "q": columns["q"]}
    query = {"id": "b", "time": "us"}
    answer = api.request("POST", PATH, query=query, json=body)
    assert answer.data["readings"] == 2
    assert [row[1] for row in read(api, tags["P"])] == [5.0, 6.0]  # what came last counts


def test_everything_wrong_is_told_by_row_and_column_and_nothing_is_stored(
    api: ApiClient, tags: dict[str, int]
) -> None:
    text = (
        "tag,time,value,quality\n"
        "P,2020-01-01T00:00:00Z,1,\n"
        "Q,2020-01-01,x,best\n"
        "P,2020-01-01T00:00:00Z\n"
        "S,2020-01-01T00:00:00Z,Flying,\n"
        "P,2020-01-01T00:00:00Z,,\n"
    )
    told = send(api, text, dry_run="true").data
    assert (told["readings"], told["wrong_rows"]) == (1, 4)
    found = {(error["row"], error["column"]) for error in told["errors"]}
    assert found == {(3, "tag"), (3, "time"), (3, "quality"), (4, ""), (5, "value"), (6, "value")}
    assert send(api, text, id="x").status == 422
    assert read(api, tags["P"]) == []
    assert api.get(PATH).data == []
    assert send(api, text, id="x", on_error="skip").data["wrong_rows"] == 4
    assert len(read(api, tags["P"])) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "a", "tz": "Mars"}, "tz"),
        ({"id": "a", "unit": "furlongs"}, "unit"),
        ({"id": "a", "unit": "degC"}, "unit"),
        ({"id": "a", "unit": "Q=psi"}, "unit"),
    ],
)
def test_what_is_asked_wrongly_is_named(
    api: ApiClient, tags: dict[str, int], query: dict[str, str], field: str
) -> None:
    answer = send(api, "time,P\n2020-01-01T00:00:00Z,1\n", **query)
    assert answer.status == 422
    assert answer.body["error"]["details"][0]["field"] == field


def test_the_newest_value_is_not_overturned_by_older_ones(
    api: ApiClient, tags: dict[str, int]
) -> None:
    send(api, "time,P\n2026-01-01T00:00:00Z,9\n", id="new")
    send(api, "time,P\n2020-01-01T00:00:00Z,1\n", id="old")
    assert api.get(f"/api/v1/tags/{tags['P']}/latest").data["value"] == 9.0


def test_readings_ahead_of_the_clock_are_uncertain(api: ApiClient, tags: dict[str, int]) -> None:
    text = "time,P\n9000-01-01T00:00:00Z,9\n"
    for query in ({"dry_run": "true"}, {"id": "f"}):
        assert send(api, text, **query).data["in_future"] == 1
    assert api.get(f"/api/v1/tags/{tags['P']}/latest").data["quality"] == 76


def test_one_who_is_limited_to_assets_imports_to_their_tags_only(
    api: ApiClient, tags: dict[str, int]
) -> None:
    asset = api.get(f"/api/v1/tags/{tags['P']}").data["asset_id"]
    user = api.limited(asset, role="engineer")
    assert send(user, "time,P\n2020-01-01T00:00:00Z,1\n", id="p").status == 200
    assert send(user, "time,T\n2020-01-01T00:00:00Z,1\n", id="t").status == 422


def test_plugins_hear_of_what_was_imported(
    api: ApiClient, app: Flask, tags: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[sdk.Batch] = []
    plugins = sdk.runtime_of(app).plugins
    monkeypatch.setattr(plugins, "notify", lambda hook, batch: heard.append(batch))
    send(api, "time,P\n2020-01-01T00:00:00Z,1\n", id="h")
    send(api, "time,P\n2020-01-01T00:00:00Z,1\n", id="h")
    assert [batch.tags.tolist() for batch in heard] == [[tags["P"]]]


def test_what_comes_after_packing_is_read_right_before_the_next_packing_and_after(
    api: ApiClient, tags: dict[str, int], settings: sdk.Settings
) -> None:
    def packed() -> None:
        with sdk.connect(settings, "default", autocommit=True) as connection:
            assert pack(connection, put, time.time_ns() // 1000) is not None

    send(api, "time,P\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:02Z,3\n", id="first")
    packed()
    send(api, "time,P\n2020-01-01T00:00:01Z,2\n2020-01-01T00:00:02Z,4\n", id="late")
    for _ in range(2):
        assert [value for _, value, _ in read(api, tags["P"])] == [1.0, 2.0, 4.0]
        packed()


_runs = itertools.count()
STEPS = st.tuples(st.sampled_from("ab"), st.integers(1, 2), st.integers(0, 2), st.booleans())


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_r_imports_are_stored_once_whatever_is_repeated_changed_or_crashes(
    api: ApiClient, app: Flask, tags: dict[str, int], steps: list[tuple[str, int, int, bool]]
) -> None:
    run = next(_runs)
    known: dict[tuple[str, int], tuple[int, Any]] = {}
    for name, part, body, crash in steps:
        key = f"{name}{run}", part
        text = f"time,P\n2020-01-01T00:{run:02d}:{part}{body}Z,{body}\n"
        with pytest.MonkeyPatch.context() as patch:
            if crash:
                patch.setattr(service, "_book", _crash)
            answer = send(api, text, id=key[0], part=part)
        if key in known:
            same = known[key][0] == body
            assert answer.status == (200 if same else 409)
            assert not same or answer.data == known[key][1]
        elif crash:
            assert answer.status == 500
        else:
            known[key] = body, answer.data
    wanted = {(part, body) for (_, part), (body, _) in known.items()}
    stored = {
        divmod(round(t / 1e6) % 60, 10)
        for t, _, _ in read(api, tags["P"])
        if t // 60_000_000 % 60 == run
    }
    assert stored == wanted


def _crash(*_: Any) -> None:
    raise RuntimeError("killed between storing and committing")
