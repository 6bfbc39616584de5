"""Login (S7): what it hands out, one answer to all that is wrong, and the throttle."""

import statistics
import threading
import time

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from wellhead.auth import service
from wellhead.auth.errors import AuthError
from wellhead.auth.models import User, login_failure
from wellhead.auth.passwords import HASHES_AT_ONCE
from wellhead.auth.throttle import ACCOUNT_FAILURES, ADDRESS_FAILURES, WINDOW
from wellhead.database.extension import platform_session
from wellhead.testing import Answer, ApiClient

from .helpers import PASSWORD, hash_in_earnest, log_in

pytestmark = pytest.mark.one_app


def test_login_hands_out_tokens_and_me_says_who(app: Flask) -> None:
    answer = log_in(app, "engineer")
    assert answer.status == 200
    assert set(answer.data) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (answer.data["token_type"], answer.data["expires_in"]) == ("Bearer", 600)
    assert answer.headers["Cache-Control"] == "no-store"
    me = ApiClient(app, answer.data["access_token"]).get("/api/v1/auth/me").data
    assert (me["email"], me["tenant"], me["roles"]) == (
        "engineer@example.com",
        "default",
        ["engineer"],
    )
    assert "assets.edit" in me["permissions"]
    assert "audit.read" not in me["permissions"]


def test_the_address_is_the_same_in_any_case(app: Flask) -> None:
    body = {"email": " Viewer@EXAMPLE.com ", "password": PASSWORD}
    assert ApiClient(app).post("/api/v1/auth/login", body).status == 200


def disable(app: Flask, role: str) -> None:
    with app.app_context(), platform_session() as session:
        session.execute(
            update(User).where(User.email == f"{role}@example.com").values(disabled=True)
        )


def test_all_that_is_wrong_has_one_answer(app: Flask) -> None:
    disable(app, "operator")
    answers = [
        log_in(app, "viewer", "not the password"),
        log_in(app, "nobody"),
        log_in(app, "operator"),
        log_in(app, "viewer", "x"),
    ]
    for answer in answers:
        assert answer.status == 401
        assert answer.body == answers[0].body
    assert answers[0].error["code"] == "login_failed"


@pytest.mark.parametrize("tenant", ["default", None])
def test_a_tenant_may_be_named(app: Flask, tenant: str | None) -> None:
    assert log_in(app, tenant=tenant).status == 200


def test_a_tenant_that_is_not_the_users(app: Flask) -> None:
    answer = log_in(app, tenant="other")
    assert (answer.status, answer.error["code"]) == (403, "tenant_forbidden")
    assert log_in(app, tenant="No Name").status == 422


def test_a_suspended_tenant_lets_nobody_in(app: Flask) -> None:
    token = log_in(app).data["access_token"]
    with app.app_context(), platform_session() as session:
        session.execute(text("UPDATE platform.tenant SET suspended = true"))
    assert log_in(app).status == 403
    assert ApiClient(app, token).get("/api/v1/auth/me").status == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@b.c"}, {"email": "a@b.c", "password": 7}, {"email": "a", "password": ""}],
)
def test_a_body_that_is_no_login(app: Flask, body: dict[str, object]) -> None:
    assert ApiClient(app).post("/api/v1/auth/login", body).status == 422


def attempt(app: Flask, address: str, email: str = "viewer@example.com") -> Answer:
    """A wrong password from an address."""
    response = app.test_client().post(
        "/api/v1/auth/login",
        json={"email": email, "password": "wrong"},
        environ_base={"REMOTE_ADDR": address},
        headers={"X-Forwarded-For": f"203.0.113.{time.perf_counter_ns() % 250}"},
    )
    return Answer(response.status_code, response.get_json(), dict(response.headers))


def let_a_window_pass(app: Flask) -> None:
    """As if the counts had begun a window earlier."""
    with app.app_context(), platform_session() as session:
        session.execute(update(login_failure).values(since=login_failure.c.since - WINDOW))


def test_failures_of_an_account_from_an_address_are_throttled(app: Flask) -> None:
    for _ in range(ACCOUNT_FAILURES):
        assert attempt(app, "192.0.2.1").status == 401
    # whatever X-Forwarded-For says: no proxy is trusted (S10)
    refused = attempt(app, "192.0.2.1")
    assert (refused.status, refused.error["code"]) == (429, "login_throttled")
    wait = int(refused.headers["Retry-After"])
    assert WINDOW.total_seconds() - 60 < wait <= WINDOW.total_seconds() + 1
    assert f"Wait {wait} s" in refused.error["message"]
    # the owner elsewhere, and other accounts here, are not locked out
    assert log_in(app).status == 200
    assert attempt(app, "192.0.2.1", "nobody@example.com").status == 401
    let_a_window_pass(app)
    assert attempt(app, "192.0.2.1").status == 401


def test_the_right_password_is_refused_too_while_throttled(app: Flask) -> None:
    for _ in range(ACCOUNT_FAILURES):
        assert log_in(app, "viewer", "wrong").status == 401
    assert log_in(app).status == 429
    let_a_window_pass(app)
    assert log_in(app).status == 200


def test_attempts_in_parallel_gain_one_guess_at_most(app: Flask) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(attempt(app, "192.0.2.9").status))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(statuses) == 20
    assert ACCOUNT_FAILURES <= statuses.count(401) <= ACCOUNT_FAILURES + HASHES_AT_ONCE - 1
    assert set(statuses) == {401, 429}


def test_success_forgets_the_accounts_failures(app: Flask) -> None:
    for _ in range(3):
        for _ in range(ACCOUNT_FAILURES - 1):
            assert log_in(app, "viewer", "wrong").status == 401
        assert log_in(app).status == 200


def test_one_address_on_many_accounts_is_throttled(app: Flask) -> None:
    for number in range(ADDRESS_FAILURES):
        # of IPv6 it is the /64 that counts
        address = f"2001:db8:0:1::{number:x}"
        assert attempt(app, address, f"user{number}@example.com").status == 401
    assert attempt(app, "2001:db8:0:1::ffff", "one.more@example.com").status == 429
    assert attempt(app, "2001:db8:0:2::1", "one.more@example.com").status == 401


def test_the_table_of_failures_empties_itself(app: Flask) -> None:
    for number in range(5):
        attempt(app, f"192.0.2.{number}")
    let_a_window_pass(app)
    attempt(app, "198.51.100.1")
    with app.app_context(), platform_session() as session:
        assert session.scalar(select(func.count()).select_from(login_failure)) == 2


def seconds(email: str, address: str) -> float:
    begun = time.perf_counter()
    with pytest.raises(AuthError, match="wrong"):
        service.login(email, "not the password", None, service.Caller(address))
    return time.perf_counter() - begun


@pytest.mark.alone
def test_an_unknown_user_costs_what_a_wrong_password_costs(app: Flask) -> None:
    hash_in_earnest(app, "viewer")
    differences = []
    for turn in range(4):  # a busy machine may spoil one comparison, hardly four
        known, unknown = [], []
        with app.app_context():
            for number in range(25):
                known.append(seconds("viewer@example.com", f"10.{turn}.{number}.1"))
                unknown.append(seconds("nobody@example.com", f"10.{turn}.{number}.2"))
        difference = statistics.median(unknown) / statistics.median(known) - 1
        differences.append(difference)
        if abs(difference) < 0.05:
            return
    raise AssertionError(differences)
