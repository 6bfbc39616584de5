"""The WebSocket end to end: ticket, origin, subscription, errors, no gap and no double."""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import psycopg
import pytest
import websocket
from flask import Flask
from sqlalchemy.exc import OperationalError

from wellhead.live import socket as live_socket
from wellhead.live.recent import Position
from wellhead.live.service import SESSION_ENDED
from wellhead.live.socket import origin_allowed
from wellhead.testing import ApiClient

Open = Callable[..., Any]


def test_snapshot_then_frames(screen: Open, api: ApiClient, store: Any) -> None:
    store.write("default", (1, 100), (2, 100))
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[2, 1, 3])
    snapshot = page.hear()
    assert Position.parse(snapshot.pop("p")).time > 0
    assert snapshot == {
        "type": "snapshot",
        "t": [100, 100],
        "tags": [1, 2],
        "v": [100.0, 100.0],
        "q": [192, 192],
        "subscribed": [1, 2, 3],
    }
    store.write("default", (1, 101), (4, 101))
    frame = page.hear()
    assert list(Position.parse(frame.pop("p")).last.values()) == [2]
    assert frame == {"type": "frame", "t": [101], "tags": [1], "v": [101.0], "q": [192]}


def test_other_topics_and_unsubscribe(screen: Open, api: ApiClient, store: Any) -> None:
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1], pads=[2])
    assert page.hear()["subscribed"] == [1, 20, 21, 22]
    page.say(type="subscribe", pads=[2, 3])
    assert page.hear()["subscribed"] == [30, 31, 32]
    page.say(type="unsubscribe", pads=[2])
    assert page.hear() == {"type": "unsubscribed", "tags": [20, 21, 22]}
    store.write("default", (1, 5), (20, 5), (31, 5))
    assert page.hear()["tags"] == [1, 31]


def test_s9_a_ticket_lets_in_once(screen: Open, api: ApiClient) -> None:
    answer = api.post("/api/v1/live/ticket")
    assert (answer.status, answer.data["expires_in"]) == (201, 30)
    first, second = screen(), screen()
    first.say(type="auth", ticket=answer.data["ticket"])
    assert first.hear()["type"] == "ready"
    second.say(type="auth", ticket=answer.data["ticket"])
    refused(second, "ticket_invalid")


def test_s9_a_wrong_ticket_is_refused(screen: Open) -> None:
    for ticket in ("", "guess", "x" * 1000, 7, None, ["a"]):
        page = screen()
        page.say(type="auth", ticket=ticket)
        refused(page, "ticket_invalid")


def test_s9_an_expired_ticket_is_refused(
    screen: Open, api: ApiClient, database_admin_url: str
) -> None:
    page = screen()
    ticket = api.post("/api/v1/live/ticket").data["ticket"]
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("UPDATE platform.live_ticket SET expires_at = now() - interval '1 s'")
    page.say(type="auth", ticket=ticket)
    refused(page, "ticket_invalid")


def test_s9_a_ticket_dies_with_its_session(screen: Open, app: Flask) -> None:
    user = ApiClient(app).as_role("viewer")
    ticket = user.post("/api/v1/live/ticket").data["ticket"]
    assert user.post("/api/v1/auth/logout").status < 300
    page = screen()
    page.say(type="auth", ticket=ticket)
    refused(page, "ticket_invalid")


def test_s9_expired_tickets_are_forgotten_and_none_is_kept_readable(
    api: ApiClient, database_admin_url: str
) -> None:
    ticket = api.post("/api/v1/live/ticket").data["ticket"]
    with psycopg.connect(database_admin_url) as connection:
        kept = connection.execute("SELECT digest FROM platform.live_ticket").fetchall()
        assert ticket.encode() not in [row[0] for row in kept]
        connection.execute("UPDATE platform.live_ticket SET expires_at = now() - interval '1 s'")
    api.post("/api/v1/live/ticket")
    with psycopg.connect(database_admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM platform.live_ticket").fetchone() == (1,)


def test_s9_a_ticket_in_the_address_opens_nothing(port: int, api: ApiClient) -> None:
    ticket = api.post("/api/v1/live/ticket").data["ticket"]
    page = websocket.create_connection(
        f"ws://127.0.0.1:{port}/api/v1/live?ticket={ticket}", timeout=10
    )
    page.send(json.dumps({"type": "subscribe", "tags": [1]}))
    assert json.loads(page.recv())["code"] == "auth_first"
    page.close()


def test_s9_no_ticket_without_a_login(api: ApiClient) -> None:
    answer = api.anonymous().post("/api/v1/live/ticket")
    assert (answer.status, answer.error["code"]) == (401, "token_missing")


def test_s9_the_ticket_comes_first(screen: Open) -> None:
    for message in (
        {"type": "subscribe", "tags": [1]},
        {"type": "auth_"},
        {"type": "auth", "ticket": "\ud800"},
        {},
    ):
        page = screen()
        page.say(**message)
        refused(page, "auth_first")


def test_s9_who_says_nothing_is_sent_away(screen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "AUTH_SECONDS", 0.1)
    refused(screen(), "auth_timeout")


def refused(page: Any, code: str) -> None:
    close_code, messages = page.end()
    assert [(message["type"], message["code"]) for message in messages] == [("error", code)]
    assert close_code == SESSION_ENDED


@pytest.mark.parametrize(
    ("origin", "host", "others", "allowed"),
    [
        (None, "wells.example", [], True),
        ("https://wells.example", "wells.example", [], True),
        ("http://wells.example:8080", "wells.example:8080", [], True),
        ("http://wells.example:8081", "wells.example:8080", [], False),
        ("https://evil.example", "wells.example", [], False),
        ("https://wells.example.evil.example", "wells.example", [], False),
        ("https://evil.example", "wells.example", ["https://good.example"], False),
        ("https://good.example", "wells.example", ["https://good.example"], True),
        ("null", "wells.example", [], False),
        ("", "wells.example", [], False),
        ("file://wells.example", "wells.example", [], False),
        ("https://user@wells.example", "wells.example", [], False),
        ("http://[::1", "wells.example", [], False),
    ],
)
def test_origins(origin: str | None, host: str, others: list[str], allowed: bool) -> None:
    assert origin_allowed(origin, host, others) is allowed


def test_s9_a_foreign_page_gets_403_before_the_socket_opens(screen: Open, port: int) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        screen(origin="https://evil.example")
    assert refusal.value.status_code == 403
    assert b"origin_refused" in (refusal.value.resp_body or b"")
    screen(origin=f"http://127.0.0.1:{port}")


def test_a_handshake_that_cannot_be_is_refused_and_leaves_no_writer(port: int) -> None:
    before = [thread.name for thread in threading.enumerate()].count("live-writer")
    for _ in range(3):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "99"}
        connection.request("GET", "/api/v1/live", headers=headers)
        assert connection.getresponse().status == 400
        connection.close()
    after = [thread.name for thread in threading.enumerate()].count("live-writer")
    assert after <= before


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "subscribe", "tgas": [1]}, "unknown_topic", 'Did you mean "tags"?'),
    ({"type": "subscribe", "tags": [1, 555]}, "unknown_id", "555"),
    ({"type": "subscribe", "tags": ["x"]}, "unknown_id", "'x'"),
    ({"type": "subscribe", "tags": 5}, "malformed", "tags"),
    ({"type": "subscrib"}, "unknown_type", "subscrib"),
    ({"type": ["subscribe"]}, "unknown_type", "type"),
    ({"type": "x" * 100_000}, "unknown_type", "type"),
    ({}, "unknown_type", "type"),
    ({"type": "subscribe", "pads": [None]}, "internal_error", "looked up"),
]


def test_what_is_wrong_is_named_and_the_socket_lives_on(screen: Open, api: ApiClient) -> None:
    page = screen().log_in(api)
    for message, code, names in WRONG:
        page.say(**message)
        answer = page.hear()
        assert (answer["type"], answer["code"]) == ("error", code)
        assert names in answer["message"]
        assert len(answer["message"]) < 1000
    for text in ("", "{", "[]", "7", "null", "\0", "[" * 2000):
        page.socket.send(text)
        assert page.hear()["type"] == "error"
    page.say(type="subscribe", tags=[1])
    assert page.hear()["type"] == "snapshot"


def test_a_message_too_long_ends_the_socket(screen: Open, api: ApiClient) -> None:
    page = screen().log_in(api)
    page.socket.send("x" * (live_socket.MAX_MESSAGE_BYTES + 1))
    assert page.end()[0] == 1009


def test_compression_is_not_agreed_to(screen: Open) -> None:
    page = screen(header=["Sec-WebSocket-Extensions: permessage-deflate"])
    assert "sec-websocket-extensions" not in page.socket.getheaders()


def test_readings_around_the_snapshot_come_once(screen: Open, api: ApiClient, store: Any) -> None:
    """Stored before it, during it and after it, and heard late: each is seen, none twice."""
    late = []

    def before() -> None:
        store.write("default", (1, 11))  # heard while the snapshot is being read
        late.append(store.commit("default", (1, 12)))  # in the snapshot, heard after it

    def after() -> None:
        store.write("default", (2, 13))  # too late for the snapshot
        store.publish("default", late.pop())

    store.write("default", (1, 10), (2, 10))
    store.before_snapshot, store.after_snapshot = before, after
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1, 2])
    page.hear_reading(2, 13)
    store.write("default", (1, 14))
    page.hear_reading(1, 14)
    assert page.readings() == [(1, 12), (2, 10), (2, 13), (1, 14)]


def test_a_snapshot_that_cannot_be_read_follows_later(
    screen: Open, api: ApiClient, store: Any
) -> None:
    store.write("default", (1, 10))

    def fail() -> None:
        store.before_snapshot = lambda: None
        raise OperationalError("SELECT", None, Exception("the store is away"))

    store.before_snapshot = fail
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1])
    assert page.hear()["tags"] == [1]
