"""The plugin itself: its hooks, its configuration, its page of documentation, its API document."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Flask

from wellhead import sdk
from wellhead.database.branches import tenant_branches
from wellhead.database.migrate import Migrator
from wellhead.runtime import Runtime
from wellhead.testing import ApiClient
from wellhead_wells import plugin
from wellhead_wells.service import create_well

FOLDER = Path(str(files("wellhead_wells")))
WELLS = "/api/v1/wells"
MakeApp = Callable[..., Flask]


def sample() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((FOLDER / "sample.toml").read_text(encoding="utf-8"))
    return found


def test_the_sample_is_a_configuration_that_works(make_app: MakeApp) -> None:
    app = make_app("wells", config=sample()["plugins"])
    record = sdk.runtime_of(app).plugins.records["wells"]
    assert (record.status, record.reason) == (sdk.Status.ENABLED, "")
    assert record.config == {"default_country": "US"}
    api = ApiClient(app).as_role("admin")
    assert api.post(WELLS, {"name": "W-1"}).data["country"] == "US"
    assert api.post(WELLS, {"name": "W-2", "country": "NO"}).data["country"] == "NO"
    assert api.post(WELLS, {"name": "W-3", "country": None}).data["country"] is None


def test_a_bad_configuration_is_explained(make_app: MakeApp) -> None:
    for section, expected in (
        ({"default_country": "USA"}, "ISO 3166-1"),
        ({"default_contry": "US"}, "default_country"),
    ):
        app = make_app("wells", config={"wells": section})
        record = sdk.runtime_of(app).plugins.records["wells"]
        assert record.status is sdk.Status.CONFIG_ERROR
        assert expected in record.reason


def test_the_readme_shows_the_sample_as_it_is() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert (FOLDER / "sample.toml").read_text(encoding="utf-8") in readme


def test_every_table_has_its_model_and_its_prefix() -> None:
    tables = {model.__tablename__ for model in plugin.models()}
    assert len(tables) == len(plugin.models()) > 8
    assert all(table.startswith("wells_") for table in tables)


def test_the_tables_go_and_come_back(app: Flask, runtime: Runtime) -> None:
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    records = runtime.plugins.records
    with app.app_context():
        branches = tenant_branches(runtime.plugins)
    for branch in reversed(branches):
        record = records.get(branch.name)
        if record is not None and record.info is not None and "wells" in record.info.requires:
            migrator.downgrade(branch.name, "base", "default")
    migrator.downgrade("wells", "base", "default")
    migrator.upgrade()
    api = ApiClient(app).as_role("admin")
    assert api.post(WELLS, {"name": "W-1"}).status == 201


def test_other_plugins_create_wells_in_their_own_transaction(app: Flask) -> None:
    with app.app_context(), sdk.tenant("default"):
        field = sdk.Asset(kind="field", name="Wasson")
        sdk.db.session.add(field)
        sdk.db.session.flush()
        well = create_well(
            {"name": "W-1", "status": "active -- producing", "parent_asset_id": field.id}
        )
        assert (well.name, well.parent_asset_id) == ("W-1", field.id)
        assert sdk.db.session.get(sdk.Asset, well.asset_id) is not None
        sdk.db.session.rollback()
    assert ApiClient(app).as_role("admin").get(WELLS).data == []


def test_the_api_document_names_operations_and_units(app: Flask) -> None:
    document = ApiClient(app).get("/api/v1/openapi.json").body
    operations = {
        operation["operationId"]
        for path, item in document["paths"].items()
        if path.startswith(WELLS)
        for operation in item.values()
        if isinstance(operation, dict)
    }
    assert operations >= {
        "listWells",
        "createWell",
        "createWells",
        "getWell",
        "updateWell",
        "deleteWell",
        "listWellbores",
        "createWellbore",
        "getWellbore",
        "updateWellbore",
        "deleteWellbore",
        "listWellStatusChanges",
        "changeWellStatus",
        "getWellLive",
        "getWellMap",
        "convertWellDepths",
        "createWellbores",
        "listSurveys",
        "createSurvey",
        "importSurvey",
        "getSurvey",
        "makeSurveyDefinitive",
        "getWellborePath",
        "plotWellborePlan",
        "plotWellboreSection",
    }
    schemas = document["components"]["schemas"]
    for schema, words in (
        ("Well", {"latitude": "WGS84", "ground_elevation": "in elevation_unit"}),
        ("Wellbore", {"md": "in depth_unit", "kickoff_md": "in depth_unit", "tvd": "depth_datum"}),
        ("Datum", {"elevation": "in unit", "unit": "m or ft"}),
    ):
        for name, word in words.items():
            assert word in schemas[schema]["properties"][name]["description"]
