"""`[plugins.<name>] enabled = false` for each built-in plugin: it is gone, its data is not, and it
comes back as it was."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.migrate import Migrator
from wellhead.http.requests import OWNERS
from wellhead.plugins.info import Status
from wellhead.plugins.loader import GROUP
from wellhead.testing import ApiClient

BUILT_IN = sorted(
    point.name
    for point in entry_points(group=GROUP)
    if point.dist is not None and point.dist.name == "wellhead"
)

Compose = Callable[..., Flask]


@pytest.fixture
def compose(settings: sdk.Settings) -> Iterator[Compose]:
    """The app of a process, with these plugins switched off."""
    made: list[Flask] = []

    def composed(*off: str) -> Flask:
        plugins = {name: {"enabled": False} for name in off}
        made.append(create_app(sdk.Runtime.make(replace(settings, plugins=plugins))))
        return made[-1]

    yield composed
    for app in made:
        with app.app_context():
            sdk.db.engine.dispose()


def routes(app: Flask) -> set[tuple[str, str]]:
    """(path, plugin) of every route that is a plugin's."""
    owners = {name: record.name for name, record in app.extensions[OWNERS].items()}
    found = set()
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.split(".")[0]
        if blueprint in owners:
            found.add((rule.rule, owners[blueprint]))
    return found


def dependents(app: Flask, name: str) -> set[str]:
    """All that require `name`, and those that require them."""
    infos = [record.info for record in sdk.runtime_of(app).plugins.records.values() if record.info]
    found = {name}
    while more := {info.name for info in infos if found & set(info.requires)} - found:
        found |= more
    return found - {name}


def tables(url: str) -> dict[str, int]:
    """Rows of each table of the default tenant."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'tenant_default'"
        ).fetchall()
        query = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM tenant_default.{name}" for (name,) in names
        )
        return dict(connection.execute(query.encode()).fetchall())


def test_there_is_something_to_switch() -> None:
    assert len(BUILT_IN) > 5


@pytest.mark.parametrize("name", BUILT_IN)
def test_off_and_on_again(compose: Compose, database_admin_url: str, name: str) -> None:
    whole = compose()
    ApiClient(whole).as_role("admin").post("/api/v1/wells", {"name": "Kept 1"})
    before, held = routes(whole), tables(database_admin_url)
    gone = {name} | dependents(whole, name)

    off = compose(name)

    records = sdk.runtime_of(off).plugins.records
    assert records[name].status is Status.DISABLED
    assert records[name].reason == f"switched off by [plugins.{name}] enabled = false"
    for dependent in gone - {name}:
        assert records[dependent].status is Status.DEPENDENCY_ERROR
        assert records[dependent].reason.startswith("requires ")
    others = [record for record in records.values() if record.name not in gone]
    assert {record.status for record in others} <= {Status.ENABLED}
    assert routes(off) == {(path, owner) for path, owner in before if owner not in gone}
    api = ApiClient(off).as_role("admin")
    for path in {path for path, _ in before - routes(off) if "<" not in path}:
        answer = api.get(path)
        assert (answer.status, answer.error["code"]) == (404, "not_found"), path
        if path.startswith(f"/api/v1/{name.replace('_', '-')}/"):
            assert f"The plugin {name} is off" in answer.error["message"]
    document = api.get("/api/v1/openapi.json").body["paths"]
    assert not set(document) & {path for path, owner in before if owner in gone}
    assert api.get("/health/ready").status == 200

    runtime = sdk.runtime_of(off)
    assert Migrator(off, runtime.urls, runtime.plugins).upgrade() == 0
    assert tables(database_admin_url) == held

    again = compose()
    assert routes(again) == before
    wells = ApiClient(again).as_role("viewer").get("/api/v1/wells").data
    assert [well["name"] for well in wells] == ["Kept 1"]
