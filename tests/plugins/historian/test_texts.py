"""Texts become numbers on their way to the disk and texts again on their way out."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_historian import api as historian
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.models import Tag
from wellhead_historian.scans import batches_of
from wellhead_historian.spool.spool import Spool
from wellhead_historian.status import store_health
from wellhead_historian.store.choice import make_reader, make_writer
from wellhead_historian.store.interface import Writer
from wellhead_historian.store.texts import TextNumbers, read_texts
from wellhead_historian.testing import BASE, FAR, batch_of, scan

pytestmark = pytest.mark.one_app

Tags = npt.NDArray[np.int32]
FIRST = "2025-06-15T15:06:40Z"  # BASE


def saying(source: int, tag: int, *texts: str | None, start: int = BASE) -> sdk.Batch:
    """Readings of one tag, a second apart; None = a bad one without a text."""
    rows = [
        (tag, start + n * 1_000_000, np.nan, 24 if text is None else 192)
        for n, text in enumerate(texts)
    ]
    said = {row: text for row, text in enumerate(texts) if text is not None}
    return replace(batch_of(source, rows), texts=said)


def said(connection: psycopg.Connection[Any], tag: int) -> list[str | None]:
    with connection.transaction():
        found = make_reader(connection).read(tag, BASE, FAR, 10_000)
        return read_texts(connection, found.values)


def dictionary(connection: psycopg.Connection[Any]) -> dict[str, int]:
    with connection.transaction():
        rows = connection.execute("SELECT text, id FROM historian_text").fetchall()
    return dict(rows)


def test_texts_are_stored_once_and_the_rows_carry_their_numbers(
    connection: psycopg.Connection[Any], store: Writer, source: int, tags: Tags
) -> None:
    tag, other = tags[:2].tolist()
    long = "\N{ROCKET}" * 1000  # 4,000 bytes: more than a key of an index may have
    batch = saying(source, tag, "Läuft", None, "Steht", "Läuft", long, "NUL\0")
    with connection.transaction():
        first = batches_of(store.write([batch, scan(source, BASE, tags[2:])], FAR))
    with connection.transaction():
        (second,) = store.write([saying(source, other, "Steht")], FAR)
    numbers = dictionary(connection)
    assert set(numbers) == {"Läuft", "Steht", long, "NUL\ufffd"}
    assert second.values.tolist() == [numbers["Steht"]]
    assert first[0].values[[0, 2]].tolist() == [numbers["Läuft"], numbers["Steht"]]
    assert said(connection, tag) == ["Läuft", None, "Steht", "Läuft", long, "NUL\ufffd"]
    assert first[1].texts == {}
    with connection.transaction():
        nothing = np.array([np.nan, np.inf, 1e300, 0.5, -1.0, 9e15])
        assert read_texts(connection, nothing) == [None] * 6


def test_a_text_of_a_rolled_back_transaction_is_not_remembered(
    connection: psycopg.Connection[Any], store: Writer, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    with connection.transaction(force_rollback=True):
        store.write([saying(source, tag, "one")], FAR)
    store.forget()
    assert dictionary(connection) == {}
    with connection.transaction():
        store.write([saying(source, tag, "one")], FAR)
    assert said(connection, tag) == ["one"]


def test_forwarders_that_meet_the_same_texts_at_once_agree_on_their_numbers(
    settings: sdk.Settings, connection: psycopg.Connection[Any]
) -> None:
    words = [f"word {n}" for n in range(40)]
    start = threading.Barrier(4)
    found: list[dict[str, float]] = []
    failures: list[Exception] = []

    def learn(seed: int) -> None:
        mine = np.random.default_rng(seed).permutation(words).tolist()
        try:
            with sdk.connect(settings, "default") as own:
                numbers = TextNumbers(own)
                start.wait(10)
                for part in (mine[:10], mine[10:]):  # the second waits for nobody's first
                    with own.transaction():
                        (batch,) = numbers.numbered([saying(1, 1, *part)])
                    found.append(dict(zip(part, batch.values.tolist(), strict=True)))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=learn, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    numbers = dictionary(connection)
    assert set(numbers) == set(words)
    assert all(numbers[word] == number for part in found for word, number in part.items())


def test_a_full_dictionary_stores_readings_without_their_text_and_counts_them(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    tag = int(tags[0])
    heard: list[sdk.Batch] = []
    forwarder = Forwarder(
        spool,
        lambda: sdk.connect(settings, "default"),
        on_commit=[heard.append],
        make_store=lambda own: make_writer(own, most_texts=2),
    )
    spool.append(saying(source, tag, "one", "two")).result(10)
    spool.append(saying(source, tag, "three", "one", start=BASE + 10_000_000)).result(10)
    forwarder.start()
    wait_until(lambda: len(heard) == 2, what="both batches")
    assert forwarder.stop(10)
    assert forwarder.state.textless == 1
    assert heard[1].qualities.tolist() == [sdk.quality.BAD_CONFIGURATION, 192]
    assert heard[1].texts == {1: "one"}
    assert said(connection, tag) == ["one", "two", None, "one"]
    assert len(dictionary(connection)) == 2


def test_a_dictionary_with_holes_in_its_numbers_is_counted(
    connection: psycopg.Connection[Any],
) -> None:
    for _ in range(3):
        with connection.transaction(force_rollback=True):
            TextNumbers(connection).numbered([saying(1, 1, "gone")])
    with connection.transaction():
        batches = [saying(1, 1, "one", "two", "three")]
        (batch,) = batches_of(TextNumbers(connection, most=2).numbered(batches))
    assert len(batch.texts) == 2


def test_r1_cut_connections_lose_and_double_no_text(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    database_admin_url: str,
    source: int,
    tags: Tags,
) -> None:
    """Exactly once, the dictionary growing all the while, over connections that break."""
    tag = int(tags[0])
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    expected = []
    with psycopg.connect(database_admin_url, autocommit=True) as admin:

        def cut() -> int:
            return admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                (connection.info.backend_pid,),
            ).rowcount

        for step in range(100):
            expected.append(f"batch {step // 2}")
            spool.append(saying(source, tag, expected[-1], start=BASE + step * 1_000_000)).result(
                10
            )
            if step % 25 == 0:
                wait_until(cut, what="a connection to cut")
        wait_until(lambda: spool.backlog == (0, 0), timeout=20, what="an empty spool")
    assert forwarder.stop(10)
    assert said(connection, tag) == expected
    assert len(dictionary(connection)) == 50


# --- out --------------------------------------------------------------------------------------


@pytest.fixture
def station(app: Flask, settings: sdk.Settings) -> dict[str, int]:
    """A tag of texts, one of states, one of numbers, each with readings, and a silent tag of
    texts."""
    with app.app_context(), sdk.tenant("default"):
        asset = sdk.Asset(kind="field", name="North")
        sdk.db.session.add(asset)
        sdk.db.session.flush()
        more: dict[str, dict[str, Any]] = {
            "message": {"datatype": "string"},
            "pump": {"datatype": "int16", "states": {"0": "Stopped", "1": "Running"}},
            "pressure": {"datatype": "float32", "unit": "bar"},
            "silent": {"datatype": "string"},
        }
        made = {
            name: historian.create_tag(name=name, asset_id=asset.id, **fields)
            for name, fields in more.items()
        }
        ids = {name: tag.id for name, tag in made.items()}
        source = historian.create_source("station")
        sdk.db.session.commit()
    later = BASE + 2_000_000
    with sdk.connect(settings, "default") as connection, connection.transaction():
        batches = [
            saying(source, ids["message"], "=1+1", None, "Läuft"),
            batch_of(source, [(ids["pump"], later, 1.0, 192), (ids["pressure"], later, 2.0, 192)]),
        ]
        make_writer(connection).write(batches, FAR)
    return ids


def test_the_api_answers_texts_as_texts(api: ApiClient, station: dict[str, int]) -> None:
    says_texts(api, station)
    says_texts(api, station, units="oilfield")


def says_texts(api: ApiClient, station: dict[str, int], **units: str) -> None:
    message = station["message"]
    readings = api.get(f"/api/v1/tags/{message}/readings", **{"from": FIRST}, **units)
    assert readings.data["v"] == ["=1+1", None, "Läuft"]
    assert readings.data["q"] == [192, 24, 192]
    assert readings.meta["unit"] is None
    one = api.get(f"/api/v1/tags/{message}/latest", **units).data
    assert (one["value"], one["unit"], one["state"]) == ("Läuft", None, None)
    assert api.get(f"/api/v1/tags/{station['silent']}/latest", **units).data["value"] is None
    many = api.get("/api/v1/tags/latest", ids=",".join(map(str, station.values())), **units).data
    assert many["tag"] == [message, station["pump"], station["pressure"]]
    assert many["v"] == ["Läuft", 1.0, pytest.approx(29.00755) if units else 2.0]
    assert many["state"] == [None, "Running", None]


def test_readings_are_a_file_too_in_which_no_text_is_a_formula(
    api: ApiClient, station: dict[str, int]
) -> None:
    path = f"/api/v1/tags/{station['message']}/readings"
    asked = {"from": FIRST, "format": "csv"}
    answer = api.request("GET", path, query=asked)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "Link" not in answer.headers
    assert answer.text.splitlines() == [
        "t,v,q",
        "2025-06-15T15:06:40.000000Z,'=1+1,192",
        "2025-06-15T15:06:41.000000Z,,24",
        "2025-06-15T15:06:42.000000Z,Läuft,192",
    ]
    first = api.request("GET", path, query={**asked, "limit": 1})
    assert len(first.text.splitlines()) == 2
    assert first.headers["Link"] == (
        f'<{path}?from=2025-06-15T15%3A06%3A41Z&format=csv&limit=1>; rel="next"'
    )
    ids = ",".join(map(str, station.values()))
    latest = api.request("GET", "/api/v1/tags/latest", query={"ids": ids, "format": "csv"})
    assert latest.text.splitlines() == [
        "tag,t,v,q,state",
        f"{station['message']},2025-06-15T15:06:42.000000Z,Läuft,192,",
        f"{station['pump']},2025-06-15T15:06:42.000000Z,1.0,192,Running",
        f"{station['pressure']},2025-06-15T15:06:42.000000Z,2.0,192,",
    ]
    assert api.get(path, **{"from": FIRST, "format": "xml"}).status == 422


def test_a_state_is_named_beside_its_value(api: ApiClient, station: dict[str, int]) -> None:
    path = f"/api/v1/tags/{station['pump']}"
    latest = api.get(f"{path}/latest").data
    assert (latest["value"], latest["state"]) == (1.0, "Running")
    assert api.patch(path, {"states": {"1": "On"}}).data["states"] == {"1": "On"}
    assert api.get(f"{path}/latest").data["state"] == "On"
    assert api.patch(path, {"states": None}).data["states"] is None
    many = api.get("/api/v1/tags/latest", ids=str(station["pump"])).data
    assert "state" not in many
    for states in ({"on": "On"}, {"01": "On"}, {"1": " "}, {}, {"1": 1}):
        refused = api.patch(path, {"states": states})
        assert (refused.status, refused.error["details"][0]["field"][:6]) == (422, "states")


def test_live_snapshots_and_current_values_say_texts(app: Flask, station: dict[str, int]) -> None:
    with app.app_context(), sdk.tenant("default"):
        wanted = np.array(sorted(station.values()), np.int32)
        snapshot = dict(sdk.ask("live_snapshot", tags=wanted))["historian"]
        row = snapshot.tags.tolist().index(station["message"])
        assert snapshot.texts == {row: "Läuft"}
        asset = sdk.db.session.query(sdk.Asset).one()
        found = dict(sdk.ask("current_values", assets=[str(asset.id)]))["historian"]
        values = {value.name: (value.value, value.text, value.state) for value in found}
        assert values == {
            "message": (None, "Läuft", None),
            "pressure": (2.0, None, None),
            "pump": (1.0, None, "Running"),
            "silent": (None, None, None),
        }


def test_texts_and_numbers_are_not_mixed_in_one_tag(
    app: Flask, api: ApiClient, station: dict[str, int]
) -> None:
    with app.app_context(), sdk.tenant("default"):
        found = {tag.name: tag for tag in sdk.db.session.query(Tag)}
        for name, datatype in (("message", "int16"), ("pressure", "string")):
            with pytest.raises(sdk.WellheadError, match="cannot be mixed"):
                historian.describe_tag(found[name], {"datatype": datatype})
        historian.describe_tag(found["pump"], {"datatype": "int32"})
        historian.describe_tag(found["silent"], {"datatype": "float64"})
        with pytest.raises(sdk.WellheadError, match="a text has no unit"):
            historian.create_tag(name="new", datatype="string", unit="bar")
    refused = api.patch(f"/api/v1/tags/{station['message']}", {"unit": "bar"})
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "unit")


def test_a_full_dictionary_is_on_the_health_page(
    app: Flask, station: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(sdk.plugin_config("historian"), "max_texts", 3)
        assert store_health().ok
        monkeypatch.setitem(sdk.plugin_config("historian"), "max_texts", 2)
        assert not store_health().ok
        assert "full with 2 texts" in store_health().detail


def test_the_document_says_that_values_may_be_texts(api: ApiClient) -> None:
    schemas = api.get("/api/v1/openapi.json").body["components"]["schemas"]
    number_or_text = ["number", "string", "null"]
    assert schemas["Latest"]["properties"]["value"]["type"] == number_or_text
    assert schemas["Readings"]["properties"]["v"]["items"]["type"] == number_or_text
    assert schemas["Latest"]["properties"]["state"]["description"]
