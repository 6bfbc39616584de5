"""A greenlet that waits for the database holds up no other, in a process of its own as the web's
workers are: gevent changes all that waits."""

import subprocess
import sys

import pytest

BEGIN = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
import psycopg
from sqlalchemy import create_engine, text
from wellhead.database.greenlets import wait_in_greenlets
server = psycopg.conninfo.conninfo_to_dict(sys.argv[1])
engine = create_engine("postgresql+psycopg://", connect_args=server)
wait_in_greenlets(engine)
"""
OTHERS_GO_ON = """
with engine.connect() as holder, engine.connect() as waiter:
    holder.execute(text("SELECT pg_advisory_lock(7)"))
    backend = waiter.execute(text("SELECT pg_backend_pid()")).scalar_one()
    waits = gevent.spawn(waiter.execute, text("SELECT pg_advisory_lock(7)"))
    seen = text("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid")
    with gevent.Timeout(20):
        while holder.execute(seen, {"pid": backend}).scalar_one() != "Lock":
            holder.rollback()
    assert not waits.ready()
    holder.execute(text("SELECT pg_advisory_unlock(7)"))
    waits.get(timeout=20)
"""
MUCH = """
sent = "x" * 40_000_000
with engine.connect() as connection:
    back = connection.execute(text("SELECT :sent || pg_backend_pid()"), {"sent": sent}).scalar_one()
assert back.startswith(sent) and back[len(sent):].isdigit()
"""
ENDED = """
from sqlalchemy.exc import OperationalError
with engine.connect() as admin, engine.connect() as waiter:
    backend = waiter.execute(text("SELECT pg_backend_pid()")).scalar_one()
    waits = gevent.spawn(waiter.execute, text("SELECT pg_sleep(600)"))
    seen = text("SELECT wait_event FROM pg_stat_activity WHERE pid = :pid")
    with gevent.Timeout(20):
        while admin.execute(seen, {"pid": backend}).scalar_one() != "PgSleep":
            admin.rollback()
    admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
    try:
        waits.get(timeout=20)
    except OperationalError as error:
        assert error.connection_invalidated, error
    else:
        raise AssertionError("nobody noticed that the connection ended")
"""
GIVEN_UP = """
with engine.connect() as admin:
    waiter = engine.connect()
    waits = gevent.spawn(waiter.execute, text("SELECT pg_sleep(600)"))
    seen = text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE wait_event = 'PgSleep' AND datname = current_database()"
    )
    with gevent.Timeout(20):
        while (backend := admin.execute(seen).scalar()) is None:
            admin.rollback()
        waits.kill()
        waiter.invalidate()
    admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
    with engine.connect() as next_one:
        assert next_one.execute(text("SELECT 1")).scalar_one() == 1
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(OTHERS_GO_ON, id="others go on"),
        pytest.param(MUCH, id="more than the socket takes at once"),
        pytest.param(ENDED, id="the connection ends meanwhile"),
        pytest.param(GIVEN_UP, id="who waits is ended"),
    ],
)
def test_the_database_is_waited_for_in_greenlets(database_admin_url: str, code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code, database_admin_url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
