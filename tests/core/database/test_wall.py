"""The wall between tenants: search_path and role, a transaction at a time."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from wellhead.app import create_app
from wellhead.assets.models import Asset
from wellhead.database.extension import db, platform_session, tenant
from wellhead.database.migrate import Migrator
from wellhead.database.one_row import OneRow
from wellhead.database.raw import connect
from wellhead.errors import DatabaseError, WellheadError
from wellhead.runtime import Runtime, runtime_of
from wellhead.settings import Settings
from wellhead.testing.cluster import Cluster

TENANTS = ("alpha", "beta")


def composed(cluster: Cluster, database: str, data_dir: Path) -> Flask:
    narrow = replace(cluster.settings(database), pool_size=2)
    return create_app(Runtime.make(Settings(data_dir=data_dir, database=narrow)))


def dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def with_tenants(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database to clone, with two more tenants; each has one field."""
    with cluster.database(template_database) as name:
        app = composed(cluster, name, tmp_path_factory.mktemp("tenants"))
        with app.app_context(), platform_session() as session:
            for each in TENANTS:
                session.execute(text("INSERT INTO tenant (name) VALUES (:name)"), {"name": each})
        runtime = runtime_of(app)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            for each in TENANTS:
                with tenant(each):
                    db.session.add(Asset(kind="field", name=f"field of {each}"))
                    db.session.commit()
        dispose(app)
        cluster.close(name)
        yield name


@pytest.fixture
def two_tenants(cluster: Cluster, with_tenants: str, tmp_path: Path) -> Iterator[Flask]:
    """An app with these tenants, a database of its own and a pool of two connections."""
    with cluster.database(with_tenants) as name:
        app = composed(cluster, name, tmp_path)
        yield app
        dispose(app)


def names() -> list[str]:
    return list(db.session.scalars(select(Asset.name)))


def test_a_tenant_sees_its_own(two_tenants: Flask) -> None:
    with two_tenants.app_context():
        for name in TENANTS:
            with tenant(name):
                assert names() == [f"field of {name}"]


def test_one_record_is_read_by_its_own_tenant_alone(two_tenants: Flask) -> None:
    """Also when the statement has been prepared for another."""
    with two_tenants.app_context():
        keys = {}
        for name in TENANTS:
            with tenant(name):
                keys[name] = db.session.scalars(select(Asset.id)).one()
        reading = OneRow(Asset)
        for _ in range(10):
            for name in TENANTS:
                with tenant(name):
                    found = {of: reading.read(key) for of, key in keys.items()}
                    assert [of for of, record in found.items() if record] == [name]
                    assert found[name].name == f"field of {name}"
        with pytest.raises(DatabaseError, match="no tenant set"):
            reading.read(keys["alpha"])


def test_no_tenant_no_data(two_tenants: Flask) -> None:
    with two_tenants.app_context(), pytest.raises(DatabaseError, match="no tenant set"):
        names()


def test_another_schema_by_name_is_refused(two_tenants: Flask) -> None:
    with two_tenants.app_context(), tenant("alpha"):
        for table in ("tenant_beta.core_asset", 'platform."user"', "platform.tenant"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(text(f"SELECT * FROM {table}"))
            db.session.rollback()


def test_the_scope_outlives_commit_rollback_and_raw_sql(two_tenants: Flask) -> None:
    with two_tenants.app_context(), tenant("beta"):
        assert names() == ["field of beta"]
        db.session.commit()
        assert names() == ["field of beta"]
        db.session.rollback()
        found = db.session.execute(text("SELECT name FROM core_asset")).scalars().all()
        assert found == ["field of beta"]


def test_tenants_nest(two_tenants: Flask) -> None:
    with two_tenants.app_context(), tenant("alpha"):
        assert names() == ["field of alpha"]
        with tenant("beta"):
            assert names() == ["field of beta"]
        assert names() == ["field of alpha"]


def test_the_application_role_alone_may_nothing(two_tenants: Flask) -> None:
    runtime: Runtime = two_tenants.extensions["wellhead"]
    with psycopg.connect(runtime.urls.libpq(runtime.urls.app)) as connection:
        for table in ("tenant_alpha.core_asset", "platform.tenant"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {table}")
            connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")


def test_a_dedicated_connection_is_inside_its_tenant(two_tenants: Flask) -> None:
    runtime: Runtime = two_tenants.extensions["wellhead"]
    with connect(runtime.settings, "alpha") as connection:
        assert connection.execute("SELECT name FROM core_asset").fetchall() == [("field of alpha",)]
        connection.rollback()
        assert connection.execute("SELECT count(*) FROM core_asset").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM tenant_beta.core_asset")


def test_a_dedicated_connection_says_that_there_is_no_such_tenant(settings: Settings) -> None:
    with pytest.raises(psycopg.OperationalError, match="there is no tenant 'nobody'"):
        connect(settings, "nobody")


@pytest.mark.parametrize("name", ["Alpha", "", "a-b", "1a", "x" * 31, 'a"; DROP SCHEMA platform'])
def test_a_tenant_name_is_checked(name: str) -> None:
    with pytest.raises(WellheadError, match="not a tenant name"), tenant(name):
        pass


def test_two_tenants_on_two_connections_under_load(two_tenants: Flask) -> None:
    """S3, fast form: 8 threads, 1,200 transactions with random rollbacks and errors."""
    seed = random.randrange(2**32)
    print("seed", seed)
    wrong: list[str] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        rng = random.Random(seed + number)
        barrier.wait()
        for _ in range(150):
            name = rng.choice(TENANTS)
            with two_tenants.app_context(), tenant(name):
                if names() != [f"field of {name}"]:
                    wrong.append(name)
                fate = rng.random()
                if fate < 0.3:
                    db.session.rollback()
                elif fate < 0.5:
                    with pytest.raises(ProgrammingError):
                        db.session.execute(text("SELECT * FROM nothing"))
                elif fate < 0.8:
                    db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert wrong == []
