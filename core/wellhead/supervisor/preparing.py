"""The database made ready beside the supervisor's rounds.

That may take minutes (a crashed server replays its log first), or the server may be away: after a
power failure it may start later than what reads the field. A database that was ready once with this
configuration is waited for; one that never was is most likely named wrongly.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

from wellhead.app import create_app
from wellhead.auth.bootstrap import Administrator
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import DatabaseAway
from wellhead.runtime import Runtime
from wellhead.settings.model import Settings
from wellhead.supervisor.plan import Plan, fixed
from wellhead.supervisor.prepare import prepare

_FILE = "prepared"
"""In data_dir: the digest of the [database] with which a start got ready last."""
_AWAY = (DatabaseAway, OperationalError, psycopg.OperationalError)
_PAUSE_SECONDS = 5.0
_END_SECONDS = 10.0
log = structlog.get_logger(__name__)


def was_ready(settings: Settings) -> bool:
    """Whether a start got ready before with the same [database]."""
    known = settings.data_dir / _FILE
    return known.exists() and known.read_text() == fixed(settings)["[database]"]


class Preparing:
    """A thread that puts the app together, starts `server` if there is an embedded one, and does
    what comes before the processes.

    plan: None until the app is there; may change until `done`
    away: why the database cannot be reached, None when it was not tried or can be
    """

    def __init__(self, runtime: Runtime, server: EmbeddedPostgres | None) -> None:
        self.plan: Plan | None = None
        self.away: str | None = None
        self._runtime = runtime
        self._server = server
        self._known = runtime.settings.data_dir / _FILE
        self._outcome: Administrator | BaseException | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="preparing", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether there is a `result`."""
        return self._outcome is not None

    @property
    def patient(self) -> bool:
        """Whether a database that is away is waited for."""
        return was_ready(self._runtime.settings)

    def result(self) -> Administrator:
        """Of what is done. Raises what went wrong."""
        assert self._outcome is not None
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome

    def end(self) -> None:
        """No more tries; what is under way has some seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        try:
            self._outcome = self._prepared()
        except BaseException as error:  # the supervisor's thread raises it
            self._outcome = error

    def _prepared(self) -> Administrator:
        with ThreadPoolExecutor(1) as beside:  # a quarter of a second of waiting, at best
            started = beside.submit(self._start_server)
            app = create_app(self._runtime)
            self.plan = Plan.of(self._runtime)
            while True:
                try:
                    started.result()
                    administrator = prepare(app)
                except _AWAY as error:
                    if not self.patient:
                        raise
                    self._tell_away(str(error).strip())
                else:
                    break
                if self._stopping.wait(_PAUSE_SECONDS):
                    raise DatabaseAway("told to stop before the database was ready")
                started = beside.submit(self._start_server)
        if self.away is not None:
            log.info("the database is there")
        self.plan = Plan.of(self._runtime)
        self.away = None
        if not self.patient:
            self._remember(self.plan.fixed["[database]"])
        return administrator

    def _remember(self, digest: str) -> None:
        try:
            self._known.write_text(digest)
        except OSError as error:  # a full disk: everything runs without
            log.warning("the next start will not wait for the database", reason=str(error))

    def _start_server(self) -> None:
        if self._server and self._server.pid() is None:
            if self.patient and not self._server.initialised:
                log.warning(
                    "the embedded database is gone, an empty one is made in its place; to have the "
                    "other back, stop Wellhead and bring its folder back",
                    path=str(self._server.pgdata),
                )
            self._server.start()

    def _tell_away(self, reason: str) -> None:
        # the lines of a server's log have their times, so that no two tries end alike
        if self.away is None or reason.split("\n")[0] != self.away.split("\n")[0]:
            log.error("the database is away, it is tried again", reason=reason)
        self.away = reason
