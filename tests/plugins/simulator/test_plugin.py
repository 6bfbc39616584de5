"""The plugin inside Wellhead: configuration, records, the route and the command for faults."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError
from sqlalchemy import func, select

from wellhead import sdk
from wellhead.app import create_app
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient, wait_until
from wellhead_historian.models import Tag
from wellhead_scada.commands.models import Control
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_simulator import plugin
from wellhead_simulator.settings import ConfigSchema
from wellhead_simulator.signals import NUMBERS, SIGNALS
from wellhead_wells.models import Well

from .helpers import free_ports
from .test_process import read

SWITCH = "/api/v1/simulator/faults"


@pytest.fixture
def field_settings(settings: Settings) -> Settings:
    """Settings of a running field of two wells."""
    section = {"run": True, "wells": 2, "base_port": free_ports(2)}
    return dataclasses.replace(settings, plugins={"simulator": section})


@pytest.fixture
def field_app(field_settings: Settings) -> Iterator[Flask]:
    app = create_app(Runtime.make(field_settings))
    yield app
    with app.app_context():
        sdk.db.engine.dispose()


@pytest.fixture
def field_config_file(config_file: Path, field_settings: Settings) -> Path:
    section = field_settings.plugins["simulator"]
    lines = ["[plugins.simulator]", "run = true", "wells = 2"]
    lines.append(f"base_port = {section['base_port']}")
    config_file.write_text(config_file.read_text() + "\n".join(lines) + "\n", encoding="utf-8")
    return config_file


def seed(app: Flask) -> None:
    with app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        plugin.seed(app)


def counts(app: Flask) -> dict[str, int]:
    with app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        return {
            model.__name__: sdk.db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Well, Device, ScanGroup, FieldTag, Tag)
        }


def test_the_sample_is_a_configuration() -> None:
    text = files("wellhead_simulator").joinpath("sample.toml").read_text(encoding="utf-8")
    section = tomllib.loads(text)["plugins"]["simulator"]
    assert section.pop("enabled") is True
    loaded = ConfigSchema().load(section)
    assert loaded["run"] is True
    defaults = ConfigSchema().load({})
    assert {key for key in loaded if loaded[key] != defaults[key]} == {"run"}


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"wells": 0}, "wells"),
        ({"wells": 51}, "wells"),
        ({"base_port": 65534}, "base_port"),
        ({"step_s": 0}, "step_s"),
        ({"replay": "/nowhere/recorded.csv"}, "replay"),
        ({"seed": "x"}, "seed"),
        ({"drivers": []}, "drivers"),
    ],
)
def test_wrong_configurations_are_refused(given: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ConfigSchema().load(given)
    assert list(refused.value.messages_dict) == [key]


def configs_of(app: Flask) -> dict[str, dict[str, Any]]:
    return {record.name: record.config for record in sdk.runtime_of(app).plugins.enabled()}


def test_nothing_runs_and_nothing_is_created_by_default(app: Flask) -> None:
    seed(app)
    assert set(counts(app).values()) == {0}
    assert list(plugin.processes(configs_of(app))) == []


def test_the_process_is_declared_when_the_field_runs(field_app: Flask) -> None:
    assert [spec.arguments for spec in plugin.processes(configs_of(field_app))] == [
        ("simulator", "run")
    ]


def test_seeding_creates_the_field_once(field_app: Flask) -> None:
    seed(field_app)
    first = counts(field_app)
    assert first == {"Well": 2, "Device": 2, "ScanGroup": 2, "FieldTag": 80, "Tag": 80}
    seed(field_app)
    assert counts(field_app) == first
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        record = sdk.db.session.scalars(select(FieldTag).where(FieldTag.name == "W02.WHT")).one()
        well = sdk.db.session.scalars(select(Well).where(Well.name == "W02")).one()
        group = sdk.db.session.get_one(ScanGroup, record.scan_group_id)
        assert (record.tag.unit, record.tag.asset_id) == ("degC", well.asset_id)
        assert (record.datatype, record.scale, group.period_ms) == ("int16", 0.1, 1000)


def test_set_points_may_be_commanded_within_what_the_model_obeys(field_app: Flask) -> None:
    seed(field_app)
    seed(field_app)
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        query = select(FieldTag.name, Control.writable, Control.minimum, Control.maximum)
        found = sdk.db.session.execute(query.join(FieldTag, FieldTag.tag_id == Control.tag_id))
        assert sorted(map(tuple, found)) == [
            ("W01.CHOKE_SP", True, 0, 100),
            ("W01.FREQ_SP", True, 30, 65),
            ("W02.CHOKE_SP", True, 0, 100),
            ("W02.FREQ_SP", True, 30, 65),
        ]


def test_seeding_mends_what_is_missing_and_follows_the_port(
    field_app: Flask, field_settings: Settings
) -> None:
    seed(field_app)
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        session = sdk.db.session
        session.delete(session.scalars(select(FieldTag).where(FieldTag.name == "W01.WHP")).one())
        device = session.scalars(select(Device).where(Device.name == "W01 RTU (Modbus TCP)")).one()
        device.options = {**device.options, "port": 1, "gap_limit": 3}
        session.commit()
    seed(field_app)
    assert counts(field_app)["FieldTag"] == counts(field_app)["Tag"] == 80
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        device = sdk.db.session.scalars(
            select(Device).where(Device.name == "W01 RTU (Modbus TCP)")
        ).one()
        assert device.options["port"] == field_settings.plugins["simulator"]["base_port"]
        assert device.options["gap_limit"] == 3


def test_a_well_that_speaks_another_protocol_gets_another_device(field_app: Flask) -> None:
    seed(field_app)
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        session = sdk.db.session
        device = session.scalars(select(Device).where(Device.name.startswith("W01 RTU"))).one()
        device.name = "W01 RTU (Pigeon post)"
        session.commit()
    before = counts(field_app)
    seed(field_app)
    assert counts(field_app) == before
    with field_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        assert sorted(sdk.db.session.scalars(select(Device.name))) == [
            "W01 RTU (Modbus TCP)",
            "W02 RTU (Modbus TCP)",
        ]


@contextlib.contextmanager
def field_process(config: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "wellhead", "--config", str(config), "simulator", "run"]
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def shown(port: int, well: str, name: str) -> float | None:
    """The raw value that the well's device shows; None while it does not answer."""
    try:
        found = asyncio.run(read(port, well, timeout=1.0))
    except sdk.DeviceError:
        return None
    return float(found.values[NUMBERS[name]])


@pytest.mark.system
def test_the_process_serves_hears_faults_and_ends_on_sigterm(
    field_app: Flask, field_settings: Settings, field_config_file: Path
) -> None:
    port = field_settings.plugins["simulator"]["base_port"]
    api = ApiClient(field_app).as_role("operator")
    with field_process(field_config_file) as process:
        wait_until(lambda: shown(port, "W01", "RUN") == 1, 60, "W01 runs")
        wait_until(lambda: shown(port + 1, "W02", "TRIP") == 0, 20, "W02 runs")

        def trip() -> bool:  # again, since a switch thrown before the ear listens is lost
            assert api.post(SWITCH, {"well": "W01", "fault": "pump_trip"}).status == 202
            return shown(port, "W01", "TRIP") == 1

        wait_until(trip, 30, "W01 trips")
        by_command = [
            *[sys.executable, "-m", "wellhead", "--config", str(field_config_file)],
            *["simulator", "fault", "W02", "comms_loss"],
        ]
        subprocess.run(by_command, check=True, timeout=60)
        wait_until(lambda: shown(port + 1, "W02", "RUN") is None, 30, "W02 is silent")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert shown(port, "W01", "RUN") is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"well": "W03", "fault": "pump_trip"}, "well"),
        ({"well": "W01", "fault": "trip"}, "fault"),
        ({"well": "W01", "fault": "stuck_sensor"}, "signal"),
        ({"well": "W01"}, "fault"),
        ({"well": "W01", "fault": "pump_trip", "on": True}, "on"),
    ],
)
def test_wrong_faults_are_refused_with_the_field(
    field_app: Flask, sent: dict[str, Any], field: str
) -> None:
    answer = ApiClient(field_app).as_role("admin").post(SWITCH, sent)
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == field


def test_who_may_switch_faults(field_app: Flask) -> None:
    sent = {"well": "W01", "fault": "stuck_sensor", "signal": SIGNALS[0].name}
    client = ApiClient(field_app)
    statuses = {
        role: client.as_role(role).post(SWITCH, sent).status
        for role in ("admin", "manager", "engineer", "operator", "viewer")
    }
    assert statuses == {
        "admin": 202,
        "manager": 403,
        "engineer": 202,
        "operator": 202,
        "viewer": 403,
    }
    assert client.post(SWITCH, sent).status == 401


def test_without_a_running_field_a_fault_is_refused(api: ApiClient) -> None:
    answer = api.post(SWITCH, {"well": "W01", "fault": "pump_trip"})
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "[plugins.simulator] run"


def test_the_plugin_module_stays_light() -> None:
    code = (
        "import sys, wellhead_simulator.plugin;"
        "sys.exit(any(name.startswith(('pymodbus', 'wellhead_scada')) for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env={**os.environ})
