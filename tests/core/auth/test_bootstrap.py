"""The first administrator (S8): no default account, clear refusals."""

import logging
import stat
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from wellhead.auth.bootstrap import Administrator, ensure_administrator
from wellhead.database.branches import platform_branch
from wellhead.database.migrate import Migrator
from wellhead.database.scope import Scope
from wellhead.errors import ConfigError
from wellhead.runtime import runtime_of
from wellhead.testing import ApiClient

GOOD = "mud weight ten point two"


@pytest.fixture
def empty(app: Flask, database_admin_url: str) -> Flask:
    """The app of an installation with no users."""
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("DELETE FROM platform.user")
    return app


def ensure(app: Flask, **environ: str) -> Administrator:
    with app.app_context():
        return ensure_administrator(runtime_of(app).settings, environ)


def log_in(app: Flask, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return ApiClient(app).post("/api/v1/auth/login", body).status


def test_s8_one_is_made_with_a_random_password_shown_once(empty: Flask) -> None:
    made = ensure(empty)
    assert made.email == "admin@wellhead.local"
    assert made.password is not None
    assert len(made.password) >= 24
    assert made.path is not None
    assert made.path.read_text() == made.password + "\n"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.password in made.how_to_log_in()[0]
    assert log_in(empty, made.email, made.password) == 200
    again = ensure(empty)
    assert (again.email, again.password, again.path) == (made.email, None, made.path)
    assert made.password not in "".join(again.how_to_log_in())
    assert str(made.path) in "".join(again.how_to_log_in())


def test_s8_there_is_no_default_account(empty: Flask, database_admin_url: str) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("DELETE FROM platform.tenant")
    runtime = runtime_of(empty)
    Migrator(empty, runtime.urls, runtime.plugins).upgrade()
    with psycopg.connect(database_admin_url) as connection:
        assert connection.execute("SELECT email FROM platform.user").fetchall() == []


def test_the_first_administrator_is_the_platforms_too(empty: Flask) -> None:
    made = ensure(empty)
    assert made.password is not None
    body = {"email": made.email, "password": made.password}
    token = ApiClient(empty).post("/api/v1/auth/login", body).data["access_token"]
    assert ApiClient(empty, token).get("/api/v1/tenants").status == 200


def test_in_an_older_installation_the_oldest_administrator_is_made_the_platforms(
    app: Flask, database_admin_url: str
) -> None:
    runtime = runtime_of(app)
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    with app.app_context():
        migrator._alembic("downgrade", platform_branch(), Scope(None), "platform_0005")
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "UPDATE platform.membership SET roles = '{admin}' WHERE roles = '{manager}'"
        )
        connection.execute(
            "UPDATE platform.\"user\" SET created_at = now() - interval '1 day'"
            " WHERE email = 'manager@example.com'"
        )
    migrator.upgrade()
    with psycopg.connect(database_admin_url) as connection:
        found = connection.execute(
            'SELECT email FROM platform."user" WHERE platform_admin'
        ).fetchall()
    assert found == [("manager@example.com",)]


def test_s8_no_password_is_a_default(empty: Flask) -> None:
    assert log_in(empty, "admin@wellhead.local", "admin") == 401
    first = ensure(empty)
    assert log_in(empty, first.email, "admin") == 401


def test_one_is_made_from_the_environment(empty: Flask, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(GOOD + "\n")
    made = ensure(
        empty,
        WELLHEAD_ADMIN_EMAIL="ops@example.com",
        WELLHEAD_ADMIN_PASSWORD_FILE=str(file),
    )
    assert (made.email, made.password, made.path) == ("ops@example.com", None, None)
    assert GOOD not in "".join(made.how_to_log_in())
    assert log_in(empty, "ops@example.com", GOOD) == 200


def test_nothing_is_made_when_there_is_one(app: Flask) -> None:
    found = ensure(app, WELLHEAD_ADMIN_EMAIL="ignored")
    assert (found.email, found.password) == ("admin@example.com", None)


def test_a_user_there_already_becomes_administrator(
    app: Flask, database_admin_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("DELETE FROM platform.membership WHERE roles = '{admin}'")
    file = tmp_path / "password"
    file.write_text(GOOD)
    ensure(app, WELLHEAD_ADMIN_EMAIL="Viewer@example.com", WELLHEAD_ADMIN_PASSWORD_FILE=str(file))
    answer = ApiClient(app).post(
        "/api/v1/auth/login", {"email": "viewer@example.com", "password": GOOD}
    )
    me = ApiClient(app, answer.data["access_token"]).get("/api/v1/auth/me").data
    assert me["roles"] == ["viewer", "admin"]


@pytest.mark.parametrize(
    ("email", "content", "field", "problem"),
    [
        ("ops@example.com", None, "WELLHEAD_ADMIN_PASSWORD_FILE", "does not exist"),
        ("ops@example.com", b"", "WELLHEAD_ADMIN_PASSWORD_FILE", "empty"),
        ("ops@example.com", b" \n", "WELLHEAD_ADMIN_PASSWORD_FILE", "empty"),
        ("ops@example.com", b"short", "WELLHEAD_ADMIN_PASSWORD_FILE", "too short"),
        ("ops@example.com", b"\xff\xfe", "WELLHEAD_ADMIN_PASSWORD_FILE", "not UTF-8"),
        ("ops@example.com", b"x" * 5000, "WELLHEAD_ADMIN_PASSWORD_FILE", "too long"),
        ("ops", GOOD.encode(), "WELLHEAD_ADMIN_EMAIL", "not an e-mail"),
        ("", GOOD.encode(), "WELLHEAD_ADMIN_EMAIL", "not set, though"),
    ],
)
def test_what_cannot_be_used_is_named(
    empty: Flask, tmp_path: Path, email: str, content: bytes | None, field: str, problem: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    environ = {"WELLHEAD_ADMIN_PASSWORD_FILE": str(file)}
    if email:
        environ["WELLHEAD_ADMIN_EMAIL"] = email
    with pytest.raises(ConfigError, match=problem) as refused:
        ensure(empty, **environ)
    assert refused.value.field == field
    assert refused.value.remedy
    assert GOOD not in str(refused.value)


def test_an_address_without_a_file_is_named(empty: Flask) -> None:
    with pytest.raises(ConfigError, match="not set, though WELLHEAD_ADMIN_EMAIL is") as refused:
        ensure(empty, WELLHEAD_ADMIN_EMAIL="ops@example.com")
    assert refused.value.field == "WELLHEAD_ADMIN_PASSWORD_FILE"


def test_the_password_is_not_logged(
    empty: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        made = ensure(empty)
    output = capfd.readouterr()
    assert made.password
    assert made.password not in output.out + output.err + caplog.text
