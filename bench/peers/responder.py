"""The field: Modbus TCP devices in a process of their own, as fast as asyncio allows.

A register holds the milliseconds of the clock plus its address, modulo 65,536. So every value
changes all the time, and each value that a gateway keeps says when exactly it was read. Written
from the protocol; shares no code with any of the gateways that are measured.

    python -m peers.responder --devices 10 [--silent 3] [--journal FILE]

prints the ports and ends when its input ends. The journal has one row a request that was answered:
time in milliseconds, device, unit, first address, count.
"""

import argparse
import asyncio
import json
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from peers.accounting import Journal

MODULUS = 65_536
MOST = 125
"""Registers of one request."""
_REQUEST = struct.Struct(">HHHBBHH")
_ANSWER = struct.Struct(">HHHBBB")
_REGISTERS = (np.arange(MODULUS + MOST) % MODULUS).astype(">u2").tobytes()


class Device(asyncio.Protocol):
    """One connection. silent: the unit that never answers; 0 = none"""

    def __init__(self, number: int, silent: int, journal: "array[int] | None") -> None:
        self._number = number
        self._silent = silent
        self._journal = journal
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        whole = len(data) // _REQUEST.size * _REQUEST.size
        self._rest = data[whole:]
        now = time.time_ns() // 1_000_000
        answers = []
        for transaction, _, _, unit, function, address, count in _REQUEST.iter_unpack(data[:whole]):
            if unit == self._silent:
                continue
            if self._journal is not None:
                self._journal.extend((now, self._number, unit, address, count))
            size = 2 * count
            first = 2 * ((now + address) % MODULUS)
            answers.append(_ANSWER.pack(transaction, 0, size + 3, unit, function, size))
            answers.append(_REGISTERS[first : first + size])
        if answers:
            self._transport.write(b"".join(answers))


async def serve(devices: int, silent: int, journal: Path | None) -> None:
    """Until the input ends."""
    rows = array("q") if journal else None
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(Device, number, silent, rows), "127.0.0.1", 0)
        for number in range(devices)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    if journal is not None and rows is not None:
        np.save(journal, np.array(rows, np.int64).reshape(-1, 5))


@dataclass(frozen=True, slots=True)
class Field:
    """The responder, as it runs. ports: of its devices"""

    ports: list[int]
    _process: "subprocess.Popen[Any]"
    _path: Path | None

    def end(self) -> Journal | None:
        """Stop it; what it answered, if that was to be kept."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        return None if self._path is None else Journal.of(_load(self._path))


def _load(path: Path) -> npt.NDArray[np.int64]:
    rows: npt.NDArray[np.int64] = np.load(path)
    return rows


@contextmanager
def field(devices: int, silent: int = 0, journal: Path | None = None) -> Iterator[Field]:
    """A responder, ended in any case."""
    command = [sys.executable, "-m", "peers.responder", f"--devices={devices}"]
    command += [f"--silent={silent}"] + ([f"--journal={journal}"] if journal else [])
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield Field(json.loads(process.stdout.readline()), process, journal)
        finally:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--silent", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    options = parser.parse_args()
    asyncio.run(serve(options.devices, options.silent, options.journal))
