"""What the plugin does at the edges of itself: hooks, configuration, commands, health, doctor."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from marshmallow import ValidationError

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian.hooks import outboxes_of
from wellhead_historian.testing import BASE, scan
from wellhead_uplink.command import uplink
from wellhead_uplink.config import UplinkConfig
from wellhead_uplink.edge import outbox
from wellhead_uplink.edge.outbox import OutboxWriter
from wellhead_uplink.edge.process import WELLHEAD, kinds_of, maker
from wellhead_uplink.plugin import processes
from wellhead_uplink.status import findings

ONE = {"name": "centre", "options": {}}
OTHER = {"name": "centre", "tenant": "north", "options": {}}


def config(*destinations: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = UplinkConfig().load({"destinations": list(destinations)})
    return loaded


def test_nothing_is_queued_where_nothing_is_sent(settings: sdk.Settings) -> None:
    runtime = sdk.Runtime.make(settings)

    def writers(tenant: str) -> list[Any]:
        return [box for box in outboxes_of(runtime, tenant) if isinstance(box, OutboxWriter)]

    assert writers("default") == []
    runtime.plugins.records["uplink"].config = config(OTHER)
    assert writers("default") == []
    assert len(writers("north")) == 1


PAGES = (
    "docs/edge-to-centre.md",
    "plugins/uplink/wellhead_uplink/README.md",
    "plugins/scada_mqtt/wellhead_scada_mqtt/README.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_what_the_pages_show_is_taken(page: str, settings: sdk.Settings) -> None:
    kinds = kinds_of(sdk.Runtime.make(settings))
    text = (Path(__file__).parents[3] / page).read_text(encoding="utf-8")
    shown = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    every = [found.get("plugins", {}).get("uplink") for found in shown]
    sections = [section for section in every if section is not None]
    assert sections
    for section in sections:
        section.pop("enabled", None)
        for entry in UplinkConfig().load(section)["destinations"]:
            kinds[entry["kind"]].load().options_schema().load(entry["options"])


def test_one_process_sends_for_each_tenant_that_has_destinations() -> None:
    assert processes({"uplink": config()}) == []
    found = processes({"uplink": config(ONE, OTHER)})
    assert [(spec.name, spec.arguments[-1]) for spec in found] == [
        ("uplink default", "default"),
        ("uplink north", "north"),
    ]


def test_two_destinations_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="Two are called 'centre'"):
        config(ONE, ONE)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "http://example.com"}, "options.url: Without TLS only on this machine"),
        ({"password": "hunter2"}, "options.password: Unknown field (found '***')"),
        ({"timeout_s": 0.0}, "options.timeout_s: Must be greater than or equal to 1"),
    ],
)
def test_a_wrong_option_of_a_destination_is_named(options: dict[str, Any], told: str) -> None:
    right = {"url": "https://example.com", "edge": "pad-7", "key_file": "/nowhere"}
    entry = {**ONE, "kind": "wellhead", "options": {**right, **options}}
    with pytest.raises(sdk.WellheadError) as caught:
        maker({"wellhead": WELLHEAD}, "default", entry)()
    assert str(caught.value).startswith(told)
    assert "[[plugins.uplink.destinations]]" in (caught.value.remedy or "")


@pytest.fixture
def stuck(connection: psycopg.Connection[Any]) -> None:
    """Of ten readings five are set aside and five wait, since the key has ended."""
    outbox.register(connection, ["centre"])
    tags = np.arange(1, 6, dtype=np.int32)
    for step in range(2):
        with connection.transaction():
            OutboxWriter(1 << 20)(connection, [scan(1, BASE + step, tags)])
    first, _ = outbox.read(connection, 0, 1 << 20, 100)
    outbox.set_aside(connection, "centre", first, "odd")
    outbox.sent(connection, "centre", outbox.Position(first.id, first.total, first.ends), 0)
    outbox.note(connection, "centre", "stuck", "the key has ended")


@pytest.mark.usefixtures("stuck")
def test_commands_health_and_doctor_say_what_waits_and_why(app: Flask) -> None:
    runtime = sdk.runtime_of(app)
    said = CliRunner().invoke(uplink, ["status"], obj=runtime).output
    assert said.startswith("to centre: stuck, 5 readings wait (0.0 MB, oldest ")
    assert said.endswith("s), 0 dropped, 5 set aside; the key has ended\n")
    health = {
        part["part"]: part for part in ApiClient(app).as_role("admin").get("/api/v1/health").data
    }
    part = health["uplink: to centre"]
    assert part["ok"] is False
    assert part["detail"] == ("stuck, 5 readings wait, 0 dropped, 5 set aside; the key has ended")
    with app.app_context():
        waiting, still, aside = findings("default")
    assert (still.verdict, still.text) == (
        "action",
        "tenant default: nothing is sent to destination centre: the key has ended",
    )
    assert waiting.text.endswith("1 rows wait in uplink_outbox, and no destination is configured")
    assert aside.verdict == "action"
    assert "5 readings in 1 rows are set aside" in aside.text


def test_commands_at_a_centre(
    centre: Flask, client: ApiClient, at_centre: psycopg.Connection[Any]
) -> None:
    runtime = sdk.runtime_of(centre)
    run = CliRunner().invoke
    assert "no edge has sent" in run(uplink, ["status"], obj=runtime).output
    body = {
        "stream": "00000000-0000-0000-0000-000000000001",
        "backlog": {"readings": 7, "bytes": 70, "age_s": 90.0, "dropped": 0},
        "devices": [],
    }
    assert client.post("/api/v1/uplink/edges/pad-7/report", body).status == 200
    said = run(uplink, ["status"], obj=runtime).output
    told = r"from pad-7: heard 1?\d s ago, (9|10)\d s behind, 7 readings wait there, 0 "
    assert re.match(told, said), said
    assert isinstance(run(uplink, ["release", "pad-8"], obj=runtime).exception, sdk.WellheadError)
    assert run(uplink, ["release", "pad-7"], obj=runtime).exit_code == 0
    assert at_centre.execute("SELECT user_id FROM uplink_edge").fetchone() == (None,)
    assert run(uplink, ["forget", "pad-7"], obj=runtime).exit_code == 0
    assert client.get("/api/v1/uplink/edges").data == []
