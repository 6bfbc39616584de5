"""Lists as CSV: what a cell holds, and the whole list in memory that does not grow with it."""

import csv
import io
import tracemalloc
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from wellhead.http.csv_cells import cell_of, text_of
from wellhead.http.routes.assets import AssetSchema
from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app

PATH = "/api/v1/assets"
MANY = 20_000


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def fill(url: str, count: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO tenant_default.core_asset (kind, name)"
            " SELECT 'field', 'F ' || lpad(n::text, 6, '0') FROM generate_series(1, %s) AS n",
            (count,),
        )


def test_s15_no_cell_is_a_formula(api: ApiClient, database_admin_url: str) -> None:
    names = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "'=1", "-1.5", "plain", 'a "b", c']
    with psycopg.connect(database_admin_url) as connection:  # the API takes no tab in a name
        connection.cursor().executemany(
            "INSERT INTO tenant_default.core_asset (kind, name, created_at)"
            " VALUES ('field', %s, clock_timestamp())",
            [(name,) for name in names],
        )

    cells = [row["name"] for row in rows_of(api.get(PATH, format="csv", sort="created_at").text)]

    assert cells[:6] == ["'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", "'\rx"]
    assert cells[6:] == ["''=1", "-1.5", "plain", 'a "b", c']
    assert [text_of(cell) for cell in cells] == names
    assert (cell_of(-1.5), cell_of(-3), cell_of(1e-9)) == ("-1.5", "-3", "1e-09")


@given(st.text(st.sampled_from("'=+-@\t\r1.5e a")))
def test_a_cell_gives_its_text_back(text: str) -> None:
    assert text_of(cell_of(text)) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "true"), (["a", -1], '["a",-1]'), ({"k": None}, '{"k":null}')],
)
def test_what_is_no_text(value: Any, cell: str) -> None:
    assert cell_of(value) == cell


def test_a_list_as_a_file(api: ApiClient) -> None:
    for name in ("b", "a", "ø"):
        api.post(PATH, {"kind": "field", "name": name})
    api.post(PATH, {"kind": "pad", "name": "p"})

    answer = api.request("GET", PATH, query={"kind": "field"}, headers={"Accept": "text/csv"})

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="assets.csv"'
    assert answer.text.split("\r\n")[0] == "id,kind,name,parent_id,path,created_at,updated_at"
    assert answer.text.endswith("Z\r\n")
    shown = api.get(PATH, kind="field").data
    expected = [{k: "" if v is None else v for k, v in record.items()} for record in shown]
    assert rows_of(answer.text) == expected
    assert rows_of(api.get(PATH, format="csv", order="desc").text)[0]["name"] == "ø"
    one = api.get(PATH, format="csv", per_page=1, page=2, kind="field")
    assert [row["name"] for row in rows_of(one.text)] == ["b"]


def test_json_unless_csv_is_asked_for(api: ApiClient) -> None:
    for accept in (
        "*/*",
        "text/html, */*;q=0.8",
        "application/json, text/csv",
        "text/*;q=0.1, */*",
    ):
        assert api.request("GET", PATH, headers={"Accept": accept}).data == []
    over = {"Accept": "text/csv"}
    assert api.request("GET", PATH, query={"format": "json"}, headers=over).data == []
    wrong = api.get(PATH, format="xlsx")
    assert (wrong.status, wrong.error["details"][0]["remedy"]) == (422, "Use json or csv")
    assert api.get(PATH, format="csv", knid="x").status == 422
    assert api.as_role("viewer").get("/api/v1/audit", format="csv").status == 403


def test_twenty_thousand_records_in_little_memory(api: ApiClient, database_admin_url: str) -> None:
    fill(database_admin_url, MANY)
    api.get(PATH, format="csv", per_page=1)  # what is made once is made
    sent = Headers({"Authorization": f"Bearer {api.token}"})
    environ = EnvironBuilder(PATH, query_string="format=csv", headers=sent).get_environ()
    size = lines = 0
    tracemalloc.start()
    try:
        chunks, status, headers = run_wsgi_app(api.app, environ)
        for chunk in chunks:
            size += len(chunk)
            lines += chunk.count(b"\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (status, lines) == ("200 OK", MANY + 1)
    assert int(headers["Content-Length"]) == size > 2 << 20
    assert peak < 6 << 20, f"{peak} bytes of memory for {size} of CSV"


def test_a_file_shows_one_moment(
    api: ApiClient, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database_admin_url, 2_000)
    dump = AssetSchema.dump

    def interrupted(schema: AssetSchema, records: Any, **options: Any) -> Any:
        if records[0].name == "F 000001":
            with psycopg.connect(database_admin_url) as connection:
                connection.execute("DELETE FROM tenant_default.core_asset")
        return dump(schema, records, **options)

    monkeypatch.setattr(AssetSchema, "dump", interrupted)
    assert len(rows_of(api.get(PATH, format="csv").text)) == 2_000
    assert rows_of(api.get(PATH, format="csv").text) == []


def test_an_error_in_a_late_record_is_no_file(
    api: ApiClient, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database_admin_url, 1_000)
    dump = AssetSchema.dump

    def broken(schema: AssetSchema, records: Any, **options: Any) -> Any:
        if records[-1].name == "F 001000":
            raise RuntimeError("a value that cannot be shown")
        return dump(schema, records, **options)

    monkeypatch.setattr(AssetSchema, "dump", broken)
    answer = api.get(PATH, format="csv")
    assert (answer.status, answer.error["code"]) == (500, "internal_error")


def test_openapi_names_both_forms(api: ApiClient) -> None:
    paths = api.get("/api/v1/openapi.json").body["paths"]
    for path in (PATH, "/api/v1/audit", "/api/v1/wells/{well_id}/wellbores"):
        content = paths[path]["get"]["responses"]["200"]["content"]
        assert set(content) == {"application/json", "text/csv"}
