"""A gateway as a process of its own, for tests that kill it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path


class GatewayChild:
    """`python -m wellhead --config … gateway …`, or another program that runs one.

    log: what it wrote; pass_fds: file descriptors it inherits
    """

    def __init__(self, log: Path, command: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                stdout=output,
                stderr=output,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )

    @classmethod
    def of(cls, config: Path, *arguments: str) -> "GatewayChild":
        """The gateway of a configuration file; its log lies beside that."""
        command = ["-m", "wellhead", "--config", str(config), "gateway", *arguments]
        return cls(config.with_suffix(".log"), command)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """kill -9."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def terminate(self, timeout: float = 20.0) -> float:
        """SIGTERM; returns how many seconds it took to end. Raises TimeoutExpired."""
        start = time.monotonic()
        self._process.terminate()
        self._process.wait(timeout)
        return time.monotonic() - start


@contextlib.contextmanager
def running(child: GatewayChild) -> Iterator[GatewayChild]:
    """Ends the child whatever happens in the block, and shows its log when that failed."""
    try:
        yield child
    except BaseException:
        print(child.log)  # noqa: T201 (pytest shows it beside the failure)
        raise
    finally:
        child.kill()
