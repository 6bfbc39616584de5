"""A whole `wellhead run` as a child process, and what is left of it when it has ended."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from wellhead.testing.waiting import free_port, wait_until

READY_SECONDS = 120.0
STOP_SECONDS = 30.0


class RunningWellhead:
    """One `wellhead run` in a session of its own, as a terminal gives it.

    environment: further variables; the configuration is `config`, the data is below `data_dir`
    """

    def __init__(
        self,
        config: Path,
        data_dir: Path,
        *,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        command: tuple[str, ...] = (sys.executable, "-m", "wellhead"),
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.parent / f"{data_dir.name}.log"
        self._mark = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, "run", "--config", str(config)],
                env={
                    **os.environ,
                    "WELLHEAD_PORT": str(self.port),
                    "WELLHEAD_DATA_DIR": str(data_dir),
                    **(environment or {}),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        """Everything this start has printed."""
        return self.log.read_bytes()[self._mark :].decode()

    def wait_ready(self) -> None:
        """Wait for the line that says where it is."""

        def ready() -> bool:
            assert self.process.poll() is None, self.output()
            return f"Wellhead is ready at {self.url}\n" in self.output()

        wait_until(ready, READY_SECONDS, what=f"`wellhead run` ready, see {self.log}")

    def password(self) -> str:
        """The administrator's first password, from the file that the output names."""
        [path] = re.findall(r"(?:kept in|password is in) (\S+)", self.output())
        return Path(path).read_text().strip()

    def log_in(
        self, email: str = "admin@wellhead.local", password: str | None = None
    ) -> requests.Session:
        """A session with a token, of the first administrator when nobody else is named."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/api/v1/auth/login",
            json={"email": email, "password": password or self.password()},
            timeout=30,
        )
        answer.raise_for_status()
        session.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
        return session

    def get(self, session: requests.Session, path: str) -> Any:
        """The `data` of an answer. Raises requests.HTTPError."""
        answer = session.get(f"{self.url}{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()["data"]

    def family(self) -> list[psutil.Process]:
        """The supervisor, all below it, and the embedded database's server with its processes."""
        found = [psutil.Process(self.process.pid)]
        found += found[0].children(recursive=True)
        lock = self.data_dir / "postgres" / "postmaster.pid"
        if lock.exists():
            server = psutil.Process(int(lock.read_text().splitlines()[0]))
            found += [server, *server.children(recursive=True)]
        return found

    def stop(self, how: signal.Signals = signal.SIGINT, *, group: bool = True) -> int:
        """Signal the process group, as Ctrl-C does, or the supervisor alone; its exit status."""
        if group:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)

    def listens(self, port: int) -> bool:
        with socket.socket() as trial:
            trial.settimeout(2)
            return trial.connect_ex(("127.0.0.1", port)) == 0

    def end(self) -> None:
        """Leave nothing behind, however the test went."""
        if self.process.poll() is None:
            family = self.family()
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                for process in reversed(family):
                    process.kill()
                self.process.wait()


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty folder whose path is short enough for the embedded database's socket."""
    folder = Path(tempfile.mkdtemp(prefix="wh-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
