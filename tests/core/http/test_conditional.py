"""ETags: reading again only what changed, and of two editors of one record exactly one wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from wellhead.testing import ApiClient
from wellhead.testing.client import Answer

pytestmark = pytest.mark.one_app


def edit(api: ApiClient, path: str, tag: str, **changes: object) -> Answer:
    return api.request("PATCH", path, json=changes, headers={"If-Match": tag})


@pytest.fixture
def field(api: ApiClient) -> str:
    """Path of an asset."""
    made = api.post("/api/v1/assets", {"kind": "field", "name": "North"})
    return f"/api/v1/assets/{made.data['id']}"


def test_what_did_not_change_is_not_sent_again(api: ApiClient, field: str) -> None:
    tag = api.get(field).headers["ETag"]
    assert tag.startswith('"')
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = api.request("GET", field, headers={"If-None-Match": sent})
        assert (again.status, again.body, again.headers["ETag"]) == (304, None, tag)
    api.patch(field, {"name": "South"})
    changed = api.request("GET", field, headers={"If-None-Match": tag})
    assert (changed.status, changed.data["name"]) == (200, "South")


def test_a_change_names_what_it_changes(api: ApiClient, field: str) -> None:
    first = api.get(field).headers["ETag"]
    changed = edit(api, field, first, name="South")
    assert changed.status == 200
    assert changed.headers["ETag"] == api.get(field).headers["ETag"] != first

    late = edit(api, field, first, name="East")

    assert (late.status, late.error["code"]) == (412, "precondition_failed")
    assert late.headers["ETag"] == changed.headers["ETag"]
    [detail] = late.error["details"]
    assert (detail["field"], detail["value"]) == ("If-Match", first)
    assert "Read the record again" in detail["remedy"]
    assert api.get(field).data["name"] == "South"


@pytest.mark.parametrize("sent", ['"0"', "nonsense", "", '""', "W/{tag}"])
def test_a_condition_that_does_not_hold_changes_nothing(
    api: ApiClient, field: str, sent: str
) -> None:
    tag = sent.format(tag=api.get(field).headers["ETag"])
    assert edit(api, field, tag, name="South").status == 412
    assert api.request("DELETE", field, headers={"If-Match": tag}).status == 412
    assert api.get(field).data["name"] == "North"


def test_a_delete_has_conditions_too(api: ApiClient, field: str) -> None:
    tag = api.get(field).headers["ETag"]
    assert edit(api, field, "*", name="South").status == 200
    assert api.request("DELETE", field, headers={"If-Match": tag}).status == 412
    now = api.get(field).headers["ETag"]
    assert api.request("DELETE", field, headers={"If-Match": now}).status == 200
    assert edit(api, field, now, name="East").status == 404


def test_of_two_editors_with_one_etag_one_wins(api: ApiClient, field: str) -> None:
    """Each of ten times, on PostgreSQL, with both requests under way at once."""
    start = Barrier(2)

    def change(name: str, tag: str) -> int:
        start.wait(10)
        return edit(api, field, tag, name=name).status

    with ThreadPoolExecutor(2) as editors:
        for turn in range(10):
            tag = api.get(field).headers["ETag"]
            results = [editors.submit(change, f"{who} {turn}", tag) for who in ("ada", "bob")]
            assert sorted(result.result() for result in results) == [200, 412]


def test_who_waits_for_the_other_sees_what_the_other_did(
    api: ApiClient, field: str, database_admin_url: str
) -> None:
    tag = api.get(field).headers["ETag"]
    key = field.rsplit("/", 1)[1]
    with ThreadPoolExecutor(1) as editor, psycopg.connect(database_admin_url) as other:
        other.execute("UPDATE tenant_default.core_asset SET name = 'East' WHERE id = %s", (key,))
        late = editor.submit(edit, api, field, tag, name="South")
        other.commit()
    assert late.result().status == 412


@pytest.fixture(params=["users", "roles", "tenants"])
def shared(
    request: pytest.FixtureRequest, api: ApiClient, database_admin_url: str
) -> tuple[str, list[dict[str, Any]]]:
    """Path of a record of the schema `platform`, and three changes of it."""
    if request.param == "roles":
        api.post("/api/v1/roles", {"name": "surveyor", "permissions": []})
        permissions = ("assets.read", "audit.read", "jobs.read")
        return "/api/v1/roles/surveyor", [{"permissions": [name]} for name in permissions]
    if request.param == "tenants":
        with psycopg.connect(database_admin_url) as connection:
            connection.execute('UPDATE platform."user" SET platform_admin = true')
        return "/api/v1/tenants/default", [{"title": title} for title in ("Acme", "Bolt", "Cable")]
    user = api.get("/api/v1/users", email="viewer@example.com").data[0]["id"]
    roles = ("operator", "engineer", "manager")
    return f"/api/v1/users/{user}", [{"roles": [role]} for role in roles]


def test_users_roles_and_tenants_are_edited_the_same_way(
    api: ApiClient, shared: tuple[str, list[dict[str, Any]]]
) -> None:
    path, changes = shared
    start = Barrier(2)

    def change(body: dict[str, Any], tag: str) -> int:
        start.wait(10)
        return edit(api, path, tag, **body).status

    first = api.get(path).headers["ETag"]
    assert api.request("GET", path, headers={"If-None-Match": first}).status == 304
    changed = edit(api, path, first, **changes[0])
    assert (changed.status, changed.headers["ETag"]) == (200, api.get(path).headers["ETag"])
    late = edit(api, path, first, **changes[1])
    assert (late.status, late.headers["ETag"]) == (412, changed.headers["ETag"])
    assert api.get(path).data == changed.data

    with ThreadPoolExecutor(2) as editors:
        for turn in range(5):
            tag = api.get(path).headers["ETag"]
            pair = [body for body in changes if not body.items() <= api.get(path).data.items()]
            results = [editors.submit(change, body, tag) for body in pair]
            assert sorted(result.result() for result in results) == [200, 412], turn

    if "tenants" not in path:
        assert api.request("DELETE", path, headers={"If-Match": first}).status == 412
        now = api.get(path).headers["ETag"]
        assert api.request("DELETE", path, headers={"If-Match": now}).status == 200


def test_openapi_says_so(api: ApiClient) -> None:
    paths = api.get("/api/v1/openapi.json").body["paths"]
    edited = [of for path, of in paths.items() if "patch" in of and path.endswith("{id}")]
    assert len(edited) >= 9
    for operations in edited:
        assert {"ETag"} == set(operations["get"]["responses"]["200"]["headers"])
        assert "304" in operations["get"]["responses"]
        for method in {"patch", "delete"} & set(operations):
            assert "412" in operations[method]["responses"]
            names = {parameter["name"] for parameter in operations[method]["parameters"]}
            assert "If-Match" in names
