"""Tags and readings for users who are limited to assets."""

import uuid

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian.api import create_source, create_tag
from wellhead_historian.store.choice import make_writer
from wellhead_historian.testing import BASE, FAR, scan

pytestmark = pytest.mark.one_app

TAGS = "/api/v1/tags"
FIRST = "2025-06-15T15:06:40Z"  # BASE


@pytest.fixture
def assets(api: ApiClient) -> dict[str, str]:
    """Ids of the pads `mine` and `theirs`."""
    return {
        name: api.post("/api/v1/assets", {"kind": "pad", "name": name}).data["id"]
        for name in ("mine", "theirs")
    }


@pytest.fixture
def tags(app: Flask, settings: sdk.Settings, assets: dict[str, str]) -> dict[str, int]:
    """A tag of each pad and one of no asset, each with a reading; ids by name."""
    with app.app_context(), sdk.tenant("default"):
        made = {
            name: create_tag(
                name=name,
                datatype="float64",
                asset_id=uuid.UUID(assets[name]) if name in assets else None,
            ).id
            for name in ("mine", "theirs", "none")
        }
        source = create_source("s")
        sdk.db.session.commit()
    with sdk.connect(settings, "default") as connection:
        ids = np.array(sorted(made.values()), np.int32)
        make_writer(connection).write([scan(source, BASE, ids)], FAR)
        connection.commit()
    return made


def test_only_tags_in_sight_are_there(
    api: ApiClient, assets: dict[str, str], tags: dict[str, int]
) -> None:
    pad = api.limited(assets["mine"])
    answer = pad.get(TAGS)
    assert ([tag["name"] for tag in answer.data], answer.meta["total"]) == (["mine"], 1)
    assert pad.get(TAGS, asset_id=assets["theirs"]).data == []
    assert pad.get(TAGS, name="theirs").data == []
    for inside in ("", "/latest", f"/readings?from={FIRST}"):
        assert pad.get(f"{TAGS}/{tags['mine']}{inside}").status == 200
        for hidden in ("theirs", "none"):
            assert pad.get(f"{TAGS}/{tags[hidden]}{inside}").status == 404
    ids = ",".join(str(tag) for tag in [*tags.values(), 2_000_000_000])
    assert api.get(f"{TAGS}/latest", ids=ids).data["tag"] == sorted(tags.values())
    assert pad.get(f"{TAGS}/latest", ids=ids).data["tag"] == [tags["mine"]]
    assert pad.get(f"{TAGS}/latest", ids=ids).meta["count"] == 1
    assert api.limited(role="manager").get(f"{TAGS}/latest", ids=ids).data["tag"] == []


def test_no_tag_is_moved_out_of_sight(
    api: ApiClient, assets: dict[str, str], tags: dict[str, int]
) -> None:
    pad = api.limited(assets["mine"], role="engineer")
    mine = f"{TAGS}/{tags['mine']}"
    nowhere = str(uuid.uuid4())
    hidden, nothing = (
        pad.patch(mine, {"asset_id": place}) for place in (assets["theirs"], nowhere)
    )
    assert (hidden.status, nothing.status) == (422, 422)
    assert hidden.error["details"][0]["message"] == nothing.error["details"][0]["message"]
    assert pad.patch(mine, {"asset_id": None}).status == 422
    assert pad.patch(f"{TAGS}/{tags['theirs']}", {"description": "x"}).status == 404
    assert pad.patch(mine, {"description": "x", "asset_id": assets["mine"]}).status == 200
    assert api.patch(mine, {"asset_id": assets["theirs"]}).status == 200
    assert pad.get(mine).status == 404


def test_the_sight_of_a_tag_follows_its_asset(
    api: ApiClient, assets: dict[str, str], tags: dict[str, int]
) -> None:
    pad = api.limited(assets["mine"])
    body = {"kind": "field", "name": "North"}
    field = api.post("/api/v1/assets", body).data["id"]
    assert api.patch(f"{TAGS}/{tags['none']}", {"asset_id": field}).status == 200
    assert pad.get(f"{TAGS}/{tags['none']}").status == 404
    assert api.limited(field).get(f"{TAGS}/{tags['none']}").status == 200
