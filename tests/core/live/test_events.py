"""What live clients follow beside readings: through real sockets, with the events of commands."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg import Connection

from wellhead import sdk
from wellhead.app import create_app
from wellhead.live.service import live_of
from wellhead.runtime import Runtime
from wellhead.sdk import db
from wellhead.settings import Settings
from wellhead.testing import ApiClient
from wellhead_historian.api import create_tag

Open = Callable[..., Any]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app with all installed plugins."""
    made = create_app(Runtime.make(settings))
    yield made
    live_of(made).stop()
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection[Any]]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


@pytest.fixture
def commands(app: Flask, api: ApiClient, connection: Connection[Any]) -> dict[str, str]:
    """A command to a tag of an asset `mine`, and one to a tag of none; with the asset's id."""
    asset = api.post("/api/v1/assets", {"kind": "field", "name": "mine"}).data["id"]
    made = {"asset": asset}
    for name, place in (("mine", uuid.UUID(asset)), ("theirs", None)):
        with app.app_context(), sdk.tenant("default"):
            tag = create_tag(name=name, datatype="float64", asset_id=place)
            db.session.commit()
        [row] = connection.execute(
            "INSERT INTO scada_command (tag_id, value, state, why, key, request, steps,"
            " requested_by, requested_by_email, expires_at)"
            " VALUES (%s, 1, 'armed', '', %s, '', '[]', gen_random_uuid(), '', now())"
            " RETURNING id::text",
            (tag.id, name),
        ).fetchall()
        made[name] = row[0]
    return made


def tell(connection: Connection[Any], command: str, tenant: str = "default") -> None:
    connection.execute(*sdk.event_entry("scada.command", tenant, {"id": command}))


def test_events_are_shown_to_who_follows_them_and_may_see_them(
    screen: Open, api: ApiClient, commands: dict[str, str], connection: Connection[Any]
) -> None:
    everything = screen().log_in(api)
    mine = screen().log_in(api.limited(commands["asset"]))
    silent = screen().log_in(api)
    for page in (everything, mine):
        page.say(type="subscribe", events=["commands"])
        assert page.hear() == {"type": "subscribed", "events": ["commands"]}
    tell(connection, commands["mine"], tenant="acme")
    tell(connection, commands["theirs"])
    tell(connection, commands["mine"])
    heard = [everything.hear("event")["data"]["id"] for _ in range(2)]
    assert heard == [commands["theirs"], commands["mine"]]
    message = mine.hear("event")
    assert (message["topic"], message["data"]["id"]) == ("commands", commands["mine"])
    assert message["data"]["state"] == "armed"
    mine.say(type="unsubscribe", events=["commands"])
    assert mine.hear() == {"type": "unsubscribed", "events": []}
    tell(connection, commands["mine"])
    assert everything.hear("event")["data"]["tag_name"] == "mine"
    for page in (mine, silent):
        page.say(type="subscribe", events=["comands"])
        assert page.hear()["code"] == "unknown_topic"  # and nothing before it


def test_who_follows_is_told_that_events_may_have_been_missed(
    screen: Open,
    api: ApiClient,
    commands: dict[str, str],
    connection: Connection[Any],
    database_admin_url: str,
) -> None:
    page = screen().log_in(api)
    page.say(type="subscribe", events=["commands"])
    page.hear("subscribed")
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'wellhead-live'"
        )
    assert page.hear("events_missed") == {"type": "events_missed"}
    tell(connection, commands["mine"])
    assert page.hear("event")["data"]["id"] == commands["mine"]


def test_names_that_are_none_and_rights_that_are_missing(
    screen: Open, app: Flask, api: ApiClient
) -> None:
    role = {"name": "watcher", "permissions": ["live.read", "account.use"]}
    api.post("/api/v1/roles", role)
    [user] = [one for one in api.get("/api/v1/users").data if one["email"] == "viewer@example.com"]
    assert api.patch(f"/api/v1/users/{user['id']}", {"roles": ["watcher"]}).status == 200
    page = screen().log_in(api.as_role("viewer"))
    for events, code in (
        ("commands", "malformed"),
        ([1], "malformed"),
        (["commands"], "permission_denied"),
    ):
        page.say(type="subscribe", events=events)
        assert page.hear()["code"] == code
