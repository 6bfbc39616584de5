"""The hall of exams: `python -m wellhead_scada.check.child FD`, where FD brings a line an exam: a
job comes in, findings go out.

Each exam is a process of its own, a fork of this one: a driver under check may block, leak, crash
or never end, and the next exam begins without importing everything again.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any

from wellhead_scada.check.dialling import check_dialling
from wellhead_scada.check.exam import Exam
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.paper import check_paper
from wellhead_scada.check.station import Pace


def main() -> None:
    """Until nobody is left at the door. Says on each line the exam's process id, the answer, and
    how the process ended."""
    door = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that watch
    gc.freeze()
    while True:
        came, lines, _, _ = socket.recv_fds(door, 1, 1)
        if not came:
            return
        if os.fork() == 0:
            door.close()
            _watch(socket.socket(fileno=lines[0]))
        os.close(lines[0])


def _watch(line: socket.socket) -> None:
    """One exam, and the status with which it ended; ends the process."""
    os.set_inheritable(line.fileno(), False)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    exam = os.fork()
    if exam == 0:
        _sit(line)
    status = os.waitstatus_to_exitcode(os.waitpid(exam, 0)[1])
    line.sendall(f"\nstatus {status}".encode())
    os._exit(0)


def _sit(line: socket.socket) -> None:
    """The exam of the job (path, name, driver, server, slow); ends the process."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        line.sendall(f"{os.getpid()}\n".encode())
        with line.makefile(encoding="utf-8") as sent:
            job = json.loads(sent.readline())
        sys.path[:] = job["path"]
        asyncio.run(_examine(line, job, _load(job["driver"]), _load(job["server"])))
    except (Exception, SystemExit) as error:  # isolates: driver and server are foreign code
        _end(line, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(1)


async def _examine(line: socket.socket, job: dict[str, Any], driver: Any, server: Any) -> None:
    findings = Findings()
    try:
        check_paper(driver, server, findings)
        await check_dialling(driver, server, findings)
        await Exam(job["name"], driver, server, findings, Pace(job["slow"])).run()
    except Exception as error:  # isolates: driver and server are foreign code
        findings.add("driver-server", f"the exam broke off: {type(error).__name__}: {error}")
        findings.cut = "the exam broke off"
    # A task that ignores its cancellation would keep asyncio.run for ever.
    _end(line, {"findings": asdict(findings)})


def _end(line: socket.socket, answer: dict[str, Any]) -> None:
    line.sendall(json.dumps(answer).encode())
    os._exit(0)


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    main()
