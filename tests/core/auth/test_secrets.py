"""Passwords and tokens appear in no answer, log, audit row or traceback (S16).

The scenes play in a process of their own, so that the log is the one a server writes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .helpers import PASSWORD

CANARY = "canary-canary-3141592653"
FIELDS = ("access_token", "refresh_token")

BEGIN = """
import json, logging, os, sys
from pathlib import Path
from wellhead.app import create_app
from wellhead.auth.passwords import Passwords
from wellhead.logs import configure_logs
from wellhead.runtime import Runtime
from wellhead.settings import load_settings
from wellhead.settings.model import LogSettings
from wellhead.testing import ApiClient

config, PASSWORD, CANARY, form = sys.argv[1:]
configure_logs(LogSettings(level="debug", format=form), "test")
app = create_app(Runtime.make(load_settings(Path(config), os.environ)))
anonymous = ApiClient(app)

def log_in(**body):
    return anonymous.post("/api/v1/auth/login", {"email": "viewer@example.com", **body})

def refresh(token):
    return anonymous.post("/api/v1/auth/refresh", {"refresh_token": token})
"""

SCENES = """
grant = log_in(password=PASSWORD).data
again = refresh(grant["refresh_token"]).data
client = ApiClient(app, again["access_token"])
body = {"current_password": PASSWORD, "new_password": CANARY}
answers = [
    client.post("/api/v1/auth/password", body),
    log_in(password=CANARY + "x"),
    # a password typed into the wrong field, or sent under the wrong name
    log_in(email=CANARY, password="x"),
    log_in(pasword=CANARY),
    log_in(password=CANARY * 100),
    log_in(password=[CANARY]),
    refresh(CANARY * 50),
    client.post("/api/v1/auth/password", {**body, "new_password": CANARY[:11]}),
    client.post("/api/v1/auth/password", {**body, "more": CANARY}),
    refresh(grant["refresh_token"]),
]
print(json.dumps([[grant, again], [[answer.status, answer.body] for answer in answers]]))
"""

CRASH = """
def crash(self, stored, password):
    raise RuntimeError("out of memory")

Passwords.verify = crash
answer = log_in(password=CANARY)
print(json.dumps([answer.status, answer.body]))
"""


def play(config_file: Path, form: str) -> tuple[list[Any], str]:
    """What each of the scenes printed, and the log."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + SCENES + CRASH, str(config_file), PASSWORD, CANARY, form],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def everything_stored(url: str) -> str:
    rows: list[Any] = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('platform', 'tenant_default')"
        ).fetchall()
        for (table,) in tables:
            query = f"SELECT to_jsonb(t) FROM {table} t"
            rows += connection.execute(query.encode()).fetchall()
    return json.dumps(rows)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_was_typed_or_issued_is_nowhere_not_even_after_a_crash_in_login(
    config_file: Path, database_admin_url: str, form: str
) -> None:
    [[grants, answers], [status, body]], log = play(config_file, form)
    assert [status for status, _ in answers] == [200, 401, 401, *[422] * 6, 401]
    assert "login refused" in log
    stored = everything_stored(database_admin_url)
    assert "viewer@example.com" in stored
    issued = [grant[field] for grant in grants for field in FIELDS]
    for secret in (CANARY[:11], PASSWORD, *issued):
        for place in (json.dumps(answers), log, stored, json.dumps(body)):
            assert secret not in place

    assert (status, body["error"]["code"]) == (500, "internal_error")
    assert "out of memory" in log
    assert "Traceback" in log
    assert "out of memory" not in json.dumps(body)
