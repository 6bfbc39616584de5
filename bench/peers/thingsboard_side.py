"""thingsboard-gateway: its own process, its Modbus connector, its SQLite storage.

Set up to its advantage: no statistics, no remote configuration, no report strategy, errors alone
are logged, and for throughput its destination is away, so that it only stores. What counts then is
a value in its SQLite file, at the time that stands there with it.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from peers.accounting import Kept, read_times
from peers.side import PERIOD_S, Workload, family, within
from peers.sink import Sink

BIN = Path(__file__).parents[2] / ".bench" / "peers" / "bin"
_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR"}
    },
    "root": {"level": "ERROR", "handlers": ["console"]},
}


class ThingsBoard:
    """A side."""

    name = "thingsboard-gateway"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tb-"))
        self._config = within(self._folder, "config")
        self._data = within(self._folder, "data")
        self._sink = Sink()
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self, work: Workload) -> None:
        self._sink.up()
        self._write("logs.json", _LOGS)
        self._write("tb_gateway.json", self._general())
        slaves = [
            _slave(work, unit if work.by_unit else number, port, unit)
            for number, (port, unit) in enumerate(work.devices)
        ]
        self._write("modbus.json", {"master": {"slaves": slaves}})

    def _general(self) -> dict[str, Any]:
        return {
            "thingsboard": {
                "host": "127.0.0.1",
                "port": self._sink.port,
                "remoteShell": False,
                "remoteConfiguration": False,
                "statistics": {"enable": False, "enableCustom": False},
                "deviceFiltering": {"enable": False},
                "reportStrategy": {"type": "DISABLED"},
                "checkingDeviceActivity": {"checkDeviceInactivity": False},
                "security": {"type": "accessToken", "accessToken": "bench"},
                "qos": 1,
            },
            "storage": {"type": "sqlite", "data_file_path": f"{self._data}/"},
            "grpc": {"enabled": False},
            "connectors": [{"type": "modbus", "name": "field", "configuration": "modbus.json"}],
        }

    def _write(self, name: str, document: Any) -> None:
        (self._config / name).write_text(json.dumps(document), encoding="utf-8")

    def start(self) -> None:
        variables = {**os.environ, "TB_GW_CONFIG_DIR": f"{self._config}/"}
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [BIN / "python", "-m", "thingsboard_gateway.tb_gateway"],
                cwd=self._folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def commission(self) -> None:
        """Its configuration lies in its files."""

    def isolate(self) -> None:
        self._sink.down()

    @property
    def _log(self) -> Path:
        return self._folder / "gateway.log"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def destination(self, up: bool) -> None:
        if up:
            self._sink.up()
        else:
            self._sink.down()

    def processes(self) -> Mapping[str, list[psutil.Process]]:
        if self._process is None or self._process.poll() is not None:
            return {}
        return {"gateway": family([self._process.pid])}

    def running(self) -> bool:
        return bool(self._stored()) or bool(self._sink.taken)

    def kept(self) -> Kept:
        return _columns(
            (stored * 1000, event["deviceName"], item)
            for stored, event in self._stored()
            for item in event["telemetry"]
        )

    def _stored(self) -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        for path in sorted(self._data.glob("*.db")):
            connection = sqlite3.connect(path, timeout=10)
            try:
                rows = connection.execute("SELECT timestamp, message FROM messages ORDER BY id")
                found += [(stored, json.loads(message)) for stored, message in rows]
            except sqlite3.OperationalError:
                pass  # it has not made its table yet
            finally:
                connection.close()
        return found

    def delivered(self) -> Kept:
        return _columns(
            (stored, device, item)
            for stored, payload in self._sink.taken
            for device, items in json.loads(payload).items()
            for item in items
        )

    def close(self) -> None:
        self.kill()
        self._sink.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _slave(work: Workload, number: int, port: int, unit: int) -> dict[str, Any]:
    common = {"type": "16uint", "functionCode": 3, "objectsCount": 1}
    if work.batched:
        points = [
            {
                **common,
                "tag": "r${address}",
                "address": f"{work.addresses.start}-{work.addresses[-1]}",
                "maxRegistersPerRequest": 125,
            }
        ]
    else:
        points = [{**common, "tag": f"r{n}", "address": n} for n in work.addresses]
    return {
        "host": "127.0.0.1",
        "port": port,
        "type": "tcp",
        "method": "socket",
        "unitId": unit,
        "deviceName": f"D{number}",
        "timeout": work.timeout,
        "retries": 0,
        "byteOrder": "BIG",
        "wordOrder": "BIG",
        "pollPeriod": int(PERIOD_S * 1000),
        "timeseries": points,
    }


def _columns(items: Iterable[tuple[int, str, Any]]) -> Kept:
    """(stored, device's name, {ts, values}) as columns."""
    rows = [
        (int(device[1:]), int(name[1:]), item["ts"], value, stored)
        for stored, device, item in items
        for name, value in item["values"].items()
    ]
    if not rows:
        return Kept.empty()
    device, address, about, value, stored = np.array(rows, np.int64).T
    return Kept(device, address, read_times(value, address, about), stored)
