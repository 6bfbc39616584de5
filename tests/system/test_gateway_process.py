"""The gateway as its users see it: through the API, its log and its exit."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from wellhead.testing import ApiClient, free_port, wait_until
from wellhead_scada.testing.process import GatewayChild, running

pytestmark = [pytest.mark.system, pytest.mark.alone]


@pytest.fixture
def ports() -> Iterator[dict[str, list[int]]]:
    """Ports of two good Modbus devices and of some bad ones (see modbus_devices.py)."""
    script = Path(__file__).with_name("modbus_devices.py")
    with subprocess.Popen(
        [sys.executable, str(script), "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.kill()


def make_device(api: ApiClient, name: str, port: int, **changed: Any) -> dict[str, Any]:
    """A device with one group of two tags at 200 ms; the device, with its tags' ids."""
    body = {
        "name": name,
        "driver": "modbus",
        "options": {"host": "127.0.0.1", "port": port},
        "timeout_s": 0.5,
        **changed,
    }
    device: dict[str, Any] = api.post("/api/v1/scada/devices", body).data
    group = {"device_id": device["id"], "name": "fast", "period_ms": 200}
    group = api.post("/api/v1/scada/scan-groups", group).data
    device |= {"group": group["id"], "source": group["source_id"], "tags": []}
    for place in range(2):
        tag = {
            "device_id": device["id"],
            "scan_group_id": group["id"],
            "name": f"{name}.{place}",
            "unit": "bar",
            "datatype": "uint16",
            "address": {"table": "holding", "address": place},
            "scale": 0.1,
            "offset": 5,
        }
        device["tags"].append(api.post("/api/v1/scada/tags", tag).data["id"])
    return device


def latest(api: ApiClient, tag: int) -> Any:
    return api.get(f"/api/v1/tags/{tag}/latest").data


def state(api: ApiClient, device: dict[str, Any]) -> Any:
    return api.get(f"/api/v1/scada/devices/{device['id']}").data["state"]


def scan_times(admin_url: str, source: int) -> list[float]:
    with psycopg.connect(admin_url) as connection:
        rows = connection.execute(
            "SELECT extract(epoch FROM ts)::float8 FROM tenant_default.historian_hot "
            "WHERE source_id = %s ORDER BY seq",
            (source,),
        ).fetchall()
    return [row[0] for row in rows]


def test_a_change_reaches_the_gateway_within_two_seconds_and_disturbs_no_other_device(
    api: ApiClient, config_file: Path, ports: dict[str, list[int]], database_admin_url: str
) -> None:
    steady = make_device(api, "steady", ports["good"][0])
    with running(GatewayChild.of(config_file)) as child:
        wait_until(
            lambda: latest(api, steady["tags"][1])["quality"] == 192,
            timeout=20,
            what="the first reading",
        )
        assert latest(api, steady["tags"][1])["value"] == pytest.approx(0x0203 * 0.1 + 5)

        other = make_device(api, "other", ports["good"][1])
        told = time.monotonic()
        wait_until(
            lambda: latest(api, other["tags"][0])["quality"] == 192,
            timeout=5,
            what="the new device",
        )
        assert time.monotonic() - told <= 2
        wait_until(lambda: state(api, other)["status"] == "connected", timeout=20, what="its state")

        api.patch(f"/api/v1/scada/tags/{other['tags'][0]}", {"offset": 1000})
        told = time.monotonic()
        wait_until(
            lambda: latest(api, other["tags"][0])["value"] > 1000, timeout=5, what="the new offset"
        )
        assert time.monotonic() - told <= 2

        api.patch(f"/api/v1/scada/devices/{other['id']}", {"enabled": False})
        told = time.monotonic()
        wait_until(
            lambda: latest(api, other["tags"][0])["status"] == "bad: out of service",
            timeout=5,
            what="the end of its readings",
        )
        assert time.monotonic() - told <= 2
        assert state(api, other)["status"] == "disabled"

        assert api.delete(f"/api/v1/scada/devices/{other['id']}").status == 200
        wait_until(lambda: "removed=other" in child.log, timeout=20, what="its removal")
        assert api.get(f"/api/v1/tags/{other['tags'][0]}/latest").status == 200
        wait_until(
            lambda: state(api, steady)["counters"].get("scans", 0) > 10, timeout=20, what="counters"
        )
        assert state(api, steady)["counters"]["missed"] == 0
        steps = np.diff(scan_times(database_admin_url, steady["source"]))
        assert len(steps) > 10
        assert steps.max() < 0.35, "a scan of the other device is missing"
        assert child.terminate() <= 5


def browse(api: ApiClient, device: dict[str, Any], **asked: Any) -> Any:
    answer = api.post(f"/api/v1/scada/devices/{device['id']}/browse", asked)
    assert answer.status == 200, answer.body
    return answer.data


def make_tags_of_what_is_found(api: ApiClient, device: dict[str, Any]) -> None:
    """Look around, send back what came, and read it."""
    asked = {"table": "holding", "first": 0, "last": 3}
    answer = browse(
        api, device, arguments=asked, scan_group_id=device["group"], prefix="found by looking: "
    )
    assert (answer["ok"], answer["complete"]) == (True, True)
    words = [tag for tag in answer["tags"] if tag["datatype"] == "uint16"]
    assert [tag["address"]["address"] for tag in words] == [0, 1, 2, 3]
    made = api.post("/api/v1/scada/tags/bulk", {"items": words})
    assert (made.status, made.data["created"]) == (200, 4), made.body
    read = api.post(f"/api/v1/scada/devices/{device['id']}/test").data["values"]
    found = [value for value in read if value["name"].startswith("found by looking: holding ")]
    assert len(found) == 4
    assert all(value["quality"] == 192 for value in found)


def test_a_test_read_goes_through_the_gateway(
    api: ApiClient, config_file: Path, ports: dict[str, list[int]]
) -> None:
    good = make_device(api, "good", ports["good"][0])
    silent = make_device(api, "silent", ports["hang"][0])
    nobody = make_device(api, "nobody", free_port())
    outside = make_device(api, "outside", 502, options={"host": "192.0.2.1"})
    off = make_device(api, "off", ports["good"][1], enabled=False)
    with running(GatewayChild.of(config_file, "--name", "main")) as child:
        down = (silent, nobody, outside)
        wait_until(
            lambda: all(state(api, device)["status"] == "backing_off" for device in down),
            timeout=20,
            what="the marks",
        )
        answer = api.post(f"/api/v1/scada/devices/{good['id']}/test").data
        assert (answer["ok"], answer["reason"]) == (True, None)
        first = answer["values"][0]
        assert first["tag"] == good["tags"][0]
        assert (first["raw"], first["unit"]) == (1, "bar")
        assert first["value"] == pytest.approx(5.1)
        assert (first["quality"], first["quality_name"]) == (192, "good")

        # what was saved just before is what is read
        api.patch(f"/api/v1/scada/tags/{good['tags'][0]}", {"scale": 2})
        answer = api.post(f"/api/v1/scada/devices/{good['id']}/test").data
        assert answer["values"][0]["value"] == 7

        for device, says in (
            (silent, "no answer within 0.5 s"),
            (nobody, "connection refused"),
            (outside, "192.0.2.1 lies outside the networks that may be connected to"),
        ):
            answer = api.post(f"/api/v1/scada/devices/{device['id']}/test").data
            assert not answer["ok"]
            assert says in answer["reason"]
            assert answer["values"][0]["raw"] is None
            assert answer["values"][0]["quality_name"].startswith("bad: ")
            assert says in answer["values"][0]["reason"]
            assert says in state(api, device)["reason"]
        assert "[plugins.scada] allow_networks" in state(api, outside)["reason"]
        for device, marked in (
            (silent, "bad: communication failure"),
            (nobody, "bad: not connected"),
        ):
            wait_until(
                lambda device=device, marked=marked: (  # type: ignore[misc]
                    latest(api, device["tags"][0])["status"] == marked
                ),
                timeout=20,
                what=marked,
            )

        make_tags_of_what_is_found(api, good)
        answer = browse(api, nobody, arguments={"table": "holding", "first": 0, "last": 3})
        assert not answer["ok"]
        assert "connection refused" in answer["reason"]

        assert api.post(f"/api/v1/scada/devices/{off['id']}/test").data["ok"]
        assert state(api, off)["status"] == "disabled"

        again = GatewayChild.of(config_file, "--name", "main")
        wait_until(lambda: again.ended is not None, timeout=20, what="the second's refusal")
        assert again.ended != 0
        assert "default-main.db" in again.log
        odd = GatewayChild.of(config_file, "--name", "../rig")
        wait_until(lambda: odd.ended is not None, timeout=20, what="the refusal of the name")
        assert "--name: not a gateway's name (found '../rig')" in odd.log
        assert child.ended is None
