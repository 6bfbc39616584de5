"""What a run measures now, whoever knows it, and what is calculated from that."""

import uuid
from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.urls import database_urls
from wellhead.plugins.loader import GROUP, load_plugins
from wellhead.runtime import Runtime
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import create_survey, make_definitive

from .conftest import DRILLING, Site, inches

RIG = """
from wellhead.plugins.contributions import CurrentValue

TIME = 1_750_000_000_000_000
VALUES = {
    1: ("WOB", "klbf", 35.0, 192, TIME),
    2: ("RPM", "rpm", 120.0, 192, TIME - 5_000_000),
    3: ("TQ", "ft*lbf", 4_500.0, 192, TIME),
    4: ("ROP", "ft/h", 50.0, 64, TIME),
    5: ("BIT", "ft", 10_000.0, 192, TIME),
    6: ("TVD", "ft", 10_000.0, 192, TIME),
    7: ("MW", None, 10.0, 192, TIME),
    8: ("LOSS", "psig", 200.0, 192, TIME),
    9: ("PWD", "psi", None, 0, None),
}

@hookimpl
def current_values(assets):
    return [
        CurrentValue(tag, name, assets[0], unit, value, quality, time)
        for tag, (name, unit, value, quality, time) in VALUES.items()
    ]
"""
ROLES = (
    "weight_on_bit",
    "rotary_speed",
    "torque",
    "rate_of_penetration",
    "bit_depth",
    "tvd",
    "mud_density_in",
    "annular_pressure_loss",
    "annular_pressure",
)


@pytest.fixture
def rig_app(settings: sdk.Settings, workshop: PluginWorkshop) -> Iterator[Flask]:
    """An app of wells, drilling and a plugin that knows a rig's tags, and no historian."""
    workshop.plugin("rigfloor", RIG, distribution="rigfloor")
    installed = [one for one in entry_points(group=GROUP) if one.name in ("wells", "drilling")]
    plugins = load_plugins(settings, [*installed, *workshop.entry_points()])
    app = create_app(Runtime(settings, plugins, database_urls(settings)))
    yield app
    with app.app_context():
        sdk.db.engine.dispose()


@pytest.fixture
def rig_api(rig_app: Flask) -> ApiClient:
    return ApiClient(rig_app).as_role("admin")


def test_a_run_shows_its_channels_and_what_follows_from_them(rig_api: ApiClient) -> None:
    api, site = rig_api, Site(rig_api)
    run = site.put("runs", number=1, rig_id=site.rig["id"], time_in="2025-06-15T00:00:00Z")
    path = f"{DRILLING}/runs/{run['id']}"
    site.add("bit-records", run_id=run["id"], size=inches(8.5))
    channels = [
        {"role": role, "tag": tag, "asset_id": site.rig["asset_id"]}
        for tag, role in enumerate(ROLES[:-1], start=1)
    ]
    channels[6] |= {"unit": "ppg"}
    assert api.patch(path, {"channels": channels}).status == 200
    answer = api.get(f"{path}/live")
    assert answer.meta == {"answered_by": ["rigfloor"]}
    shown = {row["role"]: row for row in answer.data["channels"]}
    assert shown["weight_on_bit"]["value"] == 35
    assert shown["mud_density_in"]["unit"] == "ppg"
    assert shown["torque"]["history_from"] == "2025-06-15T00:00:00Z"
    found = {row["name"]: row for row in answer.data["calculated"]}
    mse = found["mse"]
    assert (mse["value"], mse["unit"]) == (pytest.approx(72_368, abs=0.5), "psi")
    assert (mse["quality"], mse["time"]) == (64, "2025-06-15T15:06:35Z")  # ROP's, and RPM's
    assert "bit 8.5 in" in mse["inputs"]
    assert found["hydrostatic"]["value"] == pytest.approx(5_200)
    assert (found["ecd"]["value"], found["ecd"]["unit"]) == (pytest.approx(10.385, abs=5e-4), "ppg")
    metric = api.get(f"{path}/live", units="metric").data["calculated"][0]
    assert (metric["value"], metric["unit"]) == (pytest.approx(4_989.6, abs=0.1), "bar")

    kept = site.add("run-results", run_id=run["id"], calculation="mse", remark="at 10,000 ft")
    assert (kept["version"], kept["created_by"]) == (1, "admin@example.com")
    assert kept["inputs"]["torque"] == {"value": 4_500, "unit": "ft*lbf"}
    assert kept["results"][0]["value"] == pytest.approx(mse["value"])
    again = site.add(
        "run-results",
        run_id=run["id"],
        calculation="mse",
        inputs=kept["inputs"] | {"rotary_speed": 60, "units": "metric"},
    )
    assert (again["version"], again["results"][0]["unit"]) == (2, "bar")
    listed = api.get(f"{DRILLING}/run-results", run_id=run["id"], calculation="mse").data
    assert listed == [kept, again]
    for body, field in (
        ({"calculation": "annulus"}, "inputs"),
        ({"calculation": "mse", "inputs": {"torque": 1}}, "inputs.torque"),
    ):
        refused = api.post(f"{DRILLING}/run-results", {"run_id": run["id"]} | body)
        assert field in {detail["field"] for detail in refused.error["details"]}
    assert api.patch(f"{DRILLING}/run-results/{kept['id']}", {}).status == 405

    pressure = {"role": "annular_pressure", "tag": 9}
    assert api.patch(path, {"channels": [*channels, pressure]}).status == 200
    ecd = api.get(f"{path}/live").data["calculated"][2]
    assert (ecd["value"], ecd["quality"]) == (None, 0)
    assert "annular_pressure has no value now" in ecd["reason"]
    for field, wrong in (
        ("channels.0.tag", {"role": "torque", "tag": 77}),
        ("channels.0.tag", {"role": "torque", "tag": 1}),
        ("channels.0.unit", {"role": "torque", "tag": 3, "unit": "psi"}),
        ("channels.0.role", {"role": "smell", "tag": 3}),
    ):
        refused = api.patch(path, {"channels": [wrong]})
        assert refused.error["details"][0]["field"] == field


def test_depths_come_from_the_survey_and_mud_from_its_report(
    rig_app: Flask, rig_api: ApiClient
) -> None:
    """Without channels for them; the bit is 48 m below the last station, at 60 degrees."""
    api, site = rig_api, Site(rig_api)
    run = site.put(
        "runs",
        number=1,
        channels=[
            {"role": "bit_depth", "tag": 5},
            {"role": "weight_on_bit", "tag": 1},
        ],
    )
    live = f"{DRILLING}/runs/{run['id']}/live"
    reasons = [row["reason"] for row in api.get(live).data["calculated"]]
    assert "neither a bit record nor a hole section" in reasons[0]
    assert "no mud report" in reasons[1]
    assert "annular_pressure_loss" in reasons[2]
    site.put(
        "mud-reports",
        reported_at="2025-06-15T00:00:00Z",
        density={"value": 10, "unit": "ppg"},
    )
    stations = {"md": [0, 3_000], "inclination": [0, 60], "azimuth": [0, 0]}
    header = {"name": "MWD", "kind": "mwd", "azimuth_reference": "grid"}
    with rig_app.app_context(), sdk.tenant("default"):
        bore = sdk.db.session.get_one(Wellbore, uuid.UUID(site.bore["id"]))
        make_definitive(create_survey(bore, header | {"stations": stations}), "the only one")
        sdk.db.session.commit()
    hydrostatic = api.get(live).data["calculated"][1]
    assert "survey continued straight for 48.0 m" in hydrostatic["inputs"]
    tvd_ft = (3_000 * 3**0.5 / 2 / (3.14159265 / 3) + 48 / 2) / 0.3048
    assert hydrostatic["value"] == pytest.approx(0.52 * tvd_ft, rel=1e-6)
