"""The process `calculator` beside a gateway's spool and forwarder: from a reading to a screen."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.plugins.calculations.conftest import Plant

from wellhead import sdk
from wellhead.live.bus import CHANNEL
from wellhead.live.frames import Payload
from wellhead.testing.waiting import wait_until
from wellhead_historian.forwarding.delivery import make_forwarder
from wellhead_historian.hooks import outboxes_of
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import batch_of

pytestmark = pytest.mark.system
S = 1_000_000
LONGEST_S = 20.0


@pytest.fixture
def calculator(config_file: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "wellhead", "--config", str(config_file), "calculator"]
    with subprocess.Popen(command, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.kill()


def test_a_reading_that_is_spooled_comes_out_calculated_on_screens(
    plant: Plant,
    define: Callable[..., int],
    calculator: "subprocess.Popen[str]",
    tmp_path: Path,
    database_admin_url: str,
    record_property: Callable[[str, object], None],
) -> None:
    plant.tags(A="bar")
    result = define("D", unit="bar", expression="{A} * 2")
    runtime = sdk.runtime_of(plant.app)
    config = runtime.plugins.records["historian"].config
    spool = Spool(tmp_path / "spool.db")
    forwarder = make_forwarder(
        spool, runtime.settings, config, "default", outboxes=outboxes_of(runtime, "default")
    )
    forwarder.start()
    with psycopg.connect(database_admin_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")

        def comes_out(value: float) -> float:
            """Seconds from the reading to the notification of its result."""
            now = time.time_ns() // 1000
            spool.append(batch_of(plant.source, [(plant.ids["A"], now, value, 192)])).result()
            for notification in listener.notifies(timeout=LONGEST_S):
                batch = Payload.parse(notification.payload).batch()
                if batch.tags.tolist() == [result]:
                    assert (batch.times.tolist(), batch.values.tolist()) == ([now], [value * 2])
                    return time.time_ns() / 1e9 - now / 1e6
            raise AssertionError("no result was told to screens")

        comes_out(1.0)
        seconds = [comes_out(float(value)) for value in (2, 3, 4)]
    record_property("seconds from spool to screen", seconds)
    print("from spool to screen:", *(f"{one:.2f} s" for one in seconds))
    forwarder.stop()
    spool.close()
    assert [value for _, value, _ in plant.readings("D")] == [2.0, 4.0, 6.0, 8.0]
    calculator.send_signal(signal.SIGTERM)
    assert wait_until(lambda: calculator.poll() is not None, what="the calculator's end")
    assert calculator.returncode == 0
