"""A start waits for the database that it knows, and says at once what was never there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from wellhead.auth.bootstrap import Administrator
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import DatabaseAway
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.settings.model import DatabaseSettings
from wellhead.supervisor import preparing
from wellhead.supervisor.preparing import Preparing
from wellhead.testing import wait_until

ADMINISTRATOR = Administrator("a@example.com")

Make = Callable[..., Preparing]


class Server(EmbeddedPostgres):
    """Starts only after so many tries."""

    def __init__(self, data_dir: Path, failures: int) -> None:
        super().__init__(data_dir)
        self.failures = failures
        self.tries = 0

    def pid(self) -> int | None:
        return None

    def start(self) -> None:
        self.tries += 1
        if self.tries <= self.failures:
            raise DatabaseAway("it replays its log")


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr(preparing, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(preparing, "prepare", lambda app: ADMINISTRATOR)

    def made(server: Server | None = None, pool_size: int = 5) -> Preparing:
        database = DatabaseSettings(pool_size=pool_size)
        runtime = Runtime.make(Settings(data_dir=tmp_path, database=database))
        return Preparing(runtime, server)

    return made


def ended(started: Preparing) -> Preparing:
    started.start()
    wait_until(lambda: started.done, 20, what="the end of preparing")
    started.end()
    return started


def test_a_database_that_was_never_ready_is_not_waited_for(make: Make, tmp_path: Path) -> None:
    server = Server(tmp_path, failures=1)
    first = ended(make(server))
    with pytest.raises(DatabaseAway, match="it replays its log"):
        first.result()
    assert server.tries == 1


def test_one_that_was_ready_is_waited_for_and_another_is_not(make: Make, tmp_path: Path) -> None:
    assert ended(make(Server(tmp_path, failures=0))).result() == ADMINISTRATOR

    server = Server(tmp_path, failures=3)
    again = ended(make(server))
    assert again.result() == ADMINISTRATOR
    assert (server.tries, again.away) == (4, None)

    with pytest.raises(DatabaseAway):
        ended(make(Server(tmp_path, failures=1), pool_size=6)).result()


def test_it_can_be_told_to_stop_while_it_waits(make: Make, tmp_path: Path) -> None:
    ended(make(Server(tmp_path, failures=0)))
    waiting = make(Server(tmp_path, failures=1_000_000))
    waiting.start()
    wait_until(lambda: waiting.away is not None, 20, what="a first try")
    assert not waiting.done
    waiting.end()
    with pytest.raises(DatabaseAway, match="told to stop"):
        waiting.result()


def test_what_else_is_wrong_is_raised(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(make(Server(tmp_path, failures=0)))

    def broken(app: object) -> Administrator:
        raise KeyError("tenant")

    monkeypatch.setattr(preparing, "prepare", broken)
    with pytest.raises(KeyError):
        ended(make()).result()


def test_an_embedded_database_that_is_gone_is_said_and_a_first_one_is_not(
    make: Make, tmp_path: Path
) -> None:
    said = "the embedded database is gone"
    with capture_logs() as logs:
        ended(make(Server(tmp_path, failures=0))).result()
        assert not [entry for entry in logs if said in entry["event"]]
        ended(make(Server(tmp_path, failures=0))).result()
    [entry] = [entry for entry in logs if said in entry["event"]]
    assert (entry["log_level"], entry["path"]) == ("warning", str(tmp_path / "postgres"))
