"""The sample, run as it is: what an edge with it stores is at its centre."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from wellhead import sdk
from wellhead.settings import load_settings
from wellhead.testing import ApiClient, wait_until
from wellhead_historian.forwarding.delivery import make_forwarder, open_spool
from wellhead_historian.hooks import outboxes_of
from wellhead_historian.testing import BASE, make_source, make_tags, scan
from wellhead_scada.testing.process import GatewayChild, running
from wellhead_scada_mqtt.testing import Certificates
from wellhead_uplink.plugin import processes

from .conftest import serving


def add_sample(config: Path, replaced: dict[str, str]) -> None:
    """Append sample.toml to a configuration, with the addresses of this machine."""
    text = files("wellhead_uplink").joinpath("sample.toml").read_text(encoding="utf-8")
    for shown, here in replaced.items():
        assert text.count(f'"{shown}"') == 1
        text = text.replace(shown, here)
    config.write_text(config.read_text(encoding="utf-8") + text, encoding="utf-8")


def store(runtime: sdk.Runtime, batch: sdk.Batch) -> None:
    """As a gateway of that configuration stores what it has read."""
    historian = runtime.plugins.records["historian"].config
    spool = open_spool(runtime.settings, historian, "default", "main")
    outboxes = outboxes_of(runtime, "default")
    forwarder = make_forwarder(spool, runtime.settings, historian, "default", outboxes=outboxes)
    spool.append(batch).result(10)
    forwarder.start()
    wait_until(lambda: spool.backlog == (0, 0), what="the reading to be stored")
    assert forwarder.stop(10)
    spool.close()


def test_what_an_edge_with_the_sample_stores_is_at_its_centre(
    config_file: Path,
    connection: psycopg.Connection[Any],
    centre: Flask,
    client: ApiClient,
    tmp_path: Path,
) -> None:
    authority = Certificates(tmp_path)
    with serving(centre, client, tmp_path, authority.make("server")) as address:
        add_sample(
            config_file,
            {
                "https://centre.example.com": f"https://127.0.0.1:{address.port}",
                "/etc/wellhead/centre.key": str(address.key_file),
                "/etc/wellhead/centre-ca.pem": str(authority.ca),
            },
        )
        runtime = sdk.Runtime.make(load_settings(config_file, os.environ))
        configs = {name: record.config for name, record in runtime.plugins.records.items()}
        [spec] = processes(configs)
        command = ("-m", "wellhead", "--config", str(config_file), *spec.arguments)

        def arrived() -> dict[str, tuple[float, str]]:
            """Value and status by the names of the tags; a tag is there before its readings."""
            found = {}
            for tag in client.get("/api/v1/tags").data:
                reading = client.get(f"/api/v1/tags/{tag['id']}/latest").data
                if reading is not None:
                    found[tag["name"]] = (reading["value"], reading["status"])
            return found

        with running(GatewayChild(tmp_path / "uplink.log", command)) as child:
            store(runtime, scan(make_source(connection), BASE, make_tags(connection, 2), first=7.5))
            stored = {"pad-7/T1": (7.5, "good"), "pad-7/T2": (8.5, "good")}
            wait_until(lambda: arrived() == stored, timeout=20, what="the readings at the centre")
            child.terminate()
