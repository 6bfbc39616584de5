"""A line of the log is an event, whatever a database says."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from wellhead.logs import configure_logs, on_one_line
from wellhead.settings.model import LogSettings

SAID = (
    "consuming input failed: server closed the connection unexpectedly\n"
    "\tThis probably means the server terminated abnormally\n"
    "(Background on this error at: https://sqlalche.me/e/21/e3q8)"
)
TOLD = (
    "consuming input failed: server closed the connection unexpectedly This probably means the "
    "server terminated abnormally"
)


@pytest.fixture
def _as_it_was() -> Iterator[None]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # or they would be closed
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_what_comes_in_several_lines_is_told_in_one() -> None:
    told = on_one_line(None, "warning", {"event": "away", "error": SAID, "count": 3, "at": "a  b"})
    assert told == {"event": "away", "error": TOLD, "count": 3, "at": "a  b"}


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.usefixtures("_as_it_was")
def test_only_a_traceback_has_lines_of_its_own(
    capsys: pytest.CaptureFixture[str], style: str
) -> None:
    configure_logs(LogSettings(level="info", format=style), "gateway")
    log = structlog.get_logger("x")
    log.warning("away", error=SAID)
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        log.error("failed", exc_info=True)
    lines = capsys.readouterr().err.splitlines()
    assert TOLD in lines[0]
    if style == "json":
        away, failed = map(json.loads, lines)
        assert (away["error"], away["role"]) == (TOLD, "gateway")
        assert failed["exception"].endswith("ValueError: first\nsecond")
    else:
        assert lines[-2:] == ["ValueError: first", "second"]


@pytest.mark.usefixtures("_as_it_was")
def test_no_logger_keeps_what_a_command_set_up_in_a_tests_process() -> None:
    log = structlog.get_logger("x")
    configure_logs(LogSettings(level="error"), "check")
    log.warning("nobody is told")
    structlog.reset_defaults()  # as every test begins
    with capture_logs() as lines:
        log.warning("heard")
    assert [line["event"] for line in lines] == ["heard"]
