"""The console in headless Chromium over a whole `wellhead run`: a person logs in and watches.

`WELLHEAD_SCREENSHOT=docs/images/console.png` also writes the picture of the README.
"""

import contextlib
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest
import requests

from wellhead import sdk
from wellhead.app import create_app
from wellhead.plugins.loader import GROUP
from wellhead.runtime import Runtime
from wellhead.testing import free_port, wait_until
from wellhead.testing.client import PASSWORD as TEST_PASSWORD

from .browser import serving

pytestmark = pytest.mark.system
EMAIL = "ada@example.com"
PASSWORD = "drill deeper tomorrow"


class Run:
    """One `wellhead run` with the simulated field of `make run`: five wells, three protocols."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o600)
        config = folder / "wellhead.toml"
        config.write_text(
            f'data_dir = "{folder}/data"\n'
            f"[web]\nport = {self.port}\n"
            f"[plugins.simulator]\nrun = true\nbase_port = {_free_block(5)}\n"
            'drivers = ["modbus", "mqtt", "opcua"]\n',
            encoding="utf-8",
        )
        self.log = folder / "run.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wellhead", "--config", str(config), "run"],
                env={
                    **os.environ,
                    "WELLHEAD_ADMIN_EMAIL": EMAIL,
                    "WELLHEAD_ADMIN_PASSWORD_FILE": str(password),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "Wellhead is ready at" in self.log.read_text()

    def call(self, method: str, path: str, body: Any = None, email: str = EMAIL) -> Any:
        """The `data` of an answer of the API, to ADA or another user with her password."""
        login = {"email": email, "password": PASSWORD}
        answer = requests.post(f"{self.origin}/api/v1/auth/login", json=login, timeout=10).json()
        done = requests.request(
            method,
            f"{self.origin}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {answer['data']['access_token']}"},
            timeout=10,
        )
        done.raise_for_status()
        return done.json()["data"]

    def fault(self, well: str, name: str, active: bool) -> None:
        self.call("POST", "simulator/faults", {"well": well, "fault": name, "active": active})

    def kill_web(self) -> None:
        """Kill the web processes; the supervisor starts them again."""
        for child in psutil.Process(self.process.pid).children():
            if child.cmdline()[-1] == "web":
                for process in (child, *child.children()):
                    process.kill()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()


def _free_block(size: int) -> int:
    """First of `size` free ports in a row, below those that the system gives out by itself."""
    for first in range(20_000 + os.getpid() % 10_000, 32_000, size):
        with contextlib.ExitStack() as trials, contextlib.suppress(OSError):
            for port in range(first, first + size):
                trials.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no free ports for the field's devices")


@pytest.fixture
def run() -> Iterator[Run]:
    # not below pytest's own folder, which is closed to the account that PostgreSQL runs as
    folder = Path(tempfile.mkdtemp(prefix="wh-console-"))
    started = Run(folder)
    try:
        wait_until(started.ready, timeout=90, what="wellhead run ready")
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lean(settings: sdk.Settings) -> Iterator[str]:
    """Origin of a web process with no plugin but the historian and the console."""
    others = {point.name for point in entry_points(group=GROUP)} - {"historian", "console"}
    off = {name: {"enabled": False} for name in others}
    with serving(create_app(Runtime.make(dataclasses.replace(settings, plugins=off)))) as origin:
        yield origin


class Page:
    """The console as a person sees it."""

    def __init__(self, chromium: Any, origin: str) -> None:
        self.chromium = chromium
        chromium.get(f"{origin}/")

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.chromium.find_elements("css selector", selector)
        return found

    def text(self, selector: str) -> str:
        """What the first such element says; nothing when there is none."""
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        text: str = self.chromium.execute_script(script, selector)
        return text

    def shows(self, selector: str) -> bool:
        return any(element.is_displayed() for element in self.all(selector))

    def log_in(self, password: str, email: str = EMAIL) -> None:
        self.all("#email")[0].clear()
        self.all("#email")[0].send_keys(email)
        self.all("#password")[0].clear()
        self.all("#password")[0].send_keys(password + "\n")

    def live(self) -> bool:
        return self.text("#connection") == "Live"

    def value(self, tag: str) -> str:
        return self.text(f'tr[data-tag="{tag}"] .number')

    def status(self, tag: str) -> str:
        script = "return document.querySelector(arguments[0])?.dataset.status ?? ''"
        status: str = self.chromium.execute_script(script, f'tr[data-tag="{tag}"]')
        return status

    def reason(self, tag: str) -> str:
        return self.text(f'tr[data-tag="{tag}"] + .why .quality')

    def trend_points(self, tag: str) -> int:
        script = (
            "return [...document.querySelectorAll(arguments[0])]"
            ".map(line => line.points.length).reduce((a, b) => a + b, 0)"
        )
        points: int = self.chromium.execute_script(script, f'tr[data-tag="{tag}"] polyline')
        return points

    def heard(self, device: str) -> str:
        """How long ago the last reading of a device came."""
        return self.text(f'tr[data-device="{device}"] .age')

    def click(self, selector: str) -> None:
        """As a keyboard does, wherever the page is scrolled to."""
        self.chromium.execute_script("document.querySelector(arguments[0]).click()", selector)

    def complaints(self) -> list[str]:
        """What the browser's console has had to say since the last time."""
        return [entry["message"] for entry in self.chromium.get_log("browser")]


def test_a_person_logs_in_and_watches_the_field(run: Run, chromium: Any) -> None:
    page = Page(chromium, run.origin)
    wait_until(lambda: page.shows("#login"), what="the login form")

    page.log_in("a wrong password")
    wait_until(lambda: "wrong" in page.text("#login-error"), what="a refusal")
    assert all("401" in complaint for complaint in page.complaints())

    page.log_in(PASSWORD)
    wait_until(page.live, timeout=30, what="the live connection")
    assert page.text(".cards .card h2").startswith("W01")
    assert len(page.all(".cards .card")) == 5
    wait_until(lambda: page.status("W01.WHP") == "good", timeout=30, what="a good value")
    first = page.value("W01.WHP")
    wait_until(lambda: page.value("W01.WHP") != first, timeout=20, what="a value that moves")
    assert page.text('tr[data-tag="W01.WHP"] .unit') == "bar"

    assert not page.shows('tr[data-tag="W01.RUN_HOURS"]')
    page.all(".cards .card button.quiet")[0].click()
    wait_until(lambda: page.shows('tr[data-tag="W01.RUN_HOURS"]'), what="all values")
    assert page.text('tr[data-device="W01 RTU (Modbus TCP)"] td').startswith("Modbus")
    wait_until(lambda: page.heard("W01 RTU (Modbus TCP)") in ("now", "1 s"), what="a device heard")

    _command_a_well(run, page)
    page.all(".cards .card button.quiet")[0].click()

    run.fault("W02", "comms_loss", active=True)
    wait_until(lambda: page.status("W02.WHP") == "bad", timeout=20, what="a bad value")
    assert page.reason("W02.WHP") == "▲ Bad: communication failure"
    together = ".cards .card:nth-child(2) .together"
    said = "communication failure, all 40 values"
    wait_until(lambda: page.text(together).endswith(said), what="the reason of the whole well")
    assert page.shows(together)
    assert page.status("W01.WHP") == "good"
    wait_until(lambda: "not good" in page.text("#summary"), what="a count of what is not good")
    _take_picture(page)
    run.fault("W02", "comms_loss", active=False)
    wait_until(lambda: page.status("W02.WHP") == "good", timeout=90, what="a value good again")

    chromium.refresh()
    wait_until(page.live, timeout=30, what="the live connection after a reload")
    assert not page.shows("#login")
    assert page.complaints() == []

    run.kill_web()
    wait_until(lambda: page.text("#connection").startswith("Not connected"), what="a loss shown")
    wait_until(page.live, timeout=60, what="the live connection after a loss")
    page.complaints()  # the requests that found no server

    page.all("#logout")[0].click()
    wait_until(lambda: page.shows("#login"), what="the login form after logout")
    assert page.all(".cards .card") == []
    assert chromium.execute_script("return sessionStorage.length") == 0
    chromium.refresh()
    wait_until(lambda: page.shows("#login"), what="the login form, still")
    assert page.complaints() == []


def _command_a_well(run: Run, page: Page) -> None:
    """Writing is disabled at first; a set point is commanded, and somebody else's approved."""

    def connected() -> bool:
        devices = run.call("GET", "scada/devices")
        return all(device["state"]["status"] == "connected" for device in devices)

    wait_until(connected, timeout=30, what="devices that take commands")
    assert page.text("#writes-text").startswith("Writing to the field is disabled")
    assert "administrator" in page.text("#writes-text")
    page.click("#writes-enable button")
    wait_until(lambda: not page.shows("#writes"), what="writing enabled")

    page.click('tr[data-tag="W01.CHOKE_SP"] .set')
    assert "0 to 100" in page.text("#command-now")
    page.all("#command-value")[0].send_keys("40")
    page.all("#command-reason")[0].send_keys("less sand\n")
    wait_until(lambda: "verified" in page.text("#command-steps"), timeout=20, what="its last step")
    page.click("#command-close")
    assert "less sand" in page.text("#commands-list")

    bob = "bob@example.com"
    run.call("POST", "users", {"email": bob, "roles": ["operator"], "password": PASSWORD})
    [tag] = run.call("GET", "tags?name=W02.FREQ_SP")
    run.call("PATCH", f"scada/controls/{tag['id']}", {"critical": True})
    asked = {"tag_id": tag["id"], "value": 48, "reason": "too hot", "key": "one"}
    run.call("POST", "scada/commands", asked, bob)
    waiting = "[data-state=pending_approval]"
    wait_until(lambda: page.text(f"{waiting} button") == "Approve", what="what waits for Ada")
    assert "too hot" in page.text(waiting)
    page.click(f"{waiting} button")
    done = "#commands-list li:first-child[data-state=verified]"
    wait_until(lambda: "W02.FREQ_SP" in page.text(done), timeout=20, what="what she approved")


HOSTILE = "<img src=x onerror=alert(1)>"
LONG = " and so on" * 50


def test_without_wells_the_page_shows_tags_and_runs_none_of_their_names(
    lean: str, settings: sdk.Settings, database_admin_url: str, chromium: Any
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        rows = connection.execute(
            "INSERT INTO tenant_default.historian_tag (name, unit, datatype, states) VALUES"
            " ('P-1', 'bar', 'float32', NULL), (%s, 'degC', 'float32', NULL),"
            " ('RUN', NULL, 'bool', NULL), ('SAYS', NULL, 'string', NULL),"
            """ ('PUMP', NULL, 'int16', '{"0": "Stopped", "1": "Running"}') RETURNING id""",
            (HOSTILE,),
        ).fetchall()
        described = "Pump pressure. Curve P of the log Rig"
        connection.execute(
            "UPDATE tenant_default.historian_tag SET description = %s WHERE name = 'P-1'",
            (described,),
        )
    chromium.set_window_size(400, 800)
    page = Page(chromium, lean)
    page.log_in(TEST_PASSWORD, "viewer@example.com")
    wait_until(page.live, timeout=30, what="the live connection")
    assert page.text(".cards .card h2") == "Tags"
    assert page.reason("P-1") == "No reading yet"
    name, age = page.all('tr[data-tag="P-1"] th')[0], page.all('tr[data-tag="P-1"] .age')[0]
    assert (name.text, name.get_attribute("title")) == ("Pump pressure", f"P-1: {described}")
    table = page.all(".cards .card table")[0].rect
    assert age.rect["x"] + age.rect["width"] == pytest.approx(table["x"] + table["width"], abs=2)

    quality = [sdk.quality.GOOD, sdk.quality.BAD_SENSOR_FAILURE, *[sdk.quality.GOOD] * 3]
    batch = sdk.Batch.scan(
        1,
        time.time_ns() // 1000,
        np.array([row[0] for row in rows], np.int32),
        np.array([12.5, 99.0, 1.0, 17.0, 1.0]),
        np.array(quality, np.int16),
    )
    batch = dataclasses.replace(batch, texts={3: HOSTILE + LONG})
    with sdk.connect(settings, "default") as connection:
        sdk.publish_readings(connection, "default", batch)
    wait_until(lambda: page.value("P-1") == "12.50", what="the value")
    assert (page.reason("P-1"), page.value("RUN")) == ("", "on")
    said = page.all('tr[data-tag="SAYS"] .number')[0]
    assert (said.text, said.get_attribute("title")) == (HOSTILE + LONG, HOSTILE + LONG)
    assert page.value("PUMP") == "Running"
    assert page.reason(HOSTILE) == "▲ Bad: sensor failure"
    wait_until(lambda: page.shows(".why .quality"), what="the reason under the value")
    assert page.text("tr[data-status=bad] th") == HOSTILE
    wide = "return document.documentElement.scrollWidth > innerWidth"
    assert not chromium.execute_script(wide), "a phone has to scroll sideways"

    late, new = (
        sdk.Batch.scan(
            1, at, batch.tags[[place]], np.array([0.0]), np.array([sdk.quality.GOOD], np.int16)
        )
        for place, at in ((0, int(batch.times[0]) - 1), (2, int(batch.times[0]) + 1))
    )
    with sdk.connect(settings, "default") as connection:
        sdk.publish_readings(connection, "default", late)
        sdk.publish_readings(connection, "default", new)
    wait_until(lambda: page.value("RUN") == "off", what="what came after a late reading")
    assert page.value("P-1") == "12.50"
    lacking = ("/api/v1/wells", "/api/v1/scada/")
    assert all(any(path in said for path in lacking) for said in page.complaints())


def _take_picture(page: Page) -> None:
    target = os.environ.get("WELLHEAD_SCREENSHOT")
    if target:
        wait_until(lambda: page.trend_points("W01.WHP") > 60, timeout=120, what="a trend")
        page.chromium.execute_script("scrollTo(0, 0)")
        page.chromium.save_screenshot(target)
