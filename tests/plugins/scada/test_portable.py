"""`wellhead config` with a field: by name, all or nothing, and only what differs."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from marshmallow import fields

from wellhead import sdk
from wellhead.cli.main import cli
from wellhead.portable.toml_file import from_toml
from wellhead.portable.transfer import import_records, portable_records
from wellhead.testing import ApiClient
from wellhead_scada.engine.config import changes
from wellhead_scada.gateway.database import Database
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.schemas import ModbusDeviceSchema

pytestmark = pytest.mark.one_app

FIELD = """
format = 1

[[scada.devices]]
name = "PLC-1"
driver = "modbus"
options.host = "127.0.0.1"
options.port = 1502

[[scada.devices]]
name = "PLC-2"
driver = "modbus"
options.host = "127.0.0.1"
gateway = "north"

[[scada.groups]]
device = "PLC-1"
name = "fast"
period_ms = 1000

[[scada.groups]]
device = "PLC-2"
name = "fast"
period_ms = 1000

[[scada.tags]]
device = "PLC-1"
group = "fast"
name = "W-01.TT-101"
address.address = 0
address.table = "holding"
datatype = "int16"
scale = 0.1
offset = -40.0
unit = "degC"
asset = "field:North\\\\/East/pad:Pad 3"
description = "Wellhead temperature"

[[scada.tags]]
device = "PLC-2"
group = "fast"
name = "W-02.TT-101"
address.address = 0
address.table = "holding"
datatype = "int16"
unit = "degC"
"""


class Config:
    """The commands, on the test's database."""

    def __init__(self, config_file: Path, folder: Path) -> None:
        self.config_file = config_file
        self.folder = folder

    def run(self, *arguments: str) -> Result:
        command = ["--config", str(self.config_file), "config", *arguments]
        return CliRunner().invoke(cli, command, env={"COLUMNS": "200"})

    def load(self, text: str, *options: str, name: str = "field.toml") -> Result:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return self.run("import", str(path), *options)

    def saved(self, *options: str) -> str:
        result = self.run("export", *options)
        assert result.exception is None, result.exception
        return result.stdout


@pytest.fixture
def config(config_file: Path, tmp_path: Path, api: ApiClient) -> Config:
    field = api.post("/api/v1/assets", {"kind": "field", "name": "North/East"}).data
    pad = {"kind": "pad", "name": "Pad 3", "parent_id": field["id"]}
    assert api.post("/api/v1/assets", pad).status == 201
    return Config(config_file, tmp_path)


def done(result: Result) -> str:
    assert result.exception is None, result.exception
    return result.output.splitlines()[-1]


def audit_rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM tenant_default.core_audit").fetchone()
        assert row is not None
        return int(row[0])


def test_a_field_goes_to_a_file_and_back_to_the_letter(
    config: Config, api: ApiClient, database_admin_url: str
) -> None:
    assert done(config.load(FIELD)) == "6 create, 0 change, 0 remove, 0 unchanged. Done."
    [tag] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    assert (tag["scale"], tag["unit"], tag["offset"]) == (0.1, "degC", -40)
    assert api.get(f"/api/v1/assets/{tag['asset_id']}").data["path"] == "North/East / Pad 3"
    saved = config.saved()
    before = audit_rows(database_admin_url)

    again = config.load(saved)

    assert done(again) == "0 create, 0 change, 0 remove, 6 unchanged. Done."
    assert audit_rows(database_admin_url) == before
    assert done(
        config.load("format = 1\nscada.devices = []\nscada.groups = []\nscada.tags = []", "--prune")
    ).startswith("0 create, 0 change, 6 remove")
    assert config.saved().endswith("scada.devices = []\nscada.groups = []\nscada.tags = []\n")
    assert done(config.load(saved)).startswith("6 create")
    assert config.saved() == saved
    [same] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    assert same["id"] == tag["id"], "the historian's tag stayed, with its readings"


def test_how_a_tag_is_drawn_and_kept_goes_along(config: Config, api: ApiClient) -> None:
    config.load(FIELD)
    kept = config.saved()
    assert kept.count('tag_class = "default"') == 2
    drawn = kept.replace('tag_class = "default"', 'tag_class = "default"\nstep = true', 1)
    assert "1 change" in done(config.load(drawn))
    [tag] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    assert (tag["step"], tag["tag_class"]) == (True, "default")
    error = config.load(drawn.replace('tag_class = "default"', 'tag_class = "fast"', 1)).exception
    assert "scada.tags W-01.TT-101: tag_class: there is no such class of tags" in str(error)


def test_the_plan_says_what_changes_and_a_trial_changes_nothing(config: Config) -> None:
    config.load(FIELD)
    saved = config.saved()
    edited = saved.replace("options.port = 1502", "options.port = 1503").replace(
        "offset = -40.0", "offset = -1.5"
    )

    trial = config.load(edited, "--dry-run")

    assert done(trial) == "0 create, 2 change, 0 remove, 4 unchanged. Nothing was stored."
    assert "options.port: 1502 → 1503" in trial.output
    assert "offset: -40.0 → -1.5" in trial.output
    assert config.saved() == saved
    assert "2 change" in done(config.load(edited))
    assert config.saved() == edited


def test_every_error_is_told_with_its_line_and_nothing_is_stored(config: Config) -> None:
    config.load(FIELD)
    saved = config.saved()
    broken = (
        saved.replace('driver = "modbus"', 'driver = "modbos"', 1)
        .replace("period_ms = 1000", "period_ms = 5", 1)
        .replace('asset = "field', 'asset = "felt')
        .replace("address.address = 0", "address.address = 70000")
        .replace('unit = "degC"', 'unit = "degZ"')
    )

    error = config.load(broken).exception

    assert isinstance(error, sdk.WellheadError)
    lines = broken.split("\n")
    told = re.findall(r"field\.toml:(\d+): (scada\.\w+) [^:]*: ([\w.]+):", str(error))
    assert [(kind, field) for _, kind, field in told] == [
        ("scada.devices", "driver"),
        ("scada.groups", "period_ms"),
        ("scada.tags", "asset"),
        ("scada.tags", "unit"),
    ]
    assert [lines[int(line) - 1] for line, kind, _ in told] == [
        f"[[{kind}]]" for _, kind, _ in told
    ]
    assert 'Did you mean "modbus"?' in str(error)
    assert config.saved() == saved


def test_addresses_are_checked_by_the_driver_as_the_import_leaves_the_device(
    config: Config,
) -> None:
    config.load(FIELD)
    saved = config.saved()
    moved = saved.replace("options.port = 1502", "options.address_base = 1")

    error = config.load(moved).exception

    assert "W-01.TT-101: address.address: lies outside the table" in str(error)
    right = moved.replace("address.address = 0", "address.address = 1", 1)
    assert "2 change" in done(config.load(right)), "device and tag together are well"


def test_a_file_of_the_devices_alone_is_held_against_the_tags_that_stay(config: Config) -> None:
    config.load(FIELD)
    devices = config.saved().split("[[scada.groups]]")[0]
    error = config.load(
        devices.replace("options.port = 1502", "options.address_base = 1")
    ).exception
    assert "since:\nscada.tags W-01.TT-101: address.address" in str(error)

    error = config.load("format = 1\nscada.devices = []", "--prune").exception
    assert "scada.devices PLC-1: device: its scan group 'fast' is to stay" in str(error)


def test_a_spreadsheet_of_tags(config: Config, tmp_path: Path, api: ApiClient) -> None:
    config.load(FIELD)
    folder = tmp_path / "csv"
    config.run("export", "--format", "csv", "--out", str(folder))
    assert sorted(path.name for path in folder.iterdir()) == [
        "scada.devices.csv",
        "scada.groups.csv",
        "scada.tags.csv",
    ]
    assert done(config.run("import", str(folder))).startswith("0 create, 0 change")

    edited = config.load("name,scale\nW-01.TT-101,0.5\n", name="scada.tags.csv")

    assert done(edited) == "0 create, 1 change, 0 remove, 0 unchanged. Done."
    [tag] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    assert (tag["scale"], tag["offset"], tag["unit"]) == (0.5, -40, "degC"), "no column, no change"
    cells = "name,scale,period\nW-01.TT-101,0.5,1\n"
    error = config.load(cells, name="scada.tags.csv").exception
    assert "scada.tags.csv: header: is no field (found 'period')" in str(error)


def test_a_tag_moves_to_another_device_and_keeps_its_readings(
    config: Config, api: ApiClient
) -> None:
    config.load(FIELD)
    [tag] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    moved = FIELD.replace('device = "PLC-1"\ngroup', 'device = "PLC-2"\ngroup')

    result = config.load(moved)

    assert "device: PLC-1 → PLC-2" in result.output
    [same] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    assert same["id"] == tag["id"]
    assert same["device_id"] != tag["device_id"]


def test_a_writable_tag_stays_what_its_limits_were_set_for(config: Config, api: ApiClient) -> None:
    config.load(FIELD)
    [tag] = api.get("/api/v1/scada/tags", name="W-01.TT-101").data
    controls = "/api/v1/scada/controls"
    assert api.post(controls, {"tag_id": tag["id"], "writable": True}).status == 201
    moved = [
        ("address.address = 0", "address.address = 7", r"address: the tag is writable"),
        ("scale = 0.1", "scale = 10", r"scale: the tag is writable"),
        ('device = "PLC-1"\ngroup', 'device = "PLC-2"\ngroup', r"device: the tag is writable"),
    ]

    for now, then, reason in moved:
        assert now in FIELD
        told = str(config.load(FIELD.replace(now, then, 1)).exception)
        assert re.search(rf"field.toml:\d+: scada.tags W-01.TT-101: {reason}", told)
        assert f"PATCH {controls}/{tag['id']} with writable false first" in told

    harmless = FIELD.replace("Wellhead temperature", "Temperature at the wellhead")
    assert done(config.load(harmless)).startswith("0 create, 1 change")
    assert api.patch(f"{controls}/{tag['id']}", {"writable": False}).status == 200
    assert done(config.load(harmless.replace("scale = 0.1", "scale = 10"))).startswith(
        "0 create, 1 change"
    )


def test_a_state_that_is_named_as_another_number_is_refused_with_its_line(config: Config) -> None:
    refused = str(config.load(f'{FIELD}states.1 = "2"\n').exception)
    assert "scada.tags W-02.TT-101: states.1: is the name of 1" in refused
    assert "(found '2'). Name it in words" in refused
    assert done(config.load(f'{FIELD}states.1 = "1"\n')).startswith("6 create")


def test_an_import_is_written_down_as_done_from_the_command_line(
    config: Config, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute("LISTEN wellhead_events")
        config.load(FIELD)
        told = [note.payload for note in connection.notifies(timeout=10, stop_after=2)]
        rows = connection.execute(
            "SELECT source, count(*) FROM tenant_default.core_audit"
            " WHERE table_name LIKE 'scada_%' GROUP BY 1"
        ).fetchall()
    assert rows == [("cli", 6)]
    assert sorted(re.findall(r'"gateway": "(\w+)"', "".join(told))) == ["main", "north"]


def test_who_changes_the_same_name_meanwhile_is_not_overwritten(
    app: Flask, config: Config, api: ApiClient
) -> None:
    with app.app_context(), sdk.tenant("default"):
        known = portable_records(editing=True)
        body: dict[str, Any] = {"name": "PLC-1", "driver": "modbus", "options": {"host": "::1"}}
        assert api.post("/api/v1/scada/devices", body).status == 201
        document = from_toml(FIELD, "field.toml", known)
        with pytest.raises(sdk.WellheadError, match="somebody changed the same records just now"):
            import_records(known, document, prune=False, dry_run=False)
    [device] = api.get("/api/v1/scada/devices").data
    assert device["options"] == {"host": "::1"}


def test_a_tenant_that_is_not_there_is_named(config: Config) -> None:
    error = config.run("export", "--tenant", "acme").exception
    assert "there is no such tenant (found 'acme')" in str(error)


def test_secrets_stay_where_they_are(
    config: Config, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Options(ModbusDeviceSchema):
        password = fields.String()
        pin = fields.String(metadata={"secret": True})

    monkeypatch.setattr(ModbusDriver, "device_schema", Options)
    first = FIELD.replace(
        "options.port = 1502", 'options.port = 1502\noptions.password = "open"\noptions.pin = "42"'
    )
    shown = config.load(first)
    assert "6 create" in done(shown)
    exported = config.run("export")
    assert "options.port" in exported.stdout
    assert not re.search("password|pin", exported.stdout)
    assert exported.stderr.splitlines() == [
        "Secret, so left out: scada.devices PLC-1: options.password",
        "Secret, so left out: scada.devices PLC-1: options.pin",
    ]

    assert done(config.load(exported.stdout)).startswith("0 create, 0 change")
    config.load(exported.stdout.replace("1502", "1503"))
    [device] = api.get("/api/v1/scada/devices", name="PLC-1").data
    assert device["options"] == {"host": "127.0.0.1", "port": 1503, "password": "open", "pin": "42"}
    changed = config.load(first.replace('"open"', '"shut"').replace('"42"', '"43"'))
    assert "options.password: *** → ***" in changed.output
    assert "options.pin: *** → ***" in changed.output
    assert not re.search("open|shut|4[23]", changed.output.replace("1503", ""))


def test_the_gateway_sees_one_device_change_and_leaves_the_other(
    config: Config, settings: sdk.Settings
) -> None:
    field = FIELD.replace('gateway = "north"\n', "")
    config.load(field)
    gateway = Database(settings, "default", "main")
    before = gateway.load()

    config.load(field.replace("scale = 0.1", "scale = 0.2"))

    steps = changes(before, gateway.load())
    assert [device.name for device in steps.regrouped] == ["PLC-1"], "it keeps its connection"
    assert (steps.started, steps.removed) == ((), ())


def test_the_same_over_http(config: Config, api: ApiClient) -> None:
    config.load(FIELD)
    path = "/api/v1/scada/config"
    engineer = api.as_role("engineer")
    records = engineer.get(path).data["records"]
    assert [len(rows) for rows in records.values()] == [2, 2, 2]
    same = engineer.post(path, {"records": records}).data
    assert {step["action"] for step in same["steps"]} == {"unchanged"}

    records["scada.tags"][0]["scale"] = 0.5
    trial = engineer.post(path, {"records": records, "dry_run": True}).data
    [step] = [step for step in trial["steps"] if step["action"] != "unchanged"]
    assert (step["key"], step["changes"]) == (["W-01.TT-101"], {"scale": [0.1, 0.5]})
    assert engineer.get(path).data["records"]["scada.tags"][0]["scale"] == 0.1
    assert engineer.post(path, {"records": records}).status == 200
    assert engineer.get(path).data["records"] == records

    records["scada.tags"] = [5, {"name": [1]}, records["scada.tags"][0] | {"unit": "degZ"}]
    refused = engineer.post(path, {"records": records})
    assert refused.status == 422
    places = [detail["field"] for detail in refused.error["details"]]
    assert places[0] == "records.scada.tags.0"
    assert "records.scada.tags.1.name" in places
    assert places[-1] == "records.scada.tags.2.unit"
    many = engineer.post(path, {"records": {"scada.tags": [5] * 3000}})
    assert (many.status, len(many.error["details"])) == (422, 1000)
    assert engineer.post(path, {"records": {"scada.pumps": []}}).status == 422
    assert api.as_role("viewer").get(path).status == 403
    assert api.limited(role="engineer").get(path).status == 403
