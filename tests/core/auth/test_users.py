"""Members of a tenant: added, changed and removed by its administrators, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.testing import Answer, ApiClient

from .helpers import PASSWORD, log_in, user_id

pytestmark = pytest.mark.one_app

USERS = "/api/v1/users"
ME = "/api/v1/auth/me"
NEW = "mud weight ten point two"


def path(app: Flask, role: str) -> str:
    return f"{USERS}/{user_id(app, role)}"


def add(api: ApiClient, email: str = "ada@example.com", **more: Any) -> Answer:
    return api.post(USERS, {"email": email, "roles": ["viewer"], **more})


def enter(app: Flask, email: str, password: str) -> Answer:
    return ApiClient(app).post("/api/v1/auth/login", {"email": email, "password": password})


def join_other(database_admin_url: str, *roles: str, move: bool = False) -> None:
    """Make the users of these roles members of the tenant `other` too, or only."""
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "INSERT INTO platform.tenant (name, suspended) VALUES ('other', false)"
            " ON CONFLICT DO NOTHING"
        )
        for role in roles:
            connection.execute(
                "INSERT INTO platform.membership (user_id, tenant, roles)"
                " SELECT id, 'other', %s FROM platform.\"user\" WHERE email = %s",
                ([role], f"{role}@example.com"),
            )
            if move:
                connection.execute(
                    "DELETE FROM platform.membership WHERE tenant = 'default' AND user_id ="
                    ' (SELECT id FROM platform."user" WHERE email = %s)',
                    (f"{role}@example.com",),
                )


def test_the_list_pages_filters_and_sorts(api: ApiClient) -> None:
    found = api.get(USERS, per_page=2, sort="email", order="desc")
    assert [user["email"] for user in found.data] == ["viewer@example.com", "operator@example.com"]
    assert found.meta["total"] == 5
    assert [user["email"] for user in api.get(USERS, role="engineer").data] == [
        "engineer@example.com"
    ]
    assert [user["roles"] for user in api.get(USERS, q="ENGIN").data] == [["engineer"]]
    assert api.get(USERS, shoe=1).status == 422


def test_a_new_user_gets_a_password_that_is_shown_once(app: Flask, api: ApiClient) -> None:
    made = add(api).data
    assert enter(app, "ADA@example.com", made["password"]).status == 200
    shown = api.get(f"{USERS}/{made['id']}").data
    assert "password" not in shown
    assert (shown["roles"], shown["assets"], shown["disabled"]) == (["viewer"], None, False)
    assert add(api).status == 409


def test_a_password_may_be_given_and_is_never_repeated(app: Flask, api: ApiClient) -> None:
    answer = add(api, password=NEW)
    assert answer.data["password"] is None
    assert enter(app, "ada@example.com", NEW).status == 200
    assert "hush hush" not in str(add(api, "b@example.com", password="hush hush").body)


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"roles": ["veiwer"]}, "roles.0", 'Did you mean "viewer"?'),
        ({"roles": []}, "roles", "Length"),
        ({"email": "nobody"}, "email", "name@example.com"),
        ({"assets": ["00000000-0000-0000-0000-000000000007"]}, "assets.0", ""),
        ({"password": "short"}, "password", "too short"),
    ],
)
def test_what_cannot_be_is_named(api: ApiClient, body: Any, field: str, said: str) -> None:
    answer = api.post(USERS, {"email": "ada@example.com", "roles": ["viewer"], **body})
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == field
    assert said in answer.error["message"]


def test_a_user_of_another_tenant_keeps_the_password_and_is_hidden_until_added(
    app: Flask, api: ApiClient, database_admin_url: str
) -> None:
    join_other(database_admin_url, "viewer", move=True)
    for method, tail in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/password"),
        ("GET", "/sessions"), ("DELETE", "/sessions"), ("GET", "/keys"),
    ):  # fmt: skip
        body: Any = {} if method in ("PATCH", "POST") else None
        answer = api.request(method, path(app, "viewer") + tail, json=body)
        assert (answer.status, answer.error["code"]) == (404, "not_found"), (method, tail)
    assert api.get(USERS).meta["total"] == 4
    assert add(api, "viewer@example.com", password=NEW).data["password"] is None
    assert enter(app, "viewer@example.com", NEW).status == 401
    assert log_in(app, "viewer", tenant="default").status == 200
    answer = api.post(path(app, "viewer") + "/password", {})
    assert (answer.status, answer.error["code"]) == (403, "password_shared")


def test_an_administrator_of_the_platform_may_set_it_all_the_same(
    app: Flask, api: ApiClient, database_admin_url: str
) -> None:
    join_other(database_admin_url, "viewer")
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "UPDATE platform.\"user\" SET platform_admin = true WHERE email = 'admin@example.com'"
        )
    made = api.post(path(app, "viewer") + "/password", {}).data["password"]
    assert log_in(app, "viewer").status == 401
    assert log_in(app, "viewer", password=made).status == 200


def test_a_set_password_ends_the_sessions(app: Flask, api: ApiClient) -> None:
    viewer = ApiClient(app).as_role("viewer")
    assert api.post(path(app, "viewer") + "/password", {"password": NEW}).data["password"] is None
    assert viewer.get(ME).status == 401
    assert log_in(app, "viewer").status == 401
    assert log_in(app, "viewer", password=NEW).status == 200
    answer = api.post(path(app, "admin") + "/password", {"password": NEW})
    assert (answer.status, answer.error["code"]) == (403, "password_own")


def test_roles_and_assets_hold_from_the_next_request(app: Flask, api: ApiClient) -> None:
    field = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data["id"]
    viewer = ApiClient(app).as_role("viewer")
    changed = api.patch(path(app, "viewer"), {"roles": ["operator"], "assets": [field]}).data
    assert (changed["roles"], changed["assets"]) == (["operator"], [field])
    me = viewer.get(ME).data
    assert (me["roles"], me["assets"]) == (["operator"], [field])


def test_a_disabled_membership_is_out_here_and_not_elsewhere(
    app: Flask, api: ApiClient, database_admin_url: str
) -> None:
    join_other(database_admin_url, "viewer")
    here = ApiClient(app).as_role("viewer")
    there = ApiClient(app, log_in(app, "viewer", tenant="other").data["access_token"])
    assert api.patch(path(app, "viewer"), {"disabled": True}).data["disabled"] is True
    assert here.get(ME).status == 401
    assert there.get(ME).status == 200
    assert log_in(app, "viewer", tenant="default").status == 403
    assert api.patch(path(app, "viewer"), {"disabled": False}).status == 200
    assert here.get(ME).status == 401, "the old session came back to life"
    assert log_in(app, "viewer", tenant="default").status == 200


def test_a_removed_member_is_out_and_the_account_stays(app: Flask, api: ApiClient) -> None:
    viewer = ApiClient(app).as_role("viewer")
    assert api.delete(path(app, "viewer")).status == 200
    assert viewer.get(ME).status == 401
    assert log_in(app, "viewer").status == 403
    assert add(api, "viewer@example.com").status == 201
    assert log_in(app, "viewer").status == 200


def test_the_last_administrator_keeps_sight_of_everything(app: Flask, api: ApiClient) -> None:
    """Users are managed by who has no limit, so nobody could lift this one."""
    field = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data["id"]
    answer = api.patch(path(app, "admin"), {"assets": [field]})
    assert (answer.status, answer.error["code"]) == (409, "last_administrator")
    assert api.patch(path(app, "viewer"), {"roles": ["admin"], "assets": [field]}).status == 200
    assert api.delete(path(app, "admin")).status == 409
    assert api.patch(path(app, "viewer"), {"assets": None}).status == 200
    assert api.patch(path(app, "admin"), {"assets": [field]}).status == 200


@pytest.mark.parametrize(
    "change", [{"roles": ["viewer"]}, {"disabled": True}, None], ids=["demoted", "off", "removed"]
)
def test_the_last_administrator_stays(app: Flask, api: ApiClient, change: Any) -> None:
    def attempt() -> Answer:
        me = path(app, "admin")
        return api.delete(me) if change is None else api.patch(me, change)

    answer = attempt()
    assert (answer.status, answer.error["code"]) == (409, "last_administrator")
    assert api.patch(path(app, "manager"), {"roles": ["admin"]}).status == 200
    assert attempt().status == 200


@pytest.fixture
def clerk(app: Flask, api: ApiClient) -> ApiClient:
    """One who manages users and is no administrator."""
    body = {"name": "clerk", "permissions": ["users.read", "users.edit", "account.use"]}
    assert api.post("/api/v1/roles", body).status == 201
    assert api.patch(path(app, "operator"), {"roles": ["operator", "clerk"]}).status == 200
    return ApiClient(app).as_role("operator")


def test_nobody_gives_or_touches_what_they_do_not_have(
    app: Flask, api: ApiClient, clerk: ApiClient
) -> None:
    assert add(clerk).status == 201
    refused = [
        add(clerk, "b@example.com", roles=["admin"]),
        add(clerk, "b@example.com", roles=["manager"]),
        clerk.patch(path(app, "operator"), {"roles": ["admin"]}),
        clerk.patch(path(app, "admin"), {"roles": ["viewer"]}),
        clerk.patch(path(app, "manager"), {"disabled": True}),
        clerk.post(path(app, "admin") + "/password", {"password": NEW}),
        clerk.delete(path(app, "admin")),
        clerk.delete(path(app, "admin") + "/sessions"),
        clerk.post("/api/v1/roles", {"name": "more", "permissions": ["audit.read"]}),
        clerk.patch("/api/v1/roles/clerk", {"permissions": ["users.edit", "audit.read"]}),
    ]
    assert [(answer.status, answer.error["code"]) for answer in refused] == [
        (403, "permission_denied")
    ] * len(refused)
    assert clerk.patch(path(app, "viewer"), {"roles": ["viewer", "clerk"]}).status == 200


def test_an_administrator_of_the_platform_is_not_taken_over_by_one_of_a_tenant(
    app: Flask, api: ApiClient, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "UPDATE platform.\"user\" SET platform_admin = true WHERE email = 'viewer@example.com'"
        )
    answer = api.post(path(app, "viewer") + "/password", {"password": NEW})
    assert (answer.status, answer.error["code"]) == (403, "permission_denied")


def test_changes_are_audited_and_passwords_are_not_in_it(
    api: ApiClient, database_admin_url: str
) -> None:
    made = add(api).data
    with psycopg.connect(database_admin_url) as connection:
        rows = connection.execute(
            "SELECT table_name, actor_email, new::text FROM platform.audit WHERE action = 'insert'"
            " AND table_name IN ('user', 'membership') ORDER BY id DESC LIMIT 2"
        ).fetchall()
    assert {row[0] for row in rows} == {"user", "membership"}
    assert {row[1] for row in rows} == {"admin@example.com"}
    assert made["password"] not in str(rows)
    assert PASSWORD not in str(rows)


def test_two_administrators_who_remove_each_other_at_once_leave_one(
    app: Flask, api: ApiClient
) -> None:
    for _ in range(5):
        assert api.patch(path(app, "manager"), {"roles": ["admin"]}).status == 200
        other = ApiClient(app).as_role("manager")
        with ThreadPoolExecutor(2) as both:
            answers = [
                both.submit(api.patch, path(app, "manager"), {"roles": ["viewer"]}),
                both.submit(other.patch, path(app, "admin"), {"roles": ["viewer"]}),
            ]
        statuses = [answer.result().status for answer in answers]
        assert statuses.count(200) == 1, statuses
        assert set(statuses) <= {200, 403, 409}
        if statuses[1] == 200:  # the manager is the administrator now, and gives it back
            assert other.patch(path(app, "admin"), {"roles": ["admin"]}).status == 200
