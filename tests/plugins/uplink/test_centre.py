"""The centre's routes: who may send, how tags are mapped, and that nothing is stored twice."""

import json
import re
import struct
import uuid
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian.testing import BASE, batch_of, scan
from wellhead_uplink import packing

STREAM = str(uuid.UUID(int=1))
OTHER = str(uuid.UUID(int=2))
NOTHING = {"readings": 0, "bytes": 0, "age_s": 0.0, "dropped": 0}
WAITING = {"readings": 9, "bytes": 99, "age_s": 120.0, "dropped": 0}
ROOT = "/api/v1/uplink/edges"


def report(client: ApiClient, edge: str = "pad-7", stream: str = STREAM, **more: Any) -> Any:
    body = {"stream": stream, "backlog": NOTHING, "devices": [], **more}
    return client.post(f"{ROOT}/{edge}/report", body)


def tag(number: int, name: str, unit: str | None = "bar", datatype: str = "float32") -> Any:
    return {
        "id": number,
        "name": name,
        "unit": unit,
        "quantity": None,
        "datatype": datatype,
        "description": None,
    }


def catalogue(client: ApiClient, *tags: Any, stream: str = STREAM) -> Any:
    return client.post(f"{ROOT}/pad-7/catalogue", {"stream": stream, "tags": list(tags)})


class Frames:
    """An outbox's rows: counts as an outbox does."""

    def __init__(self) -> None:
        self.id = self.total = 0

    def of(self, *batches: sdk.Batch) -> tuple[int, int, int, bytes]:
        [row] = packing.pack(batches)
        self.id += 1
        self.total += row.readings
        return self.id, self.total, row.readings, row.data


def send(client: ApiClient, *frames: Any, stream: str = STREAM, body: bytes | None = None) -> Any:
    response = client.app.test_client().post(
        f"{ROOT}/pad-7/readings?stream={stream}",
        data=packing.to_body(frames) if body is None else body,
        headers={
            "Authorization": f"Bearer {client.token}",
            "Content-Type": "application/octet-stream",
        },
    )
    return response.status_code, response.get_json()


def names(at_centre: psycopg.Connection[Any]) -> list[tuple[str, str | None]]:
    return at_centre.execute("SELECT name, unit FROM historian_tag ORDER BY id").fetchall()


def stored(at_centre: psycopg.Connection[Any]) -> int:
    row = at_centre.execute(
        "SELECT coalesce(sum(array_length(value, 1)), 0) FROM historian_hot"
    ).fetchone()
    assert row is not None
    return int(row[0])


def values(client: ApiClient, tag: int) -> list[float]:
    found: list[float] = client.get(
        f"/api/v1/tags/{tag}/readings", **{"from": "2020-01-01T00:00:00Z"}
    ).body["data"]["v"]
    return found


def two(step: int, source: int = 4) -> sdk.Batch:
    return scan(source, BASE + step * 1_000_000, np.array([11, 12], np.int32), first=step)


@pytest.fixture
def known(client: ApiClient) -> ApiClient:
    """The edge pad-7 with two tags."""
    assert report(client).data == {"position": None, "crc": None}
    assert catalogue(client, tag(11, "PT-1"), tag(12, "TT-1", "degC")).status == 200
    return client


def test_readings_are_stored_under_tags_of_the_centre_once(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    frames = Frames()
    first, second, third = (frames.of(two(step), two(step + 1)) for step in (0, 2, 4))
    assert send(known, first, second) == (200, {"success": True, "data": {"position": 2}})
    assert send(known, first, second)[1]["data"] == {"position": 2}  # the answer was lost
    assert send(known, second, third)[1]["data"] == {"position": 3}  # overlaps
    assert names(at_centre) == [("pad-7/PT-1", "bar"), ("pad-7/TT-1", "degC")]
    assert stored(at_centre) == 12
    ids = [row["id"] for row in known.get("/api/v1/tags").data]
    assert sorted(values(known, min(ids))) == [0, 1, 2, 3, 4, 5]
    edge = known.get(ROOT).data[0]
    assert (edge["received"], edge["missing"], edge["state"]) == (12, 0, "current")
    assert report(known).data["position"] == 3


def test_readings_of_an_edge_go_into_the_outboxes_of_the_centre(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    """In the transaction that stores them: tags that are calculated from them, say."""
    frames = Frames()
    send(known, frames.of(two(0)))
    body = {"name": "P2", "unit": "bar", "expression": "{pad-7/PT-1} * 2"}
    assert known.post("/api/v1/tags/calculations", body).status == 201
    assert at_centre.execute("SELECT count(*) FROM calculations_dirty").fetchone() == (0,)
    assert send(known, frames.of(two(1)))[0] == 200
    marks = at_centre.execute("SELECT cardinality(tags) FROM calculations_dirty").fetchall()
    assert marks == [(1,)]


def test_how_a_tag_is_drawn_is_told_along(known: ApiClient) -> None:
    catalogue(known, {**tag(13, "valve"), "step": True}, tag(14, "level"))
    found = [known.get("/api/v1/tags", name=f"pad-7/{name}").data for name in ("valve", "level")]
    assert [row["step"] for [row] in found] == [True, None]


def test_readings_of_text_travel_as_text(known: ApiClient) -> None:
    """The number that the edge has for a text means nothing here."""
    catalogue(known, {**tag(13, "phase", None, "string"), "states": None})
    numbered = replace(batch_of(4, [(13, BASE, 77.0, 192)]), texts={0: "drilling ahead"})
    assert send(known, Frames().of(numbered))[0] == 200
    [phase] = known.get("/api/v1/tags", name="pad-7/phase").data
    assert known.get(f"/api/v1/tags/{phase['id']}/latest").data["value"] == "drilling ahead"


def test_scans_that_come_one_a_request_become_rows_of_a_layout(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    frames = Frames()
    for step in range(4):
        assert send(known, frames.of(two(step)))[0] == 200
    rows = at_centre.execute("SELECT layout_id IS NULL FROM historian_hot ORDER BY seq").fetchall()
    assert rows == [(True,), (False,), (False,), (False,)]


def test_what_an_edge_dropped_is_counted_as_missing(known: ApiClient) -> None:
    frames = Frames()
    rows = [frames.of(two(step)) for step in range(5)]
    send(known, rows[0])
    assert send(known, rows[3], rows[4])[1]["data"] == {"position": 5}
    assert known.get(ROOT).data[0]["missing"] == 4


def test_totals_that_go_back_are_no_outboxs(known: ApiClient) -> None:
    most = 2**63 - 1
    rows = [Frames().of(two(step)) for step in range(4)]
    totals = (rows[0][2], most, rows[0][2], most)
    answers = [
        send(known, (number, total, row[2], row[3]))
        for number, (total, row) in enumerate(zip(totals, rows, strict=True), 1)
    ]
    assert [status for status, _ in answers] == [200, 200, 422, 422], answers
    assert "total" in str(answers[2])


def test_a_row_that_says_something_else_than_before_is_another_outboxs(known: ApiClient) -> None:
    """Two boxes that are copies of one image, with one name and one key."""
    assert send(known, Frames().of(two(0)))[0] == 200
    status, body = send(known, Frames().of(two(1)))
    assert (status, body["error"]["code"]) == (409, "stream_changed")


def test_readings_of_tags_that_nobody_told_of_are_asked_for_first(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    row = Frames().of(batch_of(1, [(11, BASE, 1.0, 192), (99, BASE, 1.0, 192)]))
    status, body = send(known, row)
    assert (status, body["error"]["code"]) == (409, "unknown_tags")
    assert stored(at_centre) == 0
    catalogue(known, tag(99, "new"))
    assert send(known, row)[0] == 200


def test_a_body_that_is_broken_or_cannot_be_stored_is_refused_whole(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    frames = Frames()
    good, bad = frames.of(two(0)), frames.of(batch_of(4, [(11, -(2**62), 1.0, 192)]))
    for body in (b"", b"WHU1", b"{}", packing.to_body([good])[:-1]):
        status, answer = send(known, body=body)
        assert (status, answer["error"]["code"]) == (422, "validation_failed")
    number, total, readings, data = good
    lies = [(number, total, readings - 1, data)]  # of how many there are
    claim = struct.pack("<iIB3x", 1, 2**32 - 1, 3) + bytes(8)
    row = b"WHS1" + struct.pack("<I", zlib.crc32(claim)) + claim
    claims = [(1, total, 0, zlib.compress(struct.pack("<I", len(row)) + row))]
    for frames_of in (lies, claims):
        status, answer = send(known, *frames_of)
        assert (status, answer["error"]["code"]) == (422, "validation_failed")
    status, answer = send(known, good, bad)
    assert status == 422
    assert "before" in answer["error"]["message"]
    assert stored(at_centre) == 0
    assert send(known, good)[0] == 200


def test_another_unit_or_datatype_is_another_tag(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    catalogue(known, tag(11, "PT-1", "kPa"), tag(12, "TT-1", "degC", "int16"))
    catalogue(known, tag(11, "PT-1", "kPa"), tag(12, "TT-1", "degC", "int16"))
    assert names(at_centre) == [
        ("pad-7/PT-1", "bar"),
        ("pad-7/TT-1", "degC"),
        ("pad-7/PT-1 (2)", "kPa"),
        ("pad-7/TT-1 (2)", "degC"),
    ]


def test_a_tag_of_an_edge_takes_what_a_scale_there_may_have_made(known: ApiClient) -> None:
    catalogue(known, tag(12, "TT-1", "degC", "int16"))
    body = {"tag": "pad-7/TT-1 (2)", "t": [0], "v": [12.5]}
    query = {"time": "us", "dry_run": "true"}
    assert (
        known.request("POST", "/api/v1/tags/imports", query=query, json=body).data["errors"] == []
    )


def test_two_tags_of_one_number_or_name_are_refused(known: ApiClient) -> None:
    for rows in ((tag(14, "X"), tag(14, "Y")), (tag(14, "X"), tag(15, "X"))):
        answer = catalogue(known, *rows)
        assert answer.status == 422
        assert answer.error["details"][0]["field"] in ("tags.1.id", "tags.1.name")
    device = {"id": STREAM, "name": "d", "driver": "x", "state": "y", "reason": None, "tags": 0}
    device["since"] = "2026-01-01T00:00:00Z"
    assert report(known, devices=[device, device]).status == 422


def test_a_tag_renamed_at_the_edge_is_renamed_and_not_made_anew(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    catalogue(known, tag(11, "PT-9"), tag(13, "PT-1"))
    assert names(at_centre) == [
        ("pad-7/PT-9", "bar"),
        ("pad-7/TT-1", "degC"),
        ("pad-7/PT-1", "bar"),
    ]


def test_a_unit_that_the_centre_does_not_know_is_refused_with_its_name(known: ApiClient) -> None:
    answer = catalogue(known, tag(14, "X", "furlong_per_fortnight"))
    assert answer.status == 422
    assert "furlong_per_fortnight" in str(answer.error)


def test_a_new_outbox_of_a_silent_edge_goes_on_with_the_same_tags(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    """A box that is replaced: its tags have other numbers, and count from one again."""
    send(known, Frames().of(two(0)))
    assert report(known, stream=OTHER).error["code"] == "edge_in_use"
    at_centre.execute("UPDATE uplink_edge SET heard_at = now() - interval '1 h'")
    assert report(known, stream=OTHER).data == {"position": None, "crc": None}
    assert send(known, Frames().of(two(0)))[1]["error"]["code"] == "stream_changed"
    catalogue(known, tag(1, "TT-1", "degC"), tag(2, "PT-1"), stream=OTHER)
    assert len(names(at_centre)) == 2
    row = Frames().of(batch_of(4, [(2, BASE + 9_000_000, 7.5, 192)]))
    assert send(known, row, stream=OTHER)[0] == 200
    pressure = next(t["id"] for t in known.get("/api/v1/tags").data if t["name"] == "pad-7/PT-1")
    assert values(known, pressure) == [0.0, 7.5]


def test_a_restored_copy_may_replace_the_outbox_it_was_at_once(known: ApiClient) -> None:
    assert report(known, stream=OTHER, replaces=STREAM).status == 200


def test_an_edge_name_belongs_to_the_user_who_first_sent_as_it(
    known: ApiClient, centre: Flask, at_centre: psycopg.Connection[Any]
) -> None:
    role = {"name": "edge", "permissions": ["uplink.send", "keys.use"]}
    assert known.post("/api/v1/roles", role).status == 201
    manager = ApiClient(centre).as_role("manager")
    assert report(manager).status == 403  # the permission is nobody's but admin's
    user = known.get("/api/v1/users", email="manager@example.com").data[0]
    assert known.patch(f"/api/v1/users/{user['id']}", {"roles": ["edge"]}).status == 200
    other = ApiClient(centre).as_role("manager")
    answer = report(other)
    assert (answer.status, answer.error["code"]) == (403, "edge_taken")
    at_centre.execute("UPDATE uplink_edge SET user_id = NULL")
    assert report(other).status == 200
    assert report(known).error["code"] == "edge_taken"


def test_a_wellhead_that_is_no_centre_says_so(app: Flask) -> None:
    answer = report(ApiClient(app).as_role("admin"))
    assert (answer.status, answer.error["code"]) == (409, "no_centre")


def test_devices_and_newest_values_of_an_edge_that_is_silent_or_behind_are_stale(
    known: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    device = {
        "id": str(uuid.UUID(int=3)),
        "name": "RTU 1",
        "driver": "modbus",
        "state": "connected",
        "since": "2026-01-01T00:00:00Z",
        "reason": None,
        "tags": 2,
    }
    report(known, devices=[device])
    send(known, Frames().of(two(0)))
    edge = known.get(ROOT).data[0]

    def look() -> tuple[str, bool, int]:
        [found] = known.get(f"{ROOT}/{edge['id']}/devices").data
        assert (found["name"], found["state"]) == ("RTU 1", "connected")
        tags = ",".join(str(tag["id"]) for tag in known.get("/api/v1/tags").data)
        quality = set(known.get("/api/v1/tags/latest", ids=tags).data["q"])
        assert len(quality) == 1
        return known.get(ROOT).data[0]["state"], found["stale"], quality.pop()

    assert look() == ("current", False, 192)
    report(known, devices=[device], backlog=WAITING)
    assert look() == ("behind", True, 68)
    report(known, devices=[device])
    at_centre.execute("UPDATE uplink_edge SET heard_at = now() - interval '2 min'")
    assert look() == ("silent", True, 68)
    health = {part["part"]: part for part in known.get("/api/v1/health").data}
    assert health["uplink: from pad-7"]["ok"] is False
    assert re.match(r"silent, heard 1[23]\d s ago", health["uplink: from pad-7"]["detail"])
    report(known)
    assert known.get(f"{ROOT}/{edge['id']}/devices").data == []


def test_a_user_limited_to_assets_sees_the_edges_on_them(known: ApiClient, centre: Flask) -> None:
    report(known, edge="pad-8")
    seven, eight = known.get(ROOT, sort="name").data
    limited = ApiClient(centre).limited(seven["asset_id"])
    assert [edge["name"] for edge in limited.get(ROOT).data] == ["pad-7"]
    assert limited.get(f"{ROOT}/{seven['id']}/devices").status == 200
    assert limited.get(f"{ROOT}/{eight['id']}/devices").status == 404


def test_names_that_cannot_be_an_edges_are_refused(client: ApiClient) -> None:
    for name in ("Pad-7", "-x", "a" * 41, "a b"):
        assert report(client, edge=name).status == 422


ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["\0", "\ud800", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59", STREAM]),
    st.lists(st.integers(), max_size=2),
)
ODD_BATCHES = st.lists(
    st.tuples(
        st.integers(-(2**31), 2**31 - 1),
        st.lists(
            st.tuples(
                st.sampled_from([11, 12]),
                st.integers(-(2**63), 2**63 - 1),
                st.floats(),
                st.integers(-(2**15), 2**15 - 1),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=3,
)


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_s1_nothing_that_is_sent_makes_an_error_of_the_server(
    known: ApiClient, data: st.DataObject
) -> None:
    device = {
        "id": STREAM,
        "name": "d",
        "driver": "modbus",
        "state": "connected",
        "since": "2026-01-01T00:00:00Z",
        "reason": None,
        "tags": 1,
    }
    bodies: dict[str, Any] = {
        "report": {"stream": STREAM, "backlog": dict(NOTHING), "devices": [device]},
        "catalogue": {"stream": STREAM, "tags": [tag(14, "X")]},
    }
    path = data.draw(st.sampled_from(sorted(bodies)))
    body = bodies[path]
    [inner] = body["devices"] if path == "report" else body["tags"]
    part = data.draw(st.sampled_from([body, inner, body.get("backlog", inner)]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(ODD)
    text = careless_json(body)
    headers = {"Content-Type": "application/json"}
    answer = known.request("POST", f"{ROOT}/pad-7/{path}", text=text, headers=headers)
    assert answer.status < 500, answer.text

    batches = [batch_of(source, rows) for source, rows in data.draw(ODD_BATCHES)]
    number, total = data.draw(st.integers(1, 2**63 - 1)), data.draw(st.integers(100, 2**63 - 1))
    [row] = packing.pack(batches)
    status, said = send(known, (number, total, row.readings, row.data))
    assert status in (200, 409, 422), said


def careless_json(body: Any) -> str:
    """JSON as only careless programs write it: NaN, half surrogates, numbers without end."""
    return json.dumps(body)
