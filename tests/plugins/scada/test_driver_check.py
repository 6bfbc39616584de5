"""The rules about drivers: a right driver passes each, a driver broken on purpose fails its own."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_scada.check.findings import RULES, Findings
from wellhead_scada.check.hall import Hall
from wellhead_scada.check.run import examine

HERE = Path(__file__).parent
MODULE = "line_driver"
SLOWLY = [2.0]
"""The pace of the second look, and no first: enough for what is broken on a busy machine too."""

BROKEN = [
    ("driver-described", "SaysNothing", "option host"),
    ("driver-points", "TakesAnything", "address.register takes anything"),
    ("driver-points", "RefusesWithoutRemedy", "without a field"),
    ("driver-plan", "PlansOverTheNetwork", "socket.connect"),
    ("driver-dialer", "DialsByName", "is not reached"),
    ("driver-dialer", "DialsByName", "the dialer refused the address and `open` raised"),
    ("driver-reads", "TakesItsTime", "read more at once"),
    ("driver-reads", "ReadsTheWrongRegister", "instead of"),
    ("driver-refused-point", "InventsMissingPoints", "came as good"),
    ("driver-silence", "KeepsOldValues", "good readings came nonetheless"),
    ("driver-drip", "WaitsForEachByte", "instead of “bad: not connected”"),
    ("driver-errors", "WaitsForEachByte", "the engine had to cut it off"),
    ("driver-garbage", "BelievesGarbage", "good readings came nonetheless"),
    ("driver-wrong-answer", "ForgivesWrongNumbers", "good readings came nonetheless"),
    ("driver-old-answer", "ForgivesWrongNumbers", "good readings came nonetheless"),
    ("driver-huge-answer", "KeepsEndlessAnswers", "memory grew"),
    ("driver-hang-up", "CallsEverythingADeviceFailure", "instead of “bad: not connected”"),
    ("driver-storm", "TriesAgainByItself", "leave it to the engine"),
    ("driver-recovers", "NeverComesBack", "the line is good again"),
    ("driver-stops", "IgnoresCancellation", "a stop in mid-read took"),
    ("driver-stops", "SaysGoodbyeSlowly", "`close` took"),
    ("driver-leaks", "LeaksItsSocket", "sockets are still open"),
    ("driver-leaks", "LeaksATask", "task keep alive"),
    ("driver-leaks", "LeaksAThread", "thread poller"),
    ("driver-loop", "BlocksTheLoop", "in read"),
    ("driver-errors", "RaisesWhatItLikes", "RuntimeError: connection lost"),
]
BROKEN_SENDERS = [
    ("driver-points", "Sloppy", "writing to"),
    ("driver-reads", "MixesPlacesUp", "instead of"),
    ("driver-reads", "Slow", "was delivered"),
    ("driver-reads", "Sloppy", "is dated"),
    ("driver-reads", "Sloppy", "a test read while it listens"),
    ("driver-reads", "Nervous", "was taken for lost"),
    ("driver-refused-point", "Sloppy", "came as good"),
    ("driver-silence", "Deaf", "nothing is marked bad"),
    ("driver-garbage", "Gullible", "good readings came nonetheless"),
    ("driver-hang-up", "Deaf", "nothing is marked bad"),
    ("driver-writes", "Sloppy", "arrived 2 times"),
    ("driver-writes", "Slow", "arrived as"),
    ("driver-writes", "Gullible", "lay out one that can be written"),
    ("driver-lost-write", "Deaf", "`write` returned"),
    ("driver-lost-write", "Nervous", "says that nothing was written"),
    ("driver-lost-write", "Stubborn", "never answered arrived"),
    ("driver-browses", "Sloppy", "where no tag can be"),
    ("driver-browses", "Deaf", "nothing that was found"),
    ("driver-browses", "Slow", "did not end within"),
    ("driver-browses", "Stubborn", "does not take 'tanks'"),
    ("driver-errors", "Stubborn", "`listen` returned"),
    ("driver-errors", "Nervous", "`listen` raised RuntimeError"),
    ("driver-leaks", "Gullible", "sockets are still open"),
]


@pytest.fixture(scope="module")
def hall() -> Iterator[Hall]:
    with Hall() as made:
        yield made


def lazy(name: str, module: str = MODULE) -> sdk.Lazy:
    return sdk.Lazy("line", "Line", f"{module}:{name}")


RIGHT = {
    "line": (lazy("LineDriver"), lazy("LineServer")),
    "sender": (lazy("SenderDriver", "sender"), lazy("SenderServer", "sender_server")),
    "s7": (
        sdk.Lazy("s7", "S7", "wellhead_s7.driver:S7Driver"),
        sdk.Lazy("s7", "S7", "wellhead_s7.server:S7Server"),
    ),
}
"""The patterns of the broken ones, scanned and listened to, and the driver of examples/; the
built-in drivers are checked as plugins, with all others."""


@pytest.mark.system
@pytest.mark.alone
def test_right_drivers_pass_and_each_rule_refuses_what_breaks_it(hall: Hall) -> None:
    """One test, since the exams mostly wait and so are held side by side: processes by the dozen,
    beside which nothing else is timed. The right ones come last, when the others have begun."""
    servers = {"line_driver": "LineServer", "broken_senders": "SenderServer"}
    cases = [("broken_senders", *case) for case in BROKEN_SENDERS]  # the longest exams
    cases += [(MODULE, *case) for case in BROKEN]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(17) as pool:
        patch.syspath_prepend(HERE)
        patch.syspath_prepend(HERE.parents[2] / "examples" / "wellhead-s7")
        broken = {
            key: pool.submit(
                examine, lazy(key[1], key[0]), lazy(servers[key[0]], key[0]), SLOWLY, hall
            )
            for key in dict.fromkeys((module, name) for module, _, name, _ in cases)
        }
        right = {name: pool.submit(examine, *subject, hall=hall) for name, subject in RIGHT.items()}

    for name, exam in right.items():
        assert exam.result().problems == {}, name
        assert exam.result().cut is None
        reasons = exam.result().unproven.values()
        assert all("busy" in reason or "does not number" in reason for reason in reasons), reasons
    missed = [
        f"{rule} does not say {words!r} of {name}: {broken[module, name].result()}"
        for module, rule, name, words in cases
        if not any(
            words in problem for problem in broken[module, name].result().problems.get(rule, ())
        )
    ]
    assert missed == []


def test_each_rule_is_proven_and_documented() -> None:
    page = (HERE.parents[2] / "docs" / "plugin-check.md").read_text(encoding="utf-8")

    assert {rule for rule, _, _ in BROKEN + BROKEN_SENDERS} | {"driver-server"} == set(RULES)
    assert re.findall(r"^### (driver-\S+)$", page, re.MULTILINE) == list(RULES)


def test_what_a_slower_look_does_not_find_is_unproven() -> None:
    first, second = Findings(), Findings()
    for rule in ("driver-silence", "driver-loop"):
        first.add(rule, "first")
    for rule in ("driver-loop", "driver-leaks"):
        second.add(rule, "second")

    found = first.confirmed_by(second)

    assert found.problems == {"driver-loop": ["second"]}
    assert "run it again" in found.unproven["driver-silence"]


def test_a_slower_look_that_is_cut_takes_nothing_back() -> None:
    first = Findings()
    first.add("driver-silence", "first")

    found = first.confirmed_by(Findings(cut="no exam"))

    assert found.problems == {"driver-silence": ["first"]}
    assert found.reason("driver-drip") == "no exam"


def test_a_driver_without_a_device_server_cannot_be_proven() -> None:
    found = examine(lazy("LineDriver"), None)

    assert list(found.problems) == ["driver-server"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os._exit(3)", "status 3"),
        ("import os; os.kill(os.getpid(), 9)", "status -9"),
        ("raise SystemExit('no\\nlicence')", "SystemExit: no\nlicence"),
        ("print('hello'); import nowhere_at_all", "No module named 'nowhere_at_all'"),
    ],
)
def test_an_exam_that_ends_itself_says_how_and_the_next_is_sat(
    hall: Hall, code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ends_itself.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    driver = sdk.Lazy("line", "Line", "ends_itself:Driver")
    for _ in range(2):
        found = examine(driver, lazy("LineServer"), SLOWLY, hall)
        assert said in found.problems["driver-server"][0]


def test_an_exam_that_does_not_end_is_ended(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "pid"
    (tmp_path / "hangs.py").write_text(
        f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    monkeypatch.syspath_prepend(tmp_path)

    examine(lazy("NoDriver"), lazy("LineServer"), SLOWLY, hall)  # from here on it is open
    monkeypatch.setattr("wellhead_scada.check.hall.EXAM_S", 2.0)

    found = examine(sdk.Lazy("line", "Line", "hangs:Driver"), lazy("LineServer"), SLOWLY, hall)

    assert found.cut == "the exam did not end"
    wait_until(lambda: not psutil.pid_exists(int(note.read_text())), 10, what="it is gone")


def test_a_driver_that_cannot_be_imported_is_said_so() -> None:
    found = examine(sdk.Lazy("line", "Line", "nowhere_at_all:Driver"), lazy("LineServer"), SLOWLY)

    assert "No module named 'nowhere_at_all'" in found.problems["driver-server"][0]
    assert "nowhere_at_all" not in sys.modules
