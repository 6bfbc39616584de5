"""Many records in one request: all or nothing, or what is good; as JSON and as CSV."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from wellhead.testing import ApiClient, wait_until
from wellhead.testing.client import Answer

pytestmark = pytest.mark.one_app

PATH = "/api/v1/assets"
BULK = f"{PATH}/bulk"


def send_csv(api: ApiClient, path: str, text: str, **query: Any) -> Answer:
    return api.request("POST", path, query=query, headers={"Content-Type": "text/csv"}, text=text)


def names(api: ApiClient) -> list[str]:
    return [asset["name"] for asset in api.get(PATH).data]


GOOD = [{"kind": "field", "name": name} for name in "abc"]
MIXED = [
    {"kind": "field", "name": "a"},
    {"kind": "field", "naem": "b"},
    {"kind": "fild", "name": "c"},
    {"kind": "field", "name": "a"},
    "not an object",
]


def test_all_are_created(api: ApiClient, database_admin_url: str) -> None:
    answer = api.post(BULK, {"items": GOOD})
    assert answer.status == 200
    assert (answer.data["created"], answer.data["failed"]) == (3, 0)
    assert names(api) == ["a", "b", "c"]
    first = answer.data["rows"][0]
    assert api.get(f"{PATH}/{first['id']}").data["name"] == "a"
    with psycopg.connect(database_admin_url) as connection:
        audited = connection.execute(
            "SELECT count(*) FROM tenant_default.core_audit WHERE table_name = 'core_asset'"
        ).fetchone()
    assert audited == (3,)


def test_abort_names_every_row_and_creates_none(api: ApiClient) -> None:
    answer = api.post(BULK, {"items": MIXED})
    assert (answer.status, answer.error["code"]) == (422, "validation_failed")
    details = {detail["field"]: detail for detail in answer.error["details"]}
    assert {".".join(field.split(".")[:2]) for field in details} == {
        f"items.{row}" for row in (1, 2, 3, 4)
    }
    assert details["items.1.naem"]["remedy"] == 'Did you mean "name"?'
    assert details["items.2.kind"]["value"] == "fild"
    assert names(api) == []


def test_skip_creates_what_is_good(api: ApiClient) -> None:
    answer = api.post(BULK, {"items": MIXED, "on_error": "skip"})
    assert answer.status == 200
    assert [bool(row["errors"]) for row in answer.data["rows"]] == [False, True, True, True, True]
    assert [row["id"] is None for row in answer.data["rows"]] == [False, True, True, True, True]
    assert (answer.data["created"], answer.data["failed"]) == (1, 4)
    assert names(api) == ["a"]


def test_a_dry_run_stores_nothing(api: ApiClient) -> None:
    answer = api.post(BULK, {"items": GOOD, "dry_run": True})
    assert (answer.data["created"], answer.data["dry_run"]) == (3, True)
    assert {row["id"] for row in answer.data["rows"]} == {None}
    assert names(api) == []
    elsewhere = api.request("POST", BULK, json={"items": GOOD}, query={"dry_run": "true"})
    assert elsewhere.status == 422, "it would have been overlooked"


@pytest.mark.parametrize(
    "body", [{}, {"items": {}}, {"items": GOOD * 334}, {"items": [], "on_error": "x"}, []]
)
def test_a_body_that_cannot_be(shared_api: ApiClient, body: Any) -> None:
    assert shared_api.post(BULK, body).status == 422
    assert shared_api.as_role("viewer").post(BULK, {"items": []}).status == 403


def test_a_list_as_csv_is_edited_and_sent_back(api: ApiClient) -> None:
    top = api.post(PATH, {"kind": "field", "name": "North"}).data["id"]
    api.post(BULK, {"items": [{"kind": "pad", "name": n, "parent_id": top} for n in ("-1", "=2")]})
    text = api.get(PATH, format="csv", kind="pad").text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    edited = text.replace(",-1,", ",-10,").replace(",'=2,", ",'=20,")

    answer = send_csv(api, BULK, edited)

    assert answer.data["created"] == len(rows) == 2
    made = api.get(PATH, kind="pad").data
    assert {pad["name"] for pad in made} == {"-1", "=2", "-10", "=20"}
    assert {pad["parent_id"] for pad in made} == {top}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no header row"),
        ("kind,naem\r\nfield,x\r\n", 'Did you mean "name"?'),
        ("kind,name,kind\r\n", "is there twice"),
        ("kind,name\r\nfield\r\n", "1 cells, the header 2"),
        ('kind,name\r\n"field', "no CSV"),
        ("kind,name\r\nfield,a\x00b\r\n", "cannot be stored"),
    ],
)
def test_a_file_that_cannot_be(shared_api: ApiClient, text: str, said: str) -> None:
    answer = send_csv(shared_api, BULK, text)
    assert answer.status == 422
    assert said in answer.error["message"]


def test_two_who_wait_for_each_other(api: ApiClient, database_admin_url: str) -> None:
    add = "INSERT INTO tenant_default.core_asset (kind, name) VALUES ('field', %s)"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_admin_url) as other:
        other.execute("SET deadlock_timeout = '60s'")  # so that the request is who gives way
        other.execute(add, ("b",))
        answer = pool.submit(api.post, BULK, {"items": GOOD})
        wait_until(lambda: _somebody_waits(database_admin_url))
        other.execute(add, ("a",))
    assert (answer.result().status, answer.result().error["code"]) == (409, "conflict")
    assert "Send it again" in answer.result().error["message"]


def _somebody_waits(database_admin_url: str) -> bool:
    with psycopg.connect(database_admin_url) as connection:
        waits = (
            "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'transactionid' AND NOT granted AND datname = current_database()"
        )
        return connection.execute(waits).fetchone() is not None
