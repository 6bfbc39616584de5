"""The documentation is true: its links lead somewhere, its samples load, its hooks exist."""

import ast
import asyncio
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from wellhead import sdk
from wellhead.jobs.schedule import Schedule
from wellhead.plugins import hookspecs
from wellhead.plugins.info import Status
from wellhead.plugins.loader import load_plugins
from wellhead.settings import Settings, load_settings
from wellhead.settings.checking import check_section
from wellhead.testing import Fault, FaultProxy
from wellhead_historian.config import HistorianConfig
from wellhead_scada.check.run import examine
from wellhead_scada.check.templates import template_rules
from wellhead_scada.schemas import DeviceSchema
from wellhead_scada_modbus.server import ModbusServer

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def pages(root: Path) -> list[Path]:
    return [
        *root.glob("*.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("plugins/*/wellhead_*/README.md"),
        *root.glob("examples/*/README.md"),
    ]


def blocks(path: Path, language: str) -> list[str]:
    found = BLOCK.findall(path.read_text(encoding="utf-8"))
    return [text for kind, text in found if kind == language]


def test_links_lead_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages(root)
        for target, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_the_tests_that_show_what_is_promised_exist(root: Path) -> None:
    named = re.findall(r"`(test_\w+)`", (root / "docs" / "reliability.md").read_text("utf-8"))
    there = {
        name
        for path in root.glob("tests/**/test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text("utf-8"))
    }
    assert named
    assert [name for name in named if name not in there] == []


DEVICE = re.compile(r"\$WELLHEAD/scada/devices -d '(\{.*?\})'", re.DOTALL)


def test_a_device_in_the_documentation_or_a_sample_is_one_that_the_api_takes(root: Path) -> None:
    texts = [text for page in pages(root) for text in blocks(page, "toml")]
    texts += [path.read_text("utf-8") for path in root.glob("*/*/wellhead_*/**/sample.toml")]
    texts += [path.read_text("utf-8") for path in root.glob("examples/*/*/sample.toml")]
    devices = [found["device"] for found in map(tomllib.loads, texts) if "device" in found]
    assert {device["driver"] for device in devices} >= {"modbus", "mqtt", "opcua", "sparkplug"}
    for page in pages(root):
        devices += map(json.loads, DEVICE.findall(page.read_text(encoding="utf-8")))

    for device in devices:
        DeviceSchema().load(device)


def test_toml_in_the_documentation_is_toml(root: Path) -> None:
    for page in pages(root):
        for text in blocks(page, "toml"):
            tomllib.loads(text)


def test_decisions_are_all_listed(root: Path) -> None:
    folder = root / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text()))

    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_documented_configuration_is_the_default(root: Path, tmp_path: Path) -> None:
    """docs/operators.md shows every key of the core with its default, and classes that can be."""
    text, classes = blocks(root / "docs" / "operators.md", "toml")
    section = tomllib.loads(classes)["plugins"]["historian"]
    check_section("plugins.historian", section, HistorianConfig)
    path = tmp_path / "wellhead.toml"
    path.write_text(text, encoding="utf-8")
    documented, defaults = load_settings(path, {}), load_settings(_empty(tmp_path), {})

    for part in ("data_dir", "database", "web", "auth", "log"):
        assert getattr(documented, part) == getattr(defaults, part)
        section = getattr(defaults, part)
        if part != "data_dir":
            missing = [key.name for key in fields(section) if key.name not in text]
            assert missing in ([], ["role_prefix"]), f"[{part}] lacks {missing}"


def _empty(folder: Path) -> Path:
    path = folder / "empty.toml"
    path.touch()
    return path


def test_the_documented_hooks_are_those_that_exist(root: Path) -> None:
    text = (root / "docs" / "driver-authors.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(\w+)\((.*?)\)` \|", text, re.MULTILINE))
    existing = {
        name: ", ".join(inspect.signature(function).parameters)
        for name, function in vars(hookspecs).items()
        if hasattr(function, "wellhead_spec")
    }

    assert documented == existing


@pytest.fixture
def acme(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package of docs/driver-authors.md, written down as it stands there. Nothing of it is left
    in the process: others are called so, too."""
    page = root / "docs" / "driver-authors.md"
    for text in blocks(page, "python"):
        name = text.splitlines()[0].removeprefix("# ")
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "wellhead_acme" / "__init__.py").touch()
    project, template = blocks(page, "toml")
    (tmp_path / "wellhead_acme" / "templates").mkdir()
    (tmp_path / "wellhead_acme" / "templates" / "tank.toml").write_text(template, encoding="utf-8")
    [(name, target)] = tomllib.loads(project)["project"]["entry-points"]["wellhead.plugins"].items()
    metadata = tmp_path / "wellhead_acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: wellhead-acme\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(f"[wellhead.plugins]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for module in list(sys.modules):
        if module.partition(".")[0] == "wellhead_acme":
            del sys.modules[module]


@pytest.mark.alone
def test_the_documented_driver_works(acme: Path) -> None:
    """By the exam, which looks how long things take."""
    found = [
        point
        for distribution in distributions(path=[str(acme), *import_module("sys").path])
        for point in distribution.entry_points.select(group="wellhead.plugins")
    ]
    manager = load_plugins(Settings(), {point.name: point for point in found}.values())
    assert manager.records["acme"].status is Status.ENABLED, manager.records["acme"].reason
    [driver] = dict(manager.collect("drivers"))["acme"]
    [server] = dict(manager.collect("device_servers"))["acme"]

    exam = examine(driver, server)

    assert exam.problems == {}
    assert "does not number" in exam.unproven["driver-old-answer"]


def test_the_documented_template_is_one_that_the_documented_driver_can_read(
    root: Path, acme: Path
) -> None:
    _, hook, _ = blocks(root / "docs" / "driver-authors.md", "py")
    names: dict[str, Any] = {"sdk": sdk}
    exec(hook, names)
    driver = sdk.Lazy("acme", "Acme gauges", "wellhead_acme.driver:AcmeDriver")
    offered: dict[str, Any] = {"device_templates": names["device_templates"](), "drivers": [driver]}
    [rule] = template_rules(sdk.CheckSubject("acme", None, lambda asked: offered[asked]))
    assert rule.check() == []


def test_the_documented_sender_is_the_one_that_is_examined(root: Path, acme: Path) -> None:
    """tests/plugins/scada/test_driver_check.py examines it, and what is broken of it."""
    documented = (acme / "wellhead_acme" / "sender.py").read_text(encoding="utf-8")
    examined = (root / "tests/plugins/scada/sender.py").read_text(encoding="utf-8")

    assert documented == "# wellhead_acme/sender.py\n" + examined


def test_the_documented_job_and_proxy_are_code_that_runs(root: Path) -> None:
    sources = blocks(root / "docs" / "driver-authors.md", "py")
    proxy, _, jobs = sources
    names: dict[str, Any] = {"sdk": sdk}
    exec(jobs, names)
    [job] = names["jobs"]()
    assert Schedule(job).text == "0 6 * * mon-fri America/Edmonton"

    async def follow() -> Fault:
        server = ModbusServer()
        points = server.layout([(0, "LEVEL", "float32")])
        known: dict[str, Any] = {
            "server": server, "points": points, "FaultProxy": FaultProxy, "Fault": Fault,
        }  # fmt: skip
        code = compile(proxy, "driver-authors.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        await eval(code, known)
        fault: Fault = known["proxy"].fault
        await known["proxy"].stop()
        await server.stop()
        return fault

    assert asyncio.run(follow()) is Fault.SILENCE
