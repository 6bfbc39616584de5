"""Sessions: refresh tokens are good once (S4), and what ends a session ends it now (S5)."""

import threading
import uuid
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from wellhead.auth import sessions
from wellhead.auth.models import LoginSession, Membership, User
from wellhead.auth.sessions import live_identities, revoke
from wellhead.auth.tokens import Tokens
from wellhead.database.extension import platform_session
from wellhead.testing import ApiClient

from .helpers import PASSWORD, log_in, refresh, user_id

pytestmark = pytest.mark.one_app

ME = "/api/v1/auth/me"


def test_a_refresh_token_is_swapped_for_the_next(app: Flask) -> None:
    grant = log_in(app).data
    for _ in range(3):
        answer = refresh(app, grant["refresh_token"])
        assert answer.status == 200
        assert answer.data["refresh_token"] != grant["refresh_token"]
        grant = answer.data
        assert ApiClient(app, grant["access_token"]).get(ME).status == 200


def test_reuse_ends_the_session(app: Flask) -> None:
    first = log_in(app).data
    second = refresh(app, first["refresh_token"]).data
    bystander = log_in(app).data
    answer = refresh(app, first["refresh_token"])
    assert (answer.status, answer.error["code"]) == (401, "token_revoked")
    assert refresh(app, second["refresh_token"]).status == 401
    for grant in (first, second):
        assert ApiClient(app, grant["access_token"]).get(ME).status == 401
    assert ApiClient(app, bystander["access_token"]).get(ME).status == 200
    with app.app_context(), platform_session() as session:
        reasons = session.scalars(select(LoginSession.revoked_for)).all()
    assert sorted(reasons, key=str) == [None, "reuse"]


def test_an_invented_token_ends_nobodys_session(app: Flask) -> None:
    tokens: Tokens = app.extensions["wellhead_auth"].tokens
    grant = log_in(app).data
    session = tokens.read_access(grant["access_token"]).session
    forged = Tokens(b"another key" * 6, 600).issue_refresh(session)
    assert refresh(app, forged.text).error["code"] == "token_invalid"
    assert refresh(app, grant["refresh_token"]).status == 200


def in_parallel(count: int, work: Any) -> list[Any]:
    results: list[Any] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait(30)
        results.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == count
    return results


def test_of_ten_at_once_one_wins(app: Flask) -> None:
    for _ in range(5):
        token = log_in(app).data["refresh_token"]
        answers = in_parallel(10, lambda _, token=token: refresh(app, token))
        assert sorted(answer.status for answer in answers) == [200] + [401] * 9
        # the nine were reuse, so what the one won is worth nothing now
        (won,) = [answer.data for answer in answers if answer.status == 200]
        assert refresh(app, won["refresh_token"]).status == 401
        assert ApiClient(app, won["access_token"]).get(ME).status == 401


@pytest.mark.parametrize(
    "rounds", [40, pytest.param(1000, marks=pytest.mark.soak)], ids=["fast", "soak"]
)
def test_refresh_against_logout_leaves_no_survivor(app: Flask, rounds: int) -> None:
    for _ in range(rounds):
        with app.app_context(), platform_session() as session:
            user = session.scalars(select(User).where(User.email == "viewer@example.com")).one()
            issued = sessions.open_session(session, user, "default", "", "")

        def race(number: int, text: str = issued.text, sid: uuid.UUID = issued.session) -> Any:
            if number:
                return refresh(app, text)
            with app.app_context(), platform_session() as session:
                revoke(session, "logout", LoginSession.id == sid)
            return None

        for answer in in_parallel(2, race):
            if answer is not None and answer.status == 200:
                assert refresh(app, answer.data["refresh_token"]).status == 401
                assert ApiClient(app, answer.data["access_token"]).get(ME).status == 401


def test_logout_ends_this_session_and_no_other(app: Flask) -> None:
    here, there = log_in(app).data, log_in(app).data
    client = ApiClient(app, here["access_token"])
    assert client.post("/api/v1/auth/logout").status == 200
    answer = client.get(ME)
    assert (answer.status, answer.error["code"]) == (401, "token_revoked")
    assert "Log in again" in answer.error["message"]
    assert refresh(app, here["refresh_token"]).status == 401
    assert ApiClient(app, there["access_token"]).get(ME).status == 200


def test_a_disabled_user_is_out_at_the_next_request(app: Flask) -> None:
    grant = log_in(app).data
    with app.app_context(), platform_session() as session:
        session.get_one(User, user_id(app, "viewer")).disabled = True
    assert ApiClient(app, grant["access_token"]).get(ME).status == 401
    assert refresh(app, grant["refresh_token"]).status == 401


def test_roles_count_as_they_are_now(app: Flask) -> None:
    client = ApiClient(app, log_in(app, "engineer").data["access_token"])
    body = {"kind": "field", "name": "North"}
    assert client.post("/api/v1/assets", body).status == 201
    key = (user_id(app, "engineer"), "default")
    with app.app_context(), platform_session() as session:
        session.get_one(Membership, key).roles = ["viewer"]
    answer = client.post("/api/v1/assets", {**body, "name": "South"})
    assert (answer.status, answer.error["code"]) == (403, "permission_denied")
    assert "assets.edit" in answer.error["message"]
    with app.app_context(), platform_session() as session:
        session.delete(session.get_one(Membership, key))
    assert client.get(ME).status == 401


def test_a_session_ends_when_it_is_not_used(app: Flask) -> None:
    grant = log_in(app).data
    with app.app_context(), platform_session() as session:
        session.scalars(select(LoginSession)).one().expires_at = func.now()
    assert ApiClient(app, grant["access_token"]).get(ME).status == 401
    assert refresh(app, grant["refresh_token"]).status == 401


def change(client: ApiClient, current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return client.post("/api/v1/auth/password", body)


def test_a_new_password_ends_the_other_sessions(app: Flask) -> None:
    here, there = log_in(app).data, log_in(app).data
    client = ApiClient(app, here["access_token"])
    assert change(client, PASSWORD, "mud weight ten point two").status == 200
    assert client.get(ME).status == 200
    assert ApiClient(app, there["access_token"]).get(ME).status == 401
    assert refresh(app, there["refresh_token"]).status == 401
    assert log_in(app).status == 401
    assert log_in(app, password="mud weight ten point two").status == 200


def test_a_password_is_changed_only_by_who_knows_it(app: Flask) -> None:
    client = ApiClient(app, log_in(app).data["access_token"])
    answer = change(client, "not the password", "mud weight ten point two")
    assert (answer.status, answer.error["code"]) == (403, "password_wrong")
    for bad in ("short", PASSWORD):
        answer = change(client, PASSWORD, bad)
        assert answer.status == 422
        assert answer.error["details"][0]["field"] == "new_password"
    for _ in range(4):
        change(client, "not the password", "mud weight ten point two")
    assert change(client, PASSWORD, "mud weight ten point two").status == 429
    assert log_in(app, "viewer").status == 429


def test_a_request_costs_one_query_of_the_platform(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ApiClient(app, log_in(app).data["access_token"])
    seen: list[str] = []
    execute = psycopg.Cursor.execute

    def note(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        seen.append(str(query))
        return execute(cursor, query, *rest, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    assert client.get(ME).status == 200
    queries = [statement for statement in seen if "set_config" not in statement]
    assert len(queries) == 1, queries


def test_connections_that_stay_can_ask_who_is_still_in(app: Flask) -> None:
    tokens: Tokens = app.extensions["wellhead_auth"].tokens
    grants = [log_in(app, role).data for role in ("viewer", "manager")]
    viewer, manager = (tokens.read_access(grant["access_token"]).session for grant in grants)
    with app.app_context():
        found = live_identities([viewer, manager, uuid.uuid4()])
    assert {key: identity.roles for key, identity in found.items()} == {
        viewer: ("viewer",),
        manager: ("manager",),
    }
    ApiClient(app, grants[0]["access_token"]).post("/api/v1/auth/logout")
    with app.app_context():
        assert set(live_identities([viewer, manager])) == {manager}


def test_old_and_surplus_sessions_are_forgotten(
    app: Flask, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_A_USER", 3)
    first = log_in(app).data
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("UPDATE platform.session SET revoked_at = now() - interval '2 days'")
    grants = [log_in(app).data for _ in range(4)]
    with psycopg.connect(database_admin_url) as connection:
        row = connection.execute("SELECT count(*) FROM platform.session").fetchone()
    assert row == (3,)
    assert ApiClient(app, first["access_token"]).get(ME).status == 401
    states = [ApiClient(app, grant["access_token"]).get(ME).status for grant in grants]
    assert states == [401, 200, 200, 200]
