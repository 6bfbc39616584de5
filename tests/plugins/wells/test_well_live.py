"""What a well measures now: values of its asset and of those beneath it, whoever knows them."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop
from wellhead_historian.store.hot import HotStore
from wellhead_historian.testing import BASE, FAR, batch_of, make_source, make_tags

WELLS = "/api/v1/wells"
MakeApp = Callable[..., Flask]

METER = """
from wellhead.plugins.contributions import CurrentValue

@hookimpl
def current_values(assets):
    # a good value, one before its first reading, and what no JSON number can say
    return [
        CurrentValue(7, "flow", assets[0], "m3/d", 12.5, 192, 1_750_000_000_123_456),
        CurrentValue(8, "level", assets[0], "m", None, 0, None, "no reading yet"),
        CurrentValue(9, "noise", assets[0], None, float("nan"), 24, 0, "device pump-1: timeout"),
    ]
"""


def test_values_carry_unit_quality_time_and_reason(
    make_app: MakeApp, workshop: PluginWorkshop
) -> None:
    workshop.plugin("meter", METER, distribution="metering")
    api = ApiClient(make_app("wells")).as_role("admin")
    well = api.post(WELLS, {"name": "W-1"}).data
    answer = api.get(f"{WELLS}/{well['id']}/live")
    asset = {"id": well["asset_id"], "kind": "well", "name": "W-1"}
    assert answer.data == [
        {
            "tag": 7,
            "name": "flow",
            "asset": asset,
            "value": 12.5,
            "text": None,
            "state": None,
            "unit": "m3/d",
            "quantity": None,
            "quality": 192,
            "quality_name": "good",
            "time": "2025-06-15T15:06:40.123456Z",
            "reason": None,
        },
        {
            "tag": 8,
            "name": "level",
            "asset": asset,
            "value": None,
            "text": None,
            "state": None,
            "unit": "m",
            "quantity": None,
            "quality": 0,
            "quality_name": "bad",
            "time": None,
            "reason": "no reading yet",
        },
        {
            "tag": 9,
            "name": "noise",
            "asset": asset,
            "value": None,
            "text": None,
            "state": None,
            "unit": None,
            "quantity": None,
            "quality": 24,
            "quality_name": "bad: communication failure",
            "time": "1970-01-01T00:00:00Z",
            "reason": "device pump-1: timeout",
        },
    ]
    assert answer.meta == {"total": 3, "answered_by": ["meter"]}


def test_without_a_plugin_that_knows_values_the_answer_says_which_is_off(make_app: MakeApp) -> None:
    app = make_app("wells", "historian", config={"historian": {"enabled": False}})
    api = ApiClient(app).as_role("admin")
    well = api.post(WELLS, {"name": "W-1"}).data
    answer = api.get(f"{WELLS}/{well['id']}/live")
    assert answer.status == 200
    assert answer.data == []
    assert answer.meta == {
        "total": 0,
        "answered_by": [],
        "off": [
            {
                "plugin": "historian",
                "status": "disabled",
                "reason": "switched off by [plugins.historian] enabled = false",
            }
        ],
    }


def test_readings_of_the_historian_reach_the_well(
    app: Flask, api: ApiClient, settings: sdk.Settings
) -> None:
    well = api.post(WELLS, {"name": "W-1"}).data
    other = api.post(WELLS, {"name": "W-2"}).data
    bore = api.post(f"{WELLS}/{well['id']}/wellbores", {"name": "OH"}).data
    gauge = api.post(
        "/api/v1/assets", {"kind": "equipment", "name": "PDG", "parent_id": bore["asset_id"]}
    ).data
    with sdk.connect(settings, "default") as connection:
        tags = make_tags(connection, 3).tolist()
        source = make_source(connection)
        places = (well["asset_id"], gauge["id"], other["asset_id"])
        with connection.transaction():
            for tag, asset in zip(tags, places, strict=True):
                connection.execute(
                    "UPDATE historian_tag SET asset_id = %s, unit = 'bar' WHERE id = %s",
                    (asset, tag),
                )
            rows = [(tag, BASE, 10.0 + tag, 192) for tag in tags]
            HotStore(connection).write([batch_of(source, rows)], FAR)
    live = api.get(f"{WELLS}/{well['id']}/live")
    found: list[tuple[Any, ...]] = [
        (row["tag"], row["asset"]["name"], row["value"], row["unit"], row["quality_name"])
        for row in live.data
    ]
    assert found == [
        (tags[0], "W-1", 10.0 + tags[0], "bar", "good"),
        (tags[1], "PDG", 10.0 + tags[1], "bar", "good"),
    ]
    assert live.meta["answered_by"] == ["historian"]
    refused = api.delete(f"{WELLS}/{other['id']}")
    assert refused.status == 409
    assert "tag 'T3'" in refused.error["message"]
    assert api.get(f"{WELLS}/{other['id']}").status == 200
