"""The HTTP kit on a core resource: envelope, paging, sorting, filtering, errors, OpenAPI."""

import uuid
from typing import Any

import pytest

from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app


def make(api: ApiClient, name: str, kind: str = "field", parent: str | None = None) -> str:
    answer = api.post("/api/v1/assets", {"kind": kind, "name": name, "parent_id": parent})
    assert answer.status == 201, answer.body
    identifier: str = answer.data["id"]
    return identifier


def test_a_record_is_made_read_changed_and_deleted(api: ApiClient) -> None:
    field = make(api, "North")
    path = f"/api/v1/assets/{field}"
    assert api.get(path).data["name"] == "North"
    assert api.patch(path, {"name": "South"}).data["name"] == "South"
    assert api.delete(path).status == 200
    answer = api.get(path)
    assert (answer.status, answer.error["code"]) == (404, "not_found")
    assert field in answer.error["message"]


def test_lists_page_sort_and_filter(api: ApiClient) -> None:
    for name in "cab":
        make(api, name)
    make(api, "pad", "pad")
    answer = api.get("/api/v1/assets", kind="field", per_page=2)
    assert [asset["name"] for asset in answer.data] == ["a", "b"]
    assert answer.meta == {"total": 3, "page": 1, "per_page": 2}
    assert [
        a["name"] for a in api.get("/api/v1/assets", kind="field", per_page=2, page=2).data
    ] == ["c"]
    down = api.get("/api/v1/assets", kind="field", sort="name", order="desc")
    assert [a["name"] for a in down.data] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"knid": "field"}, "knid", 'Did you mean "kind"?'),
        ({"sort": "nmae"}, "sort", 'Did you mean "name"?'),
        ({"order": "up"}, "order", "asc or desc"),
        ({"page": "0"}, "page", "from 1"),
        ({"per_page": "100000"}, "per_page", "to 1000"),
        ({"page": "99999999999999999999"}, "page", "whole number"),
        ({"parent_id": "x"}, "parent_id", "Not a valid UUID"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(
    shared_api: ApiClient, query: dict[str, str], field: str, said: str
) -> None:
    answer = shared_api.get("/api/v1/assets", **query)
    assert answer.status == 422
    assert answer.error["code"] == "validation_failed"
    assert said in answer.error["message"]
    detail = answer.error["details"][0]
    assert (detail["field"], detail["value"]) == (field, query[field])


def test_a_body_that_cannot_be_is_named(shared_api: ApiClient) -> None:
    answer = shared_api.post("/api/v1/assets", {"kind": "field", "naem": "x"})
    assert answer.status == 422
    details = {detail["field"]: detail for detail in answer.error["details"]}
    assert "Missing data" in details["name"]["message"]
    assert details["naem"]["remedy"] == 'Did you mean "name"?'
    assert details["naem"]["value"] == "x"


def test_a_rule_of_the_domain_is_answered_with_its_remedy(api: ApiClient) -> None:
    answer = api.post("/api/v1/assets", {"kind": "fild", "name": "x"})
    assert answer.status == 422
    assert answer.error["details"] == [
        {
            "field": "kind",
            "value": "fild",
            "message": "unknown kind of asset",
            "remedy": 'Did you mean "field"?',
        }
    ]


def test_conflicts_name_the_value(api: ApiClient) -> None:
    field = make(api, "North")
    again = api.post("/api/v1/assets", {"kind": "field", "name": "North"})
    assert (again.status, again.error["code"]) == (409, "conflict")
    assert "North" in again.error["message"]
    assert "Key (" not in str(again.error), "the database's words"
    make(api, "P1", "pad", field)
    used = api.delete(f"/api/v1/assets/{field}")
    assert (used.status, used.error["code"]) == (409, "conflict")
    assert used.error["message"] == "Other records refer to it: asset 'P1'"
    [detail] = used.error["details"]
    assert (detail["field"], detail["value"]) == ("id", field)
    assert detail["message"] == "asset 'P1' refers to it"
    assert detail["remedy"] == (
        "Delete that first, or have it name another; GET /api/v1/assets lists assets"
    )


def test_a_tree_has_no_circle(api: ApiClient) -> None:
    top = make(api, "top", "equipment")
    below = make(api, "below", "equipment", top)
    answer = api.patch(f"/api/v1/assets/{top}", {"parent_id": below})
    assert answer.status == 422
    assert "under itself" in answer.error["message"]


def test_an_asset_stays_what_it_is(api: ApiClient) -> None:
    path = f"/api/v1/assets/{make(api, 'North')}"
    answer = api.patch(path, {"kind": "pad"})
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "kind")
    assert api.patch(path, {"kind": "field", "name": "South"}).status == 200


def test_times_are_utc_with_z(api: ApiClient) -> None:
    field = api.get(f"/api/v1/assets/{make(api, 'North')}").data
    assert field["created_at"].endswith("Z")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_postgresql_cannot_hold_is_refused(shared_api: ApiClient, text: str) -> None:
    answer = shared_api.post("/api/v1/assets", {"kind": "field", "name": text})
    assert answer.status == 422, answer.body


def test_malformed_json_is_said_to_be(shared_api: ApiClient) -> None:
    response = shared_api.app.test_client().post(
        "/api/v1/assets",
        data="{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {shared_api.token}"},
    )
    assert response.status_code == 400
    body: Any = response.json
    assert body["error"]["code"] == "malformed_json"


def test_a_body_that_is_not_sent_as_json_is_said_to_be(shared_api: ApiClient) -> None:
    """What `curl -d` sends without the header."""
    response = shared_api.app.test_client().post(
        "/api/v1/assets",
        data='{"kind": "field", "name": "North"}',
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {shared_api.token}"},
    )
    assert response.status_code == 415
    body: Any = response.json
    assert body["error"]["code"] == "unsupported_media_type"
    assert "application/json" in body["error"]["details"][0]["remedy"]


def test_what_is_not_there_and_what_is_not_allowed(shared_api: ApiClient) -> None:
    nothing = shared_api.get("/api/v1/nothing")
    assert (nothing.status, nothing.error["code"]) == (404, "not_found")
    method = shared_api.delete("/api/v1/plugins")
    assert (method.status, method.error["code"]) == (405, "method_not_allowed")
    assert "GET" in method.headers["Allow"]


def test_access(shared_api: ApiClient) -> None:
    anonymous = shared_api.anonymous().get("/api/v1/assets")
    assert (anonymous.status, anonymous.error["code"]) == (401, "token_missing")
    viewer = shared_api.as_role("viewer")
    assert viewer.get("/api/v1/assets").status == 200
    refused = viewer.post("/api/v1/assets", {"kind": "field", "name": "x"})
    assert (refused.status, refused.error["code"]) == (403, "permission_denied")
    assert "assets.edit" in refused.error["message"]


def test_every_answer_has_its_request_id(shared_api: ApiClient) -> None:
    given = shared_api.request("GET", "/health/live", headers={"X-Request-ID": "abc-1"})
    assert given.headers["X-Request-ID"] == "abc-1"
    made = shared_api.request("GET", "/health/live", headers={"X-Request-ID": "no spaces\tor tabs"})
    uuid.UUID(made.headers["X-Request-ID"])


def test_health(shared_api: ApiClient) -> None:
    assert shared_api.anonymous().get("/health/live").data == {"status": "alive"}
    assert shared_api.anonymous().get("/health/ready").data == {"status": "ready"}
    assert shared_api.anonymous().get("/api/v1/health").status == 401
    assert {
        "part": "database",
        "ok": True,
        "detail": "answers",
        "required": True,
    } in shared_api.get("/api/v1/health").data


def test_a_disk_that_gets_full_is_on_the_health_page(
    shared_api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk() -> dict[str, Any]:
        [found] = [p for p in shared_api.get("/api/v1/health").data if p["part"] == "disk"]
        return dict(found)

    assert "GiB free at" in disk()["detail"]
    assert not disk()["required"], "requests are served on a full one, too"
    monkeypatch.setattr("wellhead.disk._LEAST_FREE_BYTES", 1 << 60)
    assert not disk()["ok"]


def test_plugins_are_listed_with_why(shared_api: ApiClient) -> None:
    listed = {plugin["name"]: plugin for plugin in shared_api.get("/api/v1/plugins").data}
    assert listed["historian"]["status"] == "enabled"
    assert listed["historian"]["distribution"] == "wellhead"
