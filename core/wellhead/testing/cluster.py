"""One PostgreSQL a test run, a migrated template in it, and a clone of that a test.

`WELLHEAD_TEST_DATABASE_URL` names a server as its superuser to use instead of the embedded one.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.settings.model import DatabaseSettings

ROLE_PREFIX = f"wh_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
"""Roles belong to a whole server, which the workers of a parallel run may share."""
_ENOUGH_BYTES = 4 << 30
_UNSAFE_BUT_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")


class Cluster:
    """url: the superuser's, to the maintenance database"""

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql")
        with self.connect() as connection:
            role = f"{ROLE_PREFIX}_app"
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
            if known.fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(role))
                )
            if self.url.password:
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        sql.Identifier(role), str(self.url.password)
                    )
                )

    def admin_url(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def connect(self) -> psycopg.Connection:
        url = self.url.render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, connect_timeout=10)

    def settings(self, database: str) -> DatabaseSettings:
        app = self.url.set(database=database, username=f"{ROLE_PREFIX}_app")
        return DatabaseSettings(
            url=app.render_as_string(hide_password=False),
            admin_url=self.admin_url(database),
            role_prefix=ROLE_PREFIX,
            pool_size=5,
        )

    def create(self, database: str, template: str | None = None) -> None:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template:
            statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        with self.connect() as connection:
            connection.execute(statement)

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )

    def close(self, database: str) -> None:
        """Let nobody connect any more, as a template must be: TimescaleDB's workers would."""
        name = sql.Identifier(database)
        with self.connect() as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                (database,),
            )

    @contextmanager
    def database(self, template: str | None = None, name: str | None = None) -> Iterator[str]:
        """A database of its own, dropped at the end; its name, a new one unless it is given."""
        name = name or f"wh_{uuid.uuid4().hex[:12]}"
        self.create(name, template)
        try:
            yield name
        finally:
            self.drop(name)


def _fast_folder() -> str | None:
    """Memory, where there is enough: a database a test is hundreds of files a test."""
    try:
        free = shutil.disk_usage("/dev/shm").free
    except OSError:
        return None
    return "/dev/shm" if free > _ENOUGH_BYTES else None


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """The named server, or an embedded one in a temporary directory, removed at the end."""
    url = os.environ.get("WELLHEAD_TEST_DATABASE_URL")
    if url:
        yield Cluster(url)
        return
    folder = Path(tempfile.mkdtemp(prefix="wh-", dir=_fast_folder()))
    server = EmbeddedPostgres(folder)
    try:
        server.start()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            for setting in _UNSAFE_BUT_FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield Cluster(server.url())
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
