"""Where exams are sat: a process that has imported what every exam needs, and forks for each."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

EXAM_S = 60.0


class Hall:
    """To be used in a `with`. Several threads may have exams sat at once."""

    def __enter__(self) -> Self:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "wellhead_scada.check.child", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        self._process.wait()

    def sit(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        """What `check.child` answers to the job: `findings`, or the `error` for which there are
        none. None when there was no answer within EXAM_S; the exam is ended then."""
        mine, theirs = socket.socketpair()
        with mine:
            with theirs, suppress(ConnectionError):  # a hall that is gone gives no answer
                socket.send_fds(self._door, [b"1"], [theirs.fileno()])
                mine.sendall(json.dumps(job).encode() + b"\n")
            mine.settimeout(EXAM_S)
            said = b""
            try:
                while more := mine.recv(2**16):
                    said += more
            except TimeoutError:
                with suppress(ValueError, ProcessLookupError):
                    os.kill(int(said.partition(b"\n")[0]), signal.SIGKILL)
                return None
            except ConnectionError:
                pass
        _pid, _, rest = said.decode().partition("\n")
        answer, _, status = rest.rpartition("\n")
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        return {"error": status or "its process ended"}
