"""Live values of users limited to assets: the real topics, sockets and keeper."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from wellhead import sdk
from wellhead.app import create_app
from wellhead.live.bus import publish_readings
from wellhead.live.service import SESSION_ENDED, live_of
from wellhead.runtime import Runtime
from wellhead.sdk import db
from wellhead.settings import Settings
from wellhead.testing import ApiClient
from wellhead_historian.api import create_tag

from .conftest import batch_of, bench_app

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
    with sdk.connect(settings, "default") as made:
        yield made


class Plant:
    """Field > mine (a pad, with a pump), theirs (a pad); a tag on each, and one on nothing."""

    def __init__(self, app: Flask, api: ApiClient) -> None:
        self.assets: dict[str, str] = {}
        self.tags: dict[str, int] = {}
        for kind, name, parent in (
            ("field", "field", ""),
            ("pad", "mine", "field"),
            ("equipment", "pump", "mine"),
            ("pad", "theirs", "field"),
        ):
            body = {"kind": kind, "name": name, "parent_id": self.assets.get(parent)}
            self.assets[name] = api.post("/api/v1/assets", body).data["id"]
        with app.app_context(), sdk.tenant("default"):
            for name in [*self.assets, "none"]:
                asset = uuid.UUID(self.assets[name]) if name in self.assets else None
                tag = create_tag(name=name, datatype="float64", asset_id=asset)
                self.tags[name] = tag.id
            db.session.commit()


@pytest.fixture
def plant(app: Flask, api: ApiClient) -> Plant:
    return Plant(app, api)


def test_subscriptions_are_cut_to_what_the_user_sees(
    screen: Open, api: ApiClient, plant: Plant, connection: Connection[Any]
) -> None:
    page = screen().log_in(api.limited(plant.assets["mine"]))
    mine = sorted([plant.tags["mine"], plant.tags["pump"]])
    page.say(type="subscribe", assets=[plant.assets["mine"]])
    assert page.hear("snapshot")["subscribed"] == mine
    unknown: dict[str, list[Any]] = {"tags": [2_000_000_000], "assets": [str(uuid.uuid4())]}
    hidden: list[tuple[str, list[Any]]] = [
        *(("tags", [plant.tags[name]]) for name in ("field", "theirs", "none")),
        *(("assets", [plant.assets[name]]) for name in ("field", "theirs")),
    ]
    for topic, ids in hidden:
        page.say(type="subscribe", **{topic: ids})
        refused = page.hear()
        page.say(type="subscribe", **{topic: unknown[topic]})
        nothing = page.hear()
        assert (refused["type"], refused["code"]) == ("error", "unknown_id")
        assert refused["message"].replace(str(ids[0]), "") == nothing["message"].replace(
            str(unknown[topic][0]), ""
        )
    publish_readings(connection, "default", batch_of(*((tag, 7) for tag in plant.tags.values())))
    assert page.hear("frame")["tags"] == mine


@pytest.mark.alone
@pytest.mark.parametrize("how", ["asset", "tag"])
def test_what_is_moved_out_of_sight_is_taken_away_within_two_seconds(
    screen: Open, api: ApiClient, plant: Plant, connection: Connection[Any], how: str
) -> None:
    limited, free = screen().log_in(api.limited(plant.assets["mine"])), screen().log_in(api)
    for page in (limited, free):
        page.say(type="subscribe", assets=[plant.assets["mine"]])
        page.hear("snapshot")
    pump = plant.tags["pump"]
    if how == "asset":
        path, place = f"/api/v1/assets/{plant.assets['pump']}", "parent_id"
    else:
        path, place = f"/api/v1/tags/{pump}", "asset_id"
    assert api.patch(path, {place: plant.assets["theirs"]}).status == 200
    started = time.monotonic()
    assert limited.hear("unsubscribed")["tags"] == [pump]
    assert time.monotonic() - started <= 2.0
    publish_readings(connection, "default", batch_of((pump, 8), (plant.tags["mine"], 8)))
    assert limited.hear("frame")["tags"] == [plant.tags["mine"]]
    assert free.hear("frame")["tags"] == sorted([pump, plant.tags["mine"]])


@pytest.mark.alone
def test_another_limit_ends_the_socket_within_two_seconds(
    screen: Open, api: ApiClient, plant: Plant
) -> None:
    free = screen().log_in(api.as_role("viewer"))
    other = api.limited(plant.assets["mine"])
    started = time.monotonic()
    assert free.end()[0] == SESSION_ENDED
    assert time.monotonic() - started <= 2.0
    page = screen().log_in(other)
    page.say(type="subscribe", tags=[plant.tags["mine"]])
    assert page.hear("snapshot")["subscribed"] == [plant.tags["mine"]]
    api.limited(plant.assets["theirs"])
    assert page.end()[0] == SESSION_ENDED


class TestTopicThatSaysNothing:
    """A plugin that has never heard of limits."""

    @pytest.fixture
    def app(self, settings: Settings, store: Any) -> Iterator[Flask]:
        made = bench_app(settings)
        yield made
        live_of(made).stop()
        with made.app_context():
            db.engine.dispose()

    def test_it_is_closed_to_limited_users(self, screen: Open, api: ApiClient) -> None:
        page = screen().log_in(api.limited(str(uuid.uuid4())))
        for topic in ("pads", "tags"):
            page.say(type="subscribe", **{topic: [1]})
            assert page.hear()["code"] == "asset_limited"
