"""Rules about a plugin's migrations, which are run up, down and up on a PostgreSQL of the moment.

Only the plugins that it requires are there, so a foreign key to another one is found too.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, pool

from wellhead.app import create_app
from wellhead.care.tables import owner_of
from wellhead.check.catalog import Catalog, Thing, catalog, changes
from wellhead.check.module import Module
from wellhead.database.branches import VERSION_TABLE
from wellhead.database.extension import metadata
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT, Scope
from wellhead.database.urls import DatabaseUrls, database_urls
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import CheckRule, Unproven
from wellhead.plugins.info import Status
from wellhead.runtime import Runtime

_TITLES = {
    "migrations": "Its migrations go up, down and up again",
    "autogenerate": "Its models are what its migrations make",
    "prefix": "What its migrations make begins with its name",
    "base": "Its migrations leave nothing behind",
}
_SCHEMA = Scope(DEFAULT_TENANT).schema


@dataclass(slots=True)
class Proof:
    """problems: by rule. cut: why the rules without problems are unproven, when they are"""

    problems: dict[str, list[str]] = field(default_factory=dict)
    cut: str | None = None

    def add(self, rule: str, *texts: str) -> None:
        if texts:
            self.problems.setdefault(rule, []).extend(texts)


def rules_of(module: Module) -> Iterator[CheckRule]:
    """None for a plugin without tables. The first one asked waits for the database."""
    if not module.migrations() and not module.subject.offers("models"):
        return
    proofs: list[Proof] = []

    def check(rule: str) -> Sequence[str]:
        if not proofs:
            proofs.append(prove(module))
        found = proofs[0].problems.get(rule, ())
        if not found and proofs[0].cut:
            raise Unproven(proofs[0].cut)
        return found

    for name, title in _TITLES.items():
        yield CheckRule(name, title, partial(check, name))


def prove(module: Module) -> Proof:
    """Raises Unproven where there is no PostgreSQL."""
    proof = Proof()
    if not module.migrations():
        proof.add("migrations", "it has models and no hook `migrations`; write their migrations")
        proof.cut = "it has no migrations"
        return proof
    needed = _required(module)
    with module.server.database() as database, tempfile.TemporaryDirectory() as folder:
        settings, plugins = module.loaded([*needed, module.name], Path(folder))
        settings = replace(settings, database=database)
        runtime = Runtime(settings, plugins, database_urls(settings))
        app = create_app(runtime)
        record = plugins.records[module.name]
        if record.status is not Status.ENABLED:
            proof.cut = f"with {', '.join(needed) or 'no other plugin'} alone {record.reason}"
            return proof
        _, others = module.loaded(needed, Path(folder))
        Migrator(app, runtime.urls, others).upgrade()
        with psycopg.connect(runtime.urls.libpq(runtime.urls.admin)) as connection:
            _walk(module, proof, app, runtime, connection)
    return proof


def _walk(
    module: Module, proof: Proof, app: Flask, runtime: Runtime, connection: psycopg.Connection
) -> None:
    """Up, down and up."""
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    record = runtime.plugins.records[module.name]

    def look() -> Catalog:
        return catalog(connection, without=f"{VERSION_TABLE}{module.name}")

    def go_up() -> Catalog | None:
        migrator.upgrade()
        if record.status is Status.ENABLED:
            return look()
        proof.add("migrations", f"they do not go up: {record.reason}")
        proof.cut = "its migrations do not go up"
        return None

    before = look()
    up = go_up()
    if up is None:
        return
    proof.add("prefix", *_foreign(module, before, up))
    proof.add("autogenerate", *_differences(module, runtime.urls))
    try:
        migrator.downgrade(module.name, "base", DEFAULT_TENANT)
    except WellheadError as error:
        proof.add("migrations", f"they do not go down: {error}")
        proof.cut = "its migrations do not go down"
        return
    proof.add("base", *(f"after the downgrade {text}" for text in changes(before, look())))
    again = go_up()
    if again is not None:
        proof.add("migrations", *(f"the second time {text}" for text in changes(up, again)))


def _foreign(module: Module, before: Catalog, after: Catalog) -> Iterator[str]:
    """What its migrations made or changed that is not its own."""
    names = {"core", *(point.name for point in module.points)}

    def ours(thing: Thing) -> bool:
        return thing.schema == _SCHEMA and owner_of(thing.on, names) == module.name

    for thing in sorted(before.keys() | after.keys()):
        if before.get(thing) != after.get(thing) and not ours(thing):
            did = "make" if thing not in before else "remove" if thing not in after else "change"
            yield f"its migrations {did} {thing}; keep to names that begin with {module.name}_"


def _differences(module: Module, urls: DatabaseUrls) -> Iterator[str]:
    """What autogenerate would still do for the plugin's own tables."""
    names = {"core", *(point.name for point in module.points)}

    def ours(name: str | None) -> bool:
        return owner_of(str(name), names) == module.name

    def reflected(name: str | None, kind: str, _: Any) -> bool:
        return name is None if kind == "schema" else kind != "table" or ours(name)

    def compared(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or (item.schema is None and ours(name))

    options = {"include_name": reflected, "include_object": compared, "compare_type": True}
    engine = create_engine(
        urls.admin,
        poolclass=pool.NullPool,
        connect_args={"options": f"-csearch_path={_SCHEMA}"},
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        for found in compare_metadata(context, metadata):
            change = found[0] if isinstance(found, list) else found
            words = [getattr(part, "name", part) for part in change]
            text = " ".join(word for word in words if isinstance(word, str))
            yield f"autogenerate would {text}; write a migration, or correct the model"


def _required(module: Module) -> list[str]:
    """The plugins that it requires, and those that they do."""
    found: dict[str, None] = {}
    wanted = list(module.info.requires)
    while wanted:
        name = wanted.pop()
        info = module.manager.records[name].info
        if name not in found and info is not None:
            found[name] = None
            wanted += info.requires
    return sorted(found)
