"""Reservoirs and the wells that are open in them."""

import datetime as dt

import pytest

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_reservoir.models import Reservoir
from wellhead_reservoir.reservoirs import wells_of

from .conftest import RESERVOIRS, Field


def test_a_reservoir_keeps_what_was_entered(field: Field) -> None:
    made = field.add(
        "",
        name="Frio B",
        formation="Frio",
        fluid="black oil",
        drive="water",
        depth_unit="ft",
        datum_depth=8_200,
        initial_pressure={"value": 3_800, "unit": "psia"},
        temperature={"value": 210, "unit": "degF"},
    )
    path = f"{RESERVOIRS}/{made['id']}"
    assert field.api.get(path).data["initial_pressure"] == {"value": 3_800, "unit": "psia"}
    metric = field.api.get(path, units="metric").data
    assert metric["datum_depth"] == pytest.approx(2_499.36)
    assert metric["depth_unit"] == "m"
    assert metric["initial_pressure"]["value"] == pytest.approx(262.0, abs=0.01)
    assert metric["temperature"]["value"] == pytest.approx(98.889, abs=0.001)
    listed = field.api.get(RESERVOIRS, formation="Frio").data
    assert [row["name"] for row in listed] == ["Frio B"]


def test_a_reservoir_that_cannot_be_is_explained(field: Field) -> None:
    body = {"name": field.reservoir["name"]}
    taken = field.api.post(RESERVOIRS, body)
    assert (taken.status, taken.error["details"][0]["field"]) == (409, "name")
    for wrong, name in (
        ({"datum_depth": 2_000}, "depth_unit"),
        ({"asset_id": "00000000-0000-0000-0000-000000000007"}, "asset_id"),
        ({"initial_pressure": {"value": 300, "unit": "barg"}}, "initial_pressure.unit"),
    ):
        refused = field.api.post(RESERVOIRS, {"name": "Other"} | wrong)
        assert (refused.status, refused.error["details"][0]["field"]) == (422, name)


def test_wells_are_open_on_the_days_that_are_said(field: Field) -> None:
    well = field.api.post("/api/v1/wells", {"name": f"R-{field.number}"}).data["id"]
    first = field.put("/open-wells", well_id=well, since="2024-01-01", until="2024-06-01")
    assert "on some of these days" in field.refused("/open-wells", "since", well_id=well)
    again = field.put("/open-wells", well_id=well, since="2024-06-01")
    refused = field.api.patch(f"{RESERVOIRS}/open-wells/{again['id']}", {"since": "2024-05-31"})
    assert refused.status == 409
    message = field.refused(
        "/open-wells", "until", well_id=well, since="2020-02-01", until="2020-01-01"
    )
    assert "is not after since" in message
    moved = field.api.patch(
        f"{RESERVOIRS}/open-wells/{first['id']}", {"well_id": field.reservoir["id"]}
    )
    assert moved.error["details"][0]["field"] == "well_id"
    assert len(field.api.get(f"{RESERVOIRS}/open-wells", well_id=well).data) == 2


def test_wells_of_a_day_are_known_to_other_plugins(field: Field, shared_api: ApiClient) -> None:
    keys = [
        shared_api.post("/api/v1/wells", {"name": f"R-{field.number} {name}"}).data["id"]
        for name in "AB"
    ]
    field.put("/open-wells", well_id=keys[0], until="2024-06-01")
    field.put("/open-wells", well_id=keys[1], since="2024-06-01")
    with shared_api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        reservoir = sdk.db.session.get(Reservoir, field.reservoir["id"])
        assert reservoir is not None
        assert {str(key) for key in wells_of(reservoir)} == set(keys)
        found = [wells_of(reservoir, dt.date(2024, month, 1)) for month in (5, 6)]
    assert [[str(key) for key in day] for day in found] == [[keys[0]], [keys[1]]]
