"""What every request asks, past SQLAlchemy: under the platform's role, and as safe as with it."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, literal, select, text
from sqlalchemy.exc import DataError, OperationalError

from wellhead.auth.question import Question
from wellhead.database.extension import db
from wellhead.tenancy.models import Tenant
from wellhead.testing import wait_until

NAMED = Question(select(Tenant.name).where(Tenant.name == bindparam("name")))
WHO = Question(select(text("current_user, current_setting('search_path'), pg_backend_pid()")))
BROKEN = Question(select(literal(1) / bindparam("divisor", type_=None)))


def test_it_is_asked_as_the_platform_and_leaves_nothing_behind(shared_app: Flask) -> None:
    with shared_app.app_context():
        assert NAMED.first({"name": "default"}) == ("default",)
        assert NAMED.first({"name": "100 %"}) is None
        found = WHO.first({})
        assert found is not None
        assert found[0].endswith("_platform")
        assert found[1] == "platform"
        pooled = db.engine.raw_connection()
        try:
            connection = pooled.driver_connection
            assert connection is not None
            left = connection.execute("SELECT current_user").fetchone()
            connection.rollback()
        finally:
            pooled.close()
        assert left is not None
        assert not left[0].endswith("_platform"), "the role goes with the transaction"


def test_an_error_is_sqlalchemys_and_the_connection_serves_again(shared_app: Flask) -> None:
    with shared_app.app_context():
        with pytest.raises(DataError, match="division by zero"):
            BROKEN.first({"divisor": 0})
        assert NAMED.first({"name": "default"}) == ("default",)


def test_when_one_connection_has_died_all_of_the_pool_are_made_anew(shared_app: Flask) -> None:
    urls = shared_app.extensions["wellhead"].urls
    with shared_app.app_context():
        db.engine.dispose()
        pooled = [db.engine.raw_connection() for _ in range(3)]
        pids = [
            each.driver_connection.info.backend_pid for each in pooled if each.driver_connection
        ]
        for each in pooled:
            each.close()
        with psycopg.connect(urls.libpq(urls.admin), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", (pids,))
            gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
            wait_until(lambda: admin.execute(gone, (pids,)).fetchone() == (0,), 10, what="the end")
        with pytest.raises(OperationalError):
            NAMED.first({"name": "default"})
        for _ in range(3):
            assert NAMED.first({"name": "default"}) == ("default",)
