"""A connection that died while it was idle is replaced before anybody notices; one in use is not
asked."""

from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text

from wellhead.database import pool
from wellhead.database.extension import db, platform_session


def backend(app: Flask) -> int:
    """The server's process of the connection that a session takes."""
    with app.app_context(), platform_session() as session:
        return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def pings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    asked: list[object] = []
    with app.app_context():
        dialect = db.engine.dialect
        ping = dialect.do_ping

        def noted(connection: Any) -> bool:
            asked.append(connection)
            return bool(ping(connection))

        monkeypatch.setattr(dialect, "do_ping", noted)
    return asked


def test_one_that_was_used_a_moment_ago_is_not_asked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, asked = backend(app), pings(app, monkeypatch)
    monkeypatch.setattr(pool, "IDLE_S", 3600.0)
    assert (backend(app), asked) == (first, [])
    monkeypatch.setattr(pool, "IDLE_S", 0.0)
    assert (backend(app), len(asked)) == (first, 1)


def test_one_that_died_while_it_was_idle_is_replaced(
    app: Flask, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend(app)
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 20000)", (first,))
    monkeypatch.setattr(pool, "IDLE_S", 0.0)
    assert backend(app) != first


def test_one_that_died_a_moment_ago_fails_once(
    app: Flask, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend(app)
    with app.app_context():
        lost: list[type[Exception]] = []
        event.listen(db.engine, "invalidate", lambda _, __, error: lost.append(type(error)))
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 20000)", (first,))
    monkeypatch.setattr(pool, "IDLE_S", 3600.0)
    assert (
        app.test_client()
        .post("/api/v1/auth/login", json={"email": "a@example.com", "password": "x"})
        .status_code
        == 503
    )
    assert lost == [psycopg.errors.AdminShutdown]
    assert backend(app) != first
