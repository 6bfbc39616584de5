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


def test_a_connection_that_died_is_replaced(shared_app: Flask) -> None:
    urls = shared_app.extensions["wellhead"].urls
    with shared_app.app_context():
        db.engine.dispose()
        found = WHO.first({})
        assert found is not None
        with psycopg.connect(urls.libpq(urls.admin), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (found[2],))
            gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
            wait_until(lambda: admin.execute(gone, (found[2],)).fetchone() == (0,), 10)
        with pytest.raises(OperationalError):
            NAMED.first({"name": "default"})
        assert NAMED.first({"name": "default"}) == ("default",)
