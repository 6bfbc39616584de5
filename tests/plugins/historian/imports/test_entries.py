"""Readings that people enter by hand: by whom, and into which tags."""

from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.client import Answer
from wellhead_historian import api as historian
from wellhead_historian.forwarding.session import store_readings
from wellhead_historian.testing import BASE, batch_of

pytestmark = pytest.mark.one_app

SPAN = {"from": "2025-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


@pytest.fixture
def operator(api: ApiClient) -> ApiClient:
    return api.as_role("operator")


@pytest.fixture
def gauge(api: ApiClient) -> int:
    """A tag that nothing measures."""
    made = {"name": "GAUGE", "unit": "bar", "description": "Read off the wellhead every morning"}
    return int(api.post("/api/v1/tags", made).data["id"])


@pytest.fixture
def measured(app: Flask) -> int:
    """A tag with one reading of a device."""
    with app.app_context(), sdk.tenant("default"):
        tag = historian.create_tag(name="MEASURED", datatype="float64", unit="bar").id
        store_readings([batch_of(historian.create_source("device"), [(tag, BASE, 1.0, 192)])])
        sdk.db.session.commit()
    return tag


def enter(api: ApiClient, key: str, tag: int | str, *values: float, **query: Any) -> Answer:
    """Enter values from BASE on, a second apart."""
    times = [BASE + 1_000_000 * place for place in range(len(values))]
    body = {"tag": tag, "t": times, "v": list(values)}
    asked = {"id": key, "time": "us", **query}
    return api.request("POST", "/api/v1/tags/imports", query=asked, json=body)


def values(api: ApiClient, tag: int) -> list[float]:
    found: list[float] = api.get(f"/api/v1/tags/{tag}/readings", **SPAN).data["v"]
    return found


def test_an_operator_enters_a_reading_once_and_corrects_it(
    api: ApiClient, operator: ApiClient, gauge: int
) -> None:
    for _ in range(2):  # the tap that was made twice
        assert enter(operator, "gauge-monday", gauge, 41.5).data["readings"] == 1
    assert values(operator, gauge) == [41.5]
    assert enter(operator, "gauge-monday-2", "GAUGE", 41.7).status == 200
    assert values(operator, gauge) == [41.7]
    audited = api.get("/api/v1/audit", table="historian_import").data
    assert [row["actor_email"] for row in audited] == ["operator@example.com"] * 2


def test_an_operator_enters_into_a_tag_whose_past_was_imported(
    api: ApiClient, operator: ApiClient, gauge: int
) -> None:
    assert enter(api.as_role("engineer"), "sheets-of-2024", gauge, 40.0, 40.5).status == 200
    assert enter(operator, "gauge-monday", gauge, 41.0).status == 200
    assert values(api, gauge) == [41.0, 40.5]


@pytest.mark.parametrize("named", ["MEASURED", None])
def test_an_operator_enters_nothing_beside_what_was_measured(
    api: ApiClient, operator: ApiClient, gauge: int, measured: int, named: str | None
) -> None:
    refused = enter(operator, "over", named or measured, 9.0)
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "row 0, tag")
    assert "historian.import" in refused.error["message"]
    assert "a tag of its own" in refused.error["message"]
    text = f"time,GAUGE,{named or measured}\n2026-01-01T00:00:00Z,41,9\n"
    header = {"Content-Type": "text/csv"}
    path = "/api/v1/tags/imports"
    wide = operator.request("POST", path, query={"id": "wide"}, headers=header, text=text)
    assert (wide.status, wide.error["details"][0]["value"]) == (422, named or str(measured))
    assert enter(operator, "dry", measured, 9.0, dry_run="true").data["wrong_rows"] == 1
    assert enter(operator, "skip", measured, 9.0, on_error="skip").data["readings"] == 0
    assert values(api, measured) == [1.0]
    assert enter(api.as_role("engineer"), "restated", measured, 9.0).status == 200
    assert enter(operator, "again", measured, 8.0).status == 422, "also where that is imported"
    assert values(api, measured) == [9.0]


def test_an_operator_of_one_field_enters_into_its_tags_only(api: ApiClient, gauge: int) -> None:
    fields = [
        api.post("/api/v1/assets", {"kind": "field", "name": name}).data["id"]
        for name in ("North", "South")
    ]
    for field, status in zip(fields, (200, 422), strict=True):
        api.patch(f"/api/v1/tags/{gauge}", {"asset_id": field})
        operator = api.limited(fields[0], role="operator")
        assert enter(operator, f"of-{status}", gauge, 41.0).status == status


def test_who_only_looks_enters_nothing_and_operators_see_no_list_of_imports(
    api: ApiClient, operator: ApiClient, gauge: int
) -> None:
    assert enter(api.as_role("viewer"), "x", gauge, 1.0).status == 403
    assert operator.get("/api/v1/tags/imports").status == 403
