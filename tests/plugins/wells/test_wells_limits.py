"""Wells for users who are limited to assets."""

import uuid
from typing import Any

import pytest

from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"
ASSETS = "/api/v1/assets"


class Field:
    """Two pads with a well each, W-1 with a wellbore. Records by name."""

    def __init__(self, api: ApiClient) -> None:
        self.field = api.post(ASSETS, {"kind": "field", "name": "North"}).data["id"]
        self.pads: dict[str, str] = {}
        self.wells: dict[str, Any] = {}
        for pad, well, number in (("P-1", "W-1", "7405"), ("P-2", "W-2", "7406")):
            body = {"kind": "pad", "name": pad, "parent_id": self.field}
            self.pads[pad] = api.post(ASSETS, body).data["id"]
            body = {
                "name": well,
                "parent_asset_id": self.pads[pad],
                "identifiers": [{"kind": "npdid", "value": number}],
                "latitude": 58.0,
                "longitude": 2.0,
            }
            self.wells[well] = api.post(WELLS, body).data
        self.bore = api.post(f"{self.path('W-1')}/wellbores", {"name": "OH"}).data

    def path(self, well: str) -> str:
        return f"{WELLS}/{self.wells[well]['id']}"


@pytest.fixture
def field(api: ApiClient) -> Field:
    return Field(api)


def test_only_the_wells_of_the_pad_are_there(api: ApiClient, field: Field) -> None:
    pad = api.limited(field.pads["P-1"], role="engineer")
    answer = pad.get(WELLS)
    assert ([well["name"] for well in answer.data], answer.meta["total"]) == (["W-1"], 1)
    features = pad.get(f"{WELLS}/map").data["features"]
    assert [feature["properties"]["name"] for feature in features] == ["W-1"]
    for inside in ("", "/wellbores", "/status", "/live", f"/wellbores/{field.bore['id']}"):
        assert pad.get(field.path("W-1") + inside).status == 200
    for outside in ("", "/wellbores", "/status", "/live"):
        assert pad.get(field.path("W-2") + outside).status == 404
    assert pad.patch(field.path("W-2"), {"operator": "X"}).status == 404
    assert pad.post(field.path("W-2") + "/status", {"status": "drilling"}).status == 404
    assert pad.post(field.path("W-2") + "/wellbores", {"name": "OH"}).status == 404
    assert pad.delete(field.path("W-2")).status == 404
    for hidden in (field.pads["P-2"], field.field):
        assert pad.get(WELLS, parent_asset_id=hidden).data == []
    assert pad.get(WELLS, asset_id=field.wells["W-2"]["asset_id"]).data == []


def test_no_well_is_made_or_moved_outside(api: ApiClient, field: Field) -> None:
    pad = api.limited(field.pads["P-1"], role="engineer")
    nowhere = str(uuid.uuid4())
    said = []
    for place in (field.pads["P-2"], nowhere):
        made = pad.post(WELLS, {"name": "W-2", "parent_asset_id": place})
        moved = pad.patch(field.path("W-1"), {"parent_asset_id": place})
        assert (made.status, moved.status) == (422, 422)
        said.append(made.error["message"].replace(place, ""))
    assert said[0] == said[1]
    # of a name at the top it is not told whether it is taken
    assert pad.post(WELLS, {"name": "W-2"}).status == 422
    assert pad.post(WELLS, {"name": "W-2", "parent_asset_id": None}).status == 422
    assert pad.patch(field.path("W-1"), {"parent_asset_id": None}).status == 422
    made = pad.post(WELLS, {"name": "W-2", "parent_asset_id": field.pads["P-1"]})
    assert made.status == 201
    assert pad.get(WELLS).meta["total"] == 2


def test_many_at_once_are_limited_like_one(api: ApiClient, field: Field) -> None:
    pad = api.limited(field.pads["P-1"], role="engineer")
    rows = [
        {"name": "W-3", "parent_asset_id": field.pads["P-1"]},
        {"name": "W-4", "parent_asset_id": field.pads["P-2"]},
        {"name": "W-2"},
    ]
    answer = pad.post(f"{WELLS}/bulk", {"items": rows, "on_error": "skip"})
    assert [bool(row["errors"]) for row in answer.data["rows"]] == [False, True, True]
    assert sorted(well["name"] for well in api.get(WELLS).data) == ["W-1", "W-2", "W-3"]


def test_who_sees_the_well_alone_is_not_told_where_it_is(api: ApiClient, field: Field) -> None:
    alone = api.limited(field.wells["W-1"]["asset_id"], role="engineer")
    assert alone.get(field.path("W-1")).data["parent_asset_id"] is None
    assert alone.get(WELLS, parent_asset_id=field.pads["P-1"]).data == []
    renamed = alone.patch(field.path("W-1"), {"name": "W-1A", "parent_asset_id": None})
    assert (renamed.status, renamed.data["name"]) == (200, "W-1A")
    assert api.get(field.path("W-1")).data["parent_asset_id"] == field.pads["P-1"]
    assert alone.patch(field.path("W-1"), {"parent_asset_id": field.pads["P-1"]}).status == 422


def test_a_number_taken_outside_names_no_well(api: ApiClient, field: Field) -> None:
    taken = {"identifiers": [{"kind": "npdid", "value": "7406"}]}
    assert "W-2" in api.patch(field.path("W-1"), taken).error["message"]
    hidden = api.limited(field.pads["P-1"], role="engineer").patch(field.path("W-1"), taken)
    assert hidden.status == 409
    assert "W-2" not in hidden.error["message"]


def test_the_tree_keeps_the_wells_rules(api: ApiClient, field: Field) -> None:
    """What a wellbore's node may not do, though it is an asset like others."""
    other = field.wells["W-2"]["asset_id"]
    for place in (other, None):
        moved = api.patch(f"{ASSETS}/{field.bore['asset_id']}", {"parent_id": place})
        assert (moved.status, moved.error["details"][0]["field"]) == (422, "parent_id")
    well = f"{ASSETS}/{field.wells['W-1']['asset_id']}"
    assert api.patch(well, {"parent_id": other}).status == 422
    assert api.delete(well).status == 409
    assert api.patch(well, {"parent_id": field.pads["P-2"]}).status == 200
    assert api.get(field.path("W-1")).data["parent_asset_id"] == field.pads["P-2"]


def test_a_move_of_a_well_makes_no_circle(api: ApiClient, field: Field) -> None:
    """A field may hang under equipment of the well that it would hold."""
    equipment = {"kind": "equipment", "name": "E", "parent_id": field.wells["W-1"]["asset_id"]}
    below = api.post(ASSETS, equipment).data["id"]
    inner = api.post(ASSETS, {"kind": "field", "name": "F", "parent_id": below}).data["id"]
    moved = api.patch(field.path("W-1"), {"parent_asset_id": inner})
    assert (moved.status, moved.error["details"][0]["field"]) == (422, "parent_asset_id")
