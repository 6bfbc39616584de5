"""What ends or disturbs a live socket: sessions, slow readers, the database, the server's end."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.care.tenants import suspend_tenant
from wellhead.live import hub, recent, service
from wellhead.live.recent import Position
from wellhead.live.service import RESTARTING, SESSION_ENDED, live_of
from wellhead.testing import ApiClient, wait_until
from wellhead.testing.client import PASSWORD

Open = Callable[..., Any]


@pytest.mark.alone
def test_logout_closes_the_socket_within_two_seconds_and_no_other(
    screen: Open, app: Flask, api: ApiClient, store: Any
) -> None:
    user = ApiClient(app).as_role("viewer")
    page, other = screen().log_in(user), screen().log_in(api)
    other.say(type="subscribe", tags=[1])
    assert user.post("/api/v1/auth/logout").status < 300
    started = time.monotonic()
    assert page.end()[0] == SESSION_ENDED
    assert time.monotonic() - started <= 2.0
    store.write("default", (1, 10))
    other.hear_reading(1, 10)


@pytest.mark.alone
def test_a_disabled_user_and_a_changed_role_close_the_socket(
    screen: Open, app: Flask, database_admin_url: str
) -> None:
    viewer, operator = (ApiClient(app).as_role(role) for role in ("viewer", "operator"))
    pages = [screen().log_in(viewer), screen().log_in(operator)]
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            'UPDATE platform."user" SET disabled = true WHERE email = %s', ("viewer@example.com",)
        )
        connection.execute(
            "UPDATE platform.membership SET roles = '{viewer}' WHERE user_id ="
            ' (SELECT id FROM platform."user" WHERE email = %s)',
            ("operator@example.com",),
        )
    started = time.monotonic()
    assert [page.end()[0] for page in pages] == [SESSION_ENDED, SESSION_ENDED]
    assert time.monotonic() - started <= 2.0


@pytest.mark.alone
def test_s5_what_an_administrator_changes_closes_the_socket_within_two_seconds(
    screen: Open, app: Flask, api: ApiClient
) -> None:
    field = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data["id"]
    role = {"name": "watcher", "permissions": ["live.read", "account.use", "assets.read"]}
    assert api.post("/api/v1/roles", role).status == 201
    users = {
        user["roles"][0]: f"/api/v1/users/{user['id']}" for user in api.get("/api/v1/users").data
    }
    api.patch(users["manager"], {"roles": ["watcher"]})
    names = ("viewer", "operator", "engineer", "manager")
    pages = [screen().log_in(ApiClient(app).as_role(name)) for name in names]
    for answer in (
        api.patch(users["viewer"], {"roles": ["operator"]}),
        api.patch(users["operator"], {"assets": [field]}),
        api.post(f"{users['engineer']}/password", {}),
        api.patch("/api/v1/roles/watcher", {"permissions": ["live.read"]}),
    ):
        assert answer.status == 200
    started = time.monotonic()
    assert [page.end()[0] for page in pages] == [SESSION_ENDED] * 4
    assert time.monotonic() - started <= 2.0


@pytest.mark.alone
def test_s5_a_suspended_tenant_is_dark_within_two_seconds(
    screen: Open, app: Flask, api: ApiClient
) -> None:
    page = screen().log_in(api)
    suspend_tenant(app, "default", True)
    started = time.monotonic()
    assert page.end()[0] == SESSION_ENDED
    assert time.monotonic() - started <= 2.0


def test_each_tenant_sees_its_own(
    screen: Open, app: Flask, api: ApiClient, store: Any, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("INSERT INTO platform.tenant (name) VALUES ('other')")
        connection.execute(
            "INSERT INTO platform.membership (user_id, tenant, roles)"
            " SELECT id, 'other', '{viewer}' FROM platform.\"user\" WHERE email = %s",
            ("viewer@example.com",),
        )
    store.write("default", (1, 10))
    login = {"email": "viewer@example.com", "password": PASSWORD, "tenant": "other"}
    token = api.anonymous().post("/api/v1/auth/login", login).data["access_token"]
    theirs, ours = screen().log_in(ApiClient(app, token)), screen().log_in(api)
    for page in (theirs, ours):
        page.say(type="subscribe", tags=[1])
        page.hear("snapshot")
    store.write("other", (1, 20))
    theirs.hear_reading(1, 20)
    store.write("default", (1, 30))
    ours.hear_reading(1, 30)
    assert theirs.readings() == [(1, 20)]
    assert ours.readings() == [(1, 10), (1, 30)]


def test_a_client_that_stops_reading_is_cut_and_the_others_go_on(
    screen: Open, app: Flask, api: ApiClient, store: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(hub, "STALL_SECONDS", 1.0)
    page, slow = screen().log_in(api), screen(sockopt=[(1, 8, 4096)]).log_in(api)
    for client in (page, slow):
        client.say(type="subscribe", tags=list(range(1, 100)))
        client.hear("snapshot")
    live = live_of(app)
    started, written = time.monotonic(), 0
    while len(live.clients()) == 2 and time.monotonic() - started < 20:
        written += 1
        store.write("default", *((tag, written) for tag in range(1, 100)))
        page.hear_reading(99, written)
    assert [client.outlet.depth() for client in live.clients()] == [0]
    store.write("default", (1, written + 1))
    page.hear_reading(1, written + 1)
    times = [reading for reading in page.readings() if reading[0] == 99]
    assert times == sorted(set(times)), "a reading was lost or doubled for the one that reads"


def test_after_the_listener_was_away_everybody_gets_a_fresh_snapshot(
    screen: Open, api: ApiClient, store: Any, database_admin_url: str
) -> None:
    store.write("default", (1, 10))
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1, 2])
    page.hear("snapshot")
    store.commit("default", (1, 11), (2, 11))  # on disk, and its notification never came
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'wellhead-live' AND datname = current_database()"
        )
    again = page.hear("snapshot")
    assert (again["tags"], again["t"]) == ([1, 2], [11, 11])
    store.write("default", (2, 12))
    page.hear_reading(2, 12)


def test_the_end_of_the_server_is_announced(screen: Open, app: Flask, api: ApiClient) -> None:
    page = screen().log_in(api)
    live_of(app).end_when(lambda: True)
    assert page.end()[0] == RESTARTING


def test_the_heart_beats(screen: Open, api: ApiClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(service, "_ROUNDS_A_BEAT", 1)
    begun = time.time_ns() // 1000
    page = screen().log_in(api)
    first, second = page.hear("heartbeat")["t"], page.hear("heartbeat")["t"]
    assert begun <= first < second <= time.time_ns() // 1000


def test_a_socket_that_is_gone_leaves_nothing_behind(
    screen: Open, app: Flask, api: ApiClient
) -> None:
    pages = [screen().log_in(api) for _ in range(3)]
    for page in pages:
        page.say(type="subscribe", tags=[1])
        page.hear("snapshot")
    assert len(live_of(app).clients()) == 3
    pages[0].close()
    pages[1].socket.shutdown()  # without a word
    wait_until(lambda: len(live_of(app).clients()) == 1, what="two clients forgotten")


def test_who_asks_without_end_and_never_reads_is_sent_away(
    screen: Open, app: Flask, api: ApiClient
) -> None:
    page = screen().log_in(api)
    page.socket.settimeout(0.2)
    try:
        while live_of(app).clients():
            page.say(type="subscribe", tags=["x"])
    except OSError:
        pass
    wait_until(lambda: not live_of(app).clients(), what="the client is cut")


def test_who_comes_back_is_told_what_it_missed(screen: Open, api: ApiClient, store: Any) -> None:
    first, other = (screen().log_in(api) for _ in range(2))
    for page in (first, other):
        page.say(type="subscribe", tags=[1, 2])
        page.hear("snapshot")

    def far_enough() -> bool:
        """A position after the time by which clocks of processes may differ."""
        store.write("default", (3, 1), (1, 10))
        other.hear("frame")
        return Position.parse(first.hear("frame")["p"]).time > listens + 2_500_000

    listens = time.time_ns() // 1000
    wait_until(far_enough, 10, what="a position to go on from")
    position = first.messages[-1]["p"]
    first.close()
    for time_ in (11, 12, 13):
        store.write("default", (1, time_), (3, time_))
    other.hear_reading(1, 13)

    again = screen().log_in(api)
    again.say(type="subscribe", tags=[1, 2], resume=position)
    message = again.hear()

    assert (message["type"], message["subscribed"]) == ("resumed", [1, 2])
    assert again.readings() == [(1, 11), (1, 12), (1, 13)]
    store.write("default", (2, 14))
    again.hear_reading(2, 14)
    assert again.readings("frame") == [(2, 14)]


def test_whose_tags_are_quiet_goes_on_as_well(
    screen: Open, api: ApiClient, store: Any, monkeypatch: Any
) -> None:
    """On a server so busy that what was heard at the last reading of its tags is forgotten."""
    monkeypatch.setattr(service, "_ROUNDS_A_BEAT", 1)
    monkeypatch.setattr(recent, "KEEP_PAYLOADS", 5)
    monkeypatch.setattr(recent, "_CLOCKS_DIFFER", 0)
    idle, page, busy = (screen().log_in(api) for _ in range(3))
    store.write("default", (1, 10))
    for client, tag in ((page, 1), (busy, 3)):
        client.say(type="subscribe", tags=[tag])
        client.hear("snapshot")
    for time_ in range(1, 20):
        store.write("default", (3, time_))
        busy.hear_reading(3, time_)

    def numbers(beat: dict[str, Any]) -> list[int]:
        return list(Position.parse(beat["p"]).last.values())

    wait_until(lambda: numbers(page.hear("heartbeat")) == [20], what="a beat behind all readings")
    beat = page.messages[-1]
    page.close()
    store.write("default", (1, 11))
    again = screen().log_in(api)
    again.say(type="subscribe", tags=[1], resume=beat["p"])
    wait_until(lambda: again.hear()["type"] in ("resumed", "snapshot"), what="an answer")
    assert again.messages[-1]["type"] == "resumed"
    again.hear_reading(1, 11)
    assert again.readings() == [(1, 11)]
    idle.hear("heartbeat")
    assert not any("p" in message for message in idle.messages), "of one that follows nothing yet"


def test_a_snapshot_of_more_tags_does_not_claim_what_was_not_sent_yet(
    screen: Open, api: ApiClient, store: Any, monkeypatch: Any
) -> None:
    """Who loses its connection right after it would never be told of the others' last reading."""
    monkeypatch.setattr(service, "FRAME_SECONDS", 60.0)
    heard = threading.Event()
    put = hub.Hub.put

    def putting(self: hub.Hub, payload: Any, now: float) -> bool:
        wanted = put(self, payload, now)
        if payload.number == 2:
            heard.set()
        return wanted

    monkeypatch.setattr(hub.Hub, "put", putting)
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1])
    page.hear("snapshot")
    store.write("default", (1, 10))
    page.hear_reading(1, 10)
    store.write("default", (1, 11))  # waits for the next frame
    assert heard.wait(10)
    page.say(type="subscribe", tags=[2])
    [number] = Position.parse(page.hear("snapshot")["p"]).last.values()
    assert number == 1 or (1, 11) in page.readings()


def test_who_comes_back_too_late_gets_a_snapshot(
    screen: Open, api: ApiClient, store: Any, database_admin_url: str
) -> None:
    store.write("default", (1, 10))
    page = screen().log_in(api)
    page.say(type="subscribe", tags=[1], resume="1000000.0a1b2c3d-5")
    message = page.hear()
    assert (message["type"], message["resumed"], message["t"]) == ("snapshot", False, [10])
    page.say(type="subscribe", tags=[2], resume="yesterday")
    error = page.hear()
    assert (error["type"], error["code"]) == ("error", "malformed")
    assert error["message"].startswith("resume: ")
