"""One's own sessions and those of members: listed, and ended."""

import pytest
from flask import Flask

from wellhead.testing import ApiClient

from .helpers import user_id

pytestmark = pytest.mark.one_app

ME = "/api/v1/auth/me"
SESSIONS = "/api/v1/auth/sessions"


def test_one_sees_ones_sessions_and_which_is_this(app: Flask) -> None:
    here, there = (ApiClient(app).as_role("viewer") for _ in range(2))
    ApiClient(app).as_role("operator")
    found = here.get(SESSIONS, sort="created_at").data
    assert [session["current"] for session in found] == [True, False]
    assert {session["tenant"] for session in found} == {"default"}
    assert not {"refresh_digest", "revoked_for"} & found[0].keys()
    assert here.delete(f"{SESSIONS}/{found[1]['id']}").status == 200
    assert there.get(ME).status == 401
    assert here.get(ME).status == 200
    assert len(here.get(SESSIONS).data) == 1
    assert here.delete(f"{SESSIONS}/{found[1]['id']}").status == 404


def test_one_ends_all_others(app: Flask) -> None:
    here, *others = (ApiClient(app).as_role("viewer") for _ in range(3))
    assert here.delete(SESSIONS).status == 200
    assert [client.get(ME).status for client in (here, *others)] == [200, 401, 401]


def test_one_does_not_end_anothers(app: Flask, api: ApiClient) -> None:
    viewer = ApiClient(app).as_role("viewer")
    (mine,) = viewer.get(SESSIONS).data
    assert api.delete(f"{SESSIONS}/{mine['id']}").status == 404
    assert viewer.get(ME).status == 200


def test_an_administrator_sees_and_ends_a_members(app: Flask, api: ApiClient) -> None:
    viewer = ApiClient(app).as_role("viewer")
    path = f"/api/v1/users/{user_id(app, 'viewer')}/sessions"
    (found,) = api.get(path).data
    assert found["current"] is False
    assert api.delete(path).status == 200
    assert viewer.get(ME).status == 401
    assert api.get(path).data == []
    assert api.get(ME).status == 200
