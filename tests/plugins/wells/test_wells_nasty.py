"""No input is answered with a server error, whatever stands in whichever field."""

from typing import Any

import pytest
from marshmallow import Schema

from wellhead.testing import ApiClient
from wellhead_wells.schemas import StatusChangeSchema, WellboreSchema, WellSchema

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"

NASTY: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1e308,
    "",
    " ",
    "NaN",
    "1e999",
    "a\u0000b",
    "\ud800",
    "\u202ereversed",
    "x" * 5000,
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01",
    "00000000-0000-0000-0000-000000000000",
    [],
    [[]],
    [None],
    {},
    {"kind": "npdid"},
    [{"kind": "npdid", "value": "0" * 70}],
    [{"kind": "other", "value": "ΐ" * 64}],
    [{"code": "KB", "elevation": "NaN", "unit": "m"}],
    [{"name": "\ud800"}],
]


def names(schema: Schema) -> list[str]:
    return [field.data_key or name for name, field in schema.fields.items()]


def test_no_body_is_a_server_error(api: ApiClient) -> None:
    well = api.post(WELLS, {"name": "W-1", "depth_datum": "KB"}).data
    path = f"{WELLS}/{well['id']}"
    bore = api.post(f"{path}/wellbores", {"name": "OH", "md": 100, "depth_unit": "m"}).data
    targets: list[tuple[str, str, Schema, dict[str, Any]]] = [
        ("POST", WELLS, WellSchema(), {"name": "W"}),
        ("PATCH", path, WellSchema(), {}),
        ("POST", f"{path}/wellbores", WellboreSchema(), {"name": "X"}),
        ("PATCH", f"{path}/wellbores/{bore['id']}", WellboreSchema(), {}),
        ("POST", f"{path}/status", StatusChangeSchema(), {"status": "drilling"}),
    ]
    for method, target, schema, base in targets:
        for body in NASTY:
            answer = api.request(method, target, json=body)
            assert answer.status < 500, (method, target, body, answer.body)
        half = NASTY[method == "PATCH" :: 2]  # the other half goes to the other method
        for name in names(schema):
            for value in half:
                answer = api.request(method, target, json=base | {name: value})
                assert answer.status < 500, (method, target, name, value, answer.body)
                assert answer.body is not None


def test_no_query_is_a_server_error(api: ApiClient) -> None:
    texts = [value for value in NASTY if isinstance(value, str) and value != "\ud800"]
    filters = ("name", "status", "spud_date", "asset_id", "latitude", "page", "per_page", "sort")
    for path, parameters in ((WELLS, filters), (f"{WELLS}/map", ("status", "field", "q"))):
        for name in parameters:
            for text in texts:
                answer = api.get(path, **{name: text})
                assert answer.status < 500, (path, name, text, answer.body)
