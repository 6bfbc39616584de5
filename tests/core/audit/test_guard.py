"""The trail holds no secret, and nobody rewrites it."""

import uuid

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from wellhead.auth.models import LoginSession, User
from wellhead.database.extension import db, platform_session, tenant

from .helpers import add_asset, platform_trail, trail


def test_secrets_are_masked(app: Flask) -> None:
    with app.app_context(), platform_session() as session:
        user = session.scalars(select(User).where(User.email == "viewer@example.com")).one()
        user.password_hash = "canary-1"
        session.flush()
        session.execute(update(User).values(password_hash="canary-2"))
        session.execute(update(User).where(User.password_hash == "canary-3").values(disabled=True))
        session.add(
            LoginSession(
                id=uuid.uuid4(),
                user_id=user.id,
                tenant="default",
                refresh_digest=b"canary-4",
                expires_at=func.now(),
            )
        )
    with app.app_context():
        entries = platform_trail()[-4:]
        with platform_session() as session:
            everything = str(session.execute(text("SELECT * FROM platform.audit")).all())
    changed, bulk, condition, opened = entries
    assert (changed.old, changed.new) == ({"password_hash": "***"}, {"password_hash": "***"})
    assert bulk.new is not None
    assert bulk.new["set"] == {"password_hash": "***"}
    assert condition.new is not None
    assert condition.new["parameters"] == "***"
    assert opened.new is not None
    assert opened.new["refresh_digest"] == "***"
    assert opened.new["address"] is None
    assert "canary" not in everything
    assert "argon2" not in everything
    assert {entry.table_name for entry in entries} == {"user", "session"}


@pytest.mark.usefixtures("inside")
def test_nobody_rewrites_the_trail() -> None:
    add_asset("North")
    for statement in (
        "UPDATE core_audit SET actor_email = 'x'",
        "DELETE FROM core_audit",
        "TRUNCATE core_audit",
    ):
        with pytest.raises(DBAPIError, match=r"only ever added to|permission denied"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert trail()


def test_the_owner_does_not_rewrite_it_by_mistake(app: Flask, database_admin_url: str) -> None:
    with app.app_context(), tenant("default"):
        add_asset("North")
    for table in ("tenant_default.core_audit", "platform.audit"):
        for statement in (f"UPDATE {table} SET source = 'x'", f"TRUNCATE {table}"):
            with (
                psycopg.connect(database_admin_url) as connection,
                pytest.raises(psycopg.errors.RaiseException, match="only ever added to"),
            ):
                connection.execute(statement)
