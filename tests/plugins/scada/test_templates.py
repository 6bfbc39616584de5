"""Device templates: what is listed, what is made of one, and what is refused with which reason."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop
from wellhead_scada.check.templates import template_rules
from wellhead_scada.templates.document import MOST_BYTES, read_template

TEMPLATES = "/api/v1/scada/templates"
TOTALFLOW = """
[template]
name = "flow-computer"
title = "A flow computer"
driver = "modbus"
source = "Its manual, revision 3, appendix B"

[options]
unit = 7

[[groups]]
name = "fast"
period_ms = 1000

[[groups.tags]]
name = "PRESSURE"
datatype = "float32"
unit = "kPa"
description = "Static pressure"
scale = 0.1
address = { table = "holding", address = 7001 }

[[groups.tags]]
name = "RUN"
datatype = "uint16"
states = { 0 = "Stopped", 1 = "Running" }
address = { table = "holding", address = 10 }

[[groups]]
name = "slow"
period_ms = 60000

[[groups.tags]]
name = "VOLUME"
datatype = "uint32"
unit = "m3"
quantity = "gas_volume"
address = { table = "holding", address = 20 }
"""
WANTED: dict[str, Any] = {"name": "FC-1", "options": {"host": "192.168.10.31"}}


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's own, with one template."""
    made = tmp_path / "templates"
    made.mkdir()
    (made / "flow.toml").write_text(TOTALFLOW)
    with app.app_context():
        monkeypatch.setitem(sdk.plugin_config("scada"), "templates", str(made))
    return made


def make(api: ApiClient, template: str = "flow-computer", **changed: Any) -> Any:
    return api.post(f"{TEMPLATES}/{template}/devices", {**WANTED, **changed})


def mine(api: ApiClient) -> list[dict[str, Any]]:
    return [each for each in api.get(TEMPLATES).data if each["plugin"] is None]


def nothing_was_made(api: ApiClient) -> bool:
    paths = ("/api/v1/scada/devices", "/api/v1/scada/scan-groups", "/api/v1/tags")
    return [api.get(path).meta["total"] for path in paths] == [0, 0, 0]


def test_a_template_says_what_it_has_and_what_it_still_needs(api: ApiClient, folder: Path) -> None:
    [template] = mine(api)
    assert (template["name"], template["driver"], template["error"]) == (
        "flow-computer",
        "modbus",
        None,
    )
    assert template["source"] == "Its manual, revision 3, appendix B"
    assert template["options"] == {"unit": 7}
    left_open = [option["name"] for option in template["parameters"]]
    assert "host" in left_open
    assert "unit" not in left_open
    assert [group["period_ms"] for group in template["groups"]] == [1000, 60000]
    assert template["groups"][0]["tags"][1]["states"] == {"0": "Stopped", "1": "Running"}


def test_one_request_makes_the_device_with_all_its_groups_and_tags(
    api: ApiClient, folder: Path
) -> None:
    asset = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data
    answer = make(
        api.as_role("engineer"),
        prefix="W-01.",
        options={"host": "10.0.0.1", "unit": 8},
        periods={"slow": 30000},
        asset_id=asset["id"],
        gateway="rig7",
        timeout_s=1.5,
    )
    assert answer.status == 201, answer.body
    device = api.get(f"/api/v1/scada/devices/{answer.data['device']['id']}").data
    assert (device["name"], device["driver"], device["gateway"]) == ("FC-1", "modbus", "rig7")
    assert (device["options"], device["timeout_s"]) == ({"host": "10.0.0.1", "unit": 8}, 1.5)
    assert [tag["name"] for tag in answer.data["tags"]] == [
        "W-01.PRESSURE",
        "W-01.RUN",
        "W-01.VOLUME",
    ]
    groups = {group["id"]: group for group in api.get("/api/v1/scada/scan-groups").data}
    assert {group["name"]: group["period_ms"] for group in groups.values()} == {
        "fast": 1000,
        "slow": 30000,
    }
    tags = {tag["name"]: tag for tag in api.get("/api/v1/scada/tags").data}
    pressure = tags["W-01.PRESSURE"]
    assert groups[pressure["scan_group_id"]]["name"] == "fast"
    assert (pressure["unit"], pressure["scale"], pressure["asset_id"]) == ("kPa", 0.1, asset["id"])
    assert pressure["address"] == {"table": "holding", "address": 7001}
    assert tags["W-01.RUN"]["states"] == {"0": "Stopped", "1": "Running"}
    assert tags["W-01.VOLUME"]["quantity"] == "gas_volume"
    again = make(api, name="FC-2").data
    assert again["tags"][0]["name"] == "FC-2.PRESSURE", "the device's name is what begins them"


def test_what_cannot_be_is_refused_and_leaves_nothing(api: ApiClient, folder: Path) -> None:
    refusals: list[tuple[dict[str, Any], str, Any]] = [
        ({"options": {}}, "options.host", None),
        ({"options": {"host": "h", "hots": 1}}, "options.hots", 1),
        ({"periods": {"fats": 500}}, "periods.fats", 500),
        ({"periods": {"fast": 1}}, "periods", None),
        ({"prefix": "x" * 100 + "\n"}, "prefix", None),
        ({"asset_id": "6b8c1c0e-0000-4000-8000-000000000000"}, "asset_id", None),
        ({"driver": "modbus"}, "driver", None),
    ]
    for changed, field, value in refusals:
        answer = make(api, **changed)
        assert answer.status == 422, (changed, answer.body)
        detail = answer.error["details"][0]
        assert detail["field"].startswith(field)
        assert value is None or (detail["value"], bool(detail["remedy"])) == (value, True)
    assert nothing_was_made(api)


def test_each_tag_that_cannot_be_is_named(api: ApiClient, folder: Path) -> None:
    assert make(api).status == 201
    taken = make(api, name="FC-2", prefix="FC-1.")
    assert [detail["value"] for detail in taken.error["details"]] == [
        "FC-1.PRESSURE",
        "FC-1.RUN",
        "FC-1.VOLUME",
    ]
    assert api.get("/api/v1/scada/devices").meta["total"] == 1
    assert make(api).error["details"][0]["value"] == "FC-1"
    [named] = make(api, prefix="other.").error["details"]
    assert (named["field"], named["value"]) == ("name", "FC-1")
    assert api.get("/api/v1/tags").meta["total"] == 3


BROKEN = {
    "toml": ("[template", "Expected"),
    "head": (TOTALFLOW.replace('source = "Its', 'sauce = "Its'), "template.source"),
    "unit": (TOTALFLOW.replace('"kPa"', '"kQa"'), "fast.PRESSURE: unit"),
    "datatype": (TOTALFLOW.replace('"float32"', '"float23"'), "fast.PRESSURE: datatype"),
    "address": (TOTALFLOW.replace("address = 7001", "adress = 7001"), "address.adress"),
    "driver": (TOTALFLOW.replace('"modbus"', '"mobdus"'), "mobdus"),
    "twice": (TOTALFLOW.replace('"RUN"', '"PRESSURE"'), "is there twice"),
    "period": (TOTALFLOW.replace("= 60000", "= 6"), "groups.1.period_ms"),
    "bytes": ("\udcff", "utf-8"),
    "name": (TOTALFLOW, "its name is that of"),
}


def test_a_broken_file_is_listed_with_its_error_and_stops_no_other(
    api: ApiClient, folder: Path
) -> None:
    for name, (text, _) in BROKEN.items():
        (folder / f"x-{name}.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    (folder / "x-folder.toml").mkdir()
    (folder / "notes.txt").write_text("no template")
    listed = mine(api)
    assert len(listed) == 2 + len(BROKEN)
    errors = [template["error"] for template in listed if template["error"]]
    assert len(errors) == 1 + len(BROKEN)
    for _, says in BROKEN.values():
        assert any(says in error for error in errors), (says, errors)
    assert make(api).status == 201
    refused = make(api, "x-toml", name="FC-2")
    assert refused.status == 422
    assert "x-toml.toml" in refused.error["details"][0]["remedy"]
    assert make(api, "nothing").status == 404


def test_a_folder_that_is_not_there_is_said(
    app: Flask, api: ApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(sdk.plugin_config("scada"), "templates", str(tmp_path / "none"))
    [listed] = mine(api)
    assert "No such file" in listed["error"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_is_worse_than_an_error(data: bytes) -> None:
    assert read_template("folder/any.toml", None, data).error
    assert read_template("folder/any.toml", None, data.ljust(MOST_BYTES + 1)).error


def test_the_check_looks_at_a_plugins_templates(workshop: PluginWorkshop) -> None:
    package = workshop.folder / "acme_templates"
    package.mkdir()

    def problems(**offered: Any) -> list[str]:
        subject = sdk.CheckSubject("acme", None, lambda hook: offered.get(hook, []))
        [rule] = template_rules(subject)
        return list(rule.check())

    assert "has no *.toml" in problems(device_templates=["acme_templates"])[0]
    (package / "good.toml").write_text(TOTALFLOW)
    (package / "bad.toml").write_text(BROKEN["datatype"][0])
    assert problems(device_templates=["acme_templates"]) == [], "the driver is another plugin's"
    modbus = sdk.Lazy("modbus", "", "wellhead_scada_modbus.driver:ModbusDriver")
    [problem] = problems(device_templates=["acme_templates"], drivers=[modbus])
    assert problem.startswith("acme_templates/bad.toml: fast.PRESSURE: datatype")
    assert "cannot be read" in problems(device_templates=["acme_nowhere"])[0]
    assert template_rules(sdk.CheckSubject("acme", None, lambda hook: [])) == []
