"""Imports through the API: what is stored, what is refused, and that it is stored once."""

import itertools
import json
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.client import Answer
from wellhead_historian import api as historian
from wellhead_historian.forwarding.session import store_readings
from wellhead_historian.imports import service
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import BASE, batch_of

pytestmark = pytest.mark.one_app

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
    found = [(error["row"], error["column"]) for error in told["errors"]]
    assert found == [(3, "tag"), (3, "time"), (3, "quality"), (4, ""), (5, "value"), (6, "value")]
    assert send(api, text, id="x").status == 422
    assert read(api, tags["P"]) == []
    assert api.get(PATH).data == []
    assert send(api, text, id="x", on_error="skip").data["wrong_rows"] == 4
    assert len(read(api, tags["P"])) == 1


def test_the_errors_of_a_wide_file_are_in_the_order_of_its_rows(
    api: ApiClient, tags: dict[str, int]
) -> None:
    text = "time,S,P\n2020-01-01T00:00:00Z,1,x\n2020,1,2\n1\n2020-01-01T00:00:01Z,x,y\n"
    told = send(api, text, dry_run="true").data
    found = [(error["row"], error["column"]) for error in told["errors"]]
    assert found == [(2, "P"), (3, "time"), (4, ""), (5, "S"), (5, "P")]
    assert (told["readings"], told["wrong_rows"]) == (1, 4)


def test_a_value_that_no_number_of_the_tags_unit_is_large_enough_for_is_wrong(
    api: ApiClient, tags: dict[str, int]
) -> None:
    text = "tag,time,value\nP,2020-01-01T00:00:00Z,1\nP,2020-01-01T00:00:01Z,1e307\n"
    [error] = send(api, text, dry_run="true", unit="P=GPa").data["errors"]
    assert (error["row"], error["column"], error["value"]) == (3, "value", "1e307")
    assert "too large in bar" in error["message"]
    assert "correct it, or its unit GPa" in error["message"]
    wide = "time,P\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:01Z,-1e307\n"
    assert send(api, wide, id="w", unit="GPa").status == 422
    assert send(api, wide, id="w", unit="GPa", on_error="skip").data["readings"] == 1
    assert [row[1] for row in read(api, tags["P"])] == [pytest.approx(10_000)]


def test_one_tag_under_two_names_is_one_and_has_one_column(
    api: ApiClient, tags: dict[str, int]
) -> None:
    moment = "2020-01-01T00:00:00Z"
    text = f"tag,time,value\nP,{moment},1\n{tags['P']},{moment},2\n"
    assert send(api, text, dry_run="true").data["tags"] == 1
    refused = send(api, f"time,P,T,{tags['P']}\n{moment},1,2,3\n", dry_run="true")
    assert refused.status == 422
    assert "is the same tag as P" in refused.error["message"]
    assert refused.error["details"][0]["value"] == str(tags["P"])


def test_all_columns_that_are_no_tags_are_named(api: ApiClient, tags: dict[str, int]) -> None:
    refused = send(api, "time,Q,P,R\n2020-01-01T00:00:00Z,1,2,3\n", id="q")
    assert "2 of 3 columns" in refused.error["message"]
    *columns, remedy = refused.error["details"]
    assert [column["value"] for column in columns] == ["Q", "R"]
    assert "POST /api/v1/tags makes one" in columns[0]["message"]
    assert "GET /api/v1/tags lists them" in remedy["remedy"]


def test_cells_of_json_are_told_as_they_were_sent(api: ApiClient, tags: dict[str, int]) -> None:
    body = {"tag": ["P", ["P"], "P"], "t": [1, 2, True], "v": [None, 1, 1]}
    query = {"dry_run": "true", "time": "us"}
    told = api.request("POST", PATH, query=query, json=body).data["errors"]
    found = [(error["row"], error["column"], error["value"]) for error in told]
    assert found == [(0, "value", "null"), (1, "tag", '["P"]'), (2, "time", "true")]
    bodies: list[Any] = [[], {"tag": "P", "t": [1]}]
    for wrong in bodies:
        remedy = api.request("POST", PATH, query=query, json=wrong).error["details"][0]["remedy"]
        shown = remedy.removeprefix("Write it like ").replace("W-01.PT", "P")
        again = api.request("POST", PATH, query={"dry_run": "true"}, json=json.loads(shown))
        assert again.data["readings"] == 1, "what is proposed is taken"


@pytest.mark.usefixtures("other_objects_at_rest")
def test_a_column_a_tag_costs_about_what_a_row_a_reading_does(api: ApiClient, app: Flask) -> None:
    names = [f"N{number}" for number in range(5_000)]
    described = {"datatype": "float64", "unit": "bar", "quantity": None}
    with app.app_context(), sdk.tenant("default"):
        historian.create_tags([{"name": name, **described} for name in names])
        sdk.db.session.commit()
    times = [f"2020-01-01T00:00:0{second}Z" for second in range(3)]
    wide = [",".join(["time", *names]), *(f"{moment}{',1.5' * len(names)}" for moment in times)]
    rows = [f"{name},{moment},1.5" for moment in times for name in names]
    taken = {}
    for text in ("\n".join(["tag,time,value", *rows]), "\n".join(wide)):
        begun = time.process_time()
        assert send(api, text, dry_run="true").data["readings"] == 15_000
        taken[text[:3]] = time.process_time() - begun
    assert taken["tim"] < 5 * taken["tag"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "a", "tz": "Mars"}, "tz"),
        ({"id": "a", "unit": "furlongs"}, "unit"),
        ({"id": "a", "unit": "degC"}, "unit"),
        ({"id": "a", "unit": "Q=psi"}, "unit"),
        ({"id": "a", "unit": ["psi", "kPa"]}, "unit"),
    ],
)
def test_what_is_asked_wrongly_is_named(
    api: ApiClient, tags: dict[str, int], query: dict[str, Any], field: str
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


def test_a_large_import_is_packed_at_once_by_the_job_there_is(
    api: ApiClient, tags: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> list[tuple[str, str]]:
        runs = api.get("/api/v1/jobs/runs", job="historian.pack").data
        return [(run["state"], run["asked_by"]) for run in runs]

    monkeypatch.setattr(service, "_LARGE", 2)
    moments = [f"2020-01-01T00:00:0{second}Z" for second in range(3)]
    assert send(api, f"time,P\n{moments[0]},1\n", id="small").status == 200
    large = f"time,P\n{moments[1]},1\n{moments[2]},2\n"
    assert send(api, large, dry_run="true").status == 200
    assert asked() == []
    assert send(api, large, id="large").status == 200
    assert send(api, large, id="large", part=2).status == 200  # one that waits is enough
    [(state, asked_by)] = asked()
    assert (state, asked_by) == ("asked", api.get("/api/v1/auth/me").data["email"])
    assert "historian.pack" in {job["name"] for job in api.get("/api/v1/jobs").data}


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


def test_r3_a_commit_that_is_answered_is_on_disk_where_those_of_others_need_not_be(
    app: Flask, tags: dict[str, int]
) -> None:
    """Whoever sent it forgets it then, as edges do."""
    with app.app_context(), sdk.tenant("default"):
        session = sdk.db.session
        session.execute(sa.text("SET LOCAL synchronous_commit = off"))
        source = historian.create_source("sent")
        store_readings([batch_of(source, [(tags["P"], BASE, 1.0, 192)])])
        assert session.scalar(sa.text("SHOW synchronous_commit")) == "on"
        session.commit()
