"""From an edge's outbox to a centre over a line that fails: all, in order, once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from flask import Flask
from marshmallow import Schema
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead.testing import ApiClient, Fault, wait_until
from wellhead_historian.testing import BASE, make_source, make_tags, scan
from wellhead_scada_mqtt.testing import Certificates
from wellhead_uplink.edge import outbox
from wellhead_uplink.edge.destination import Entry, Report
from wellhead_uplink.edge.outbox import OutboxWriter
from wellhead_uplink.edge.process import WELLHEAD, maker
from wellhead_uplink.edge.sender import Sender
from wellhead_uplink.testing import Line

from .conftest import Address, Connect, serving

Tags = npt.NDArray[np.int32]


@pytest.fixture
def proxy(served: Address) -> Iterator[Line]:
    with Line(served.port) as made:
        yield made


@pytest.fixture
def tags(connection: psycopg.Connection[Any]) -> Tags:
    return make_tags(connection, 5)


@contextmanager
def sending(edge: Connect, make: Callable[[], Any], name: str = "centre") -> Iterator[Sender]:
    sender = Sender("default", name, make, edge, [name])
    sender.start()
    try:
        yield sender
    finally:
        assert sender.stop(10)


def to_centre(served: Address, port: int | None = None) -> Callable[[], Any]:
    entry = {"kind": "wellhead", "options": served.options(port)}
    return maker({"wellhead": WELLHEAD}, "default", entry)


def queue(connection: psycopg.Connection[Any], *batches: sdk.Batch) -> None:
    with connection.transaction():
        OutboxWriter(1 << 30)(connection, batches)


def state(connection: psycopg.Connection[Any]) -> tuple[str, str | None]:
    row = connection.execute("SELECT state, reason FROM uplink_destination").fetchone()
    return row or ("", None)


def is_in(connection: psycopg.Connection[Any], wanted: str) -> bool:
    return state(connection)[0] == wanted


def sent(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT d.position = h.last FROM uplink_destination d, uplink_head h")
    return row.fetchone() == (True,)


def hot(at_centre: psycopg.Connection[Any]) -> list[float]:
    """The first value of each scan at the centre, in order of arrival."""
    rows = at_centre.execute("SELECT value[1] FROM historian_hot ORDER BY seq").fetchall()
    return [row[0] for row in rows]


def test_readings_arrive_in_order_and_once_over_a_line_that_fails_in_every_way(
    edge: Connect,
    connection: psycopg.Connection[Any],
    at_centre: psycopg.Connection[Any],
    served: Address,
    proxy: Line,
    tags: Tags,
) -> None:
    source = make_source(connection)
    faults = [Fault.REFUSE, Fault.RESET, Fault.HANG_UP, Fault.WRONG, Fault.GARBAGE]
    step = 0
    with sending(edge, to_centre(served, proxy.port)):
        for fault in (*faults, Fault.PASS):
            proxy.set(fault)
            for _ in range(20):
                queue(connection, scan(source, BASE + step * 1_000_000, tags, first=step))
                step += 1
            if fault is not Fault.PASS:
                wait_until(lambda: state(connection)[0] == "away", what=f"{fault} to be noted")
            proxy.set(Fault.PASS)
            wait_until(partial(sent, connection), timeout=30, what="everything to arrive")
    assert hot(at_centre) == list(range(step))
    assert connection.execute("SELECT count(*) FROM uplink_outbox").fetchone() == (0,)
    row = at_centre.execute("SELECT received, missing FROM uplink_stream").fetchone()
    assert row == (step * len(tags), 0)


def test_r4_what_a_full_outbox_dropped_is_counted_alike_at_both_ends(
    edge: Connect,
    connection: psycopg.Connection[Any],
    at_centre: psycopg.Connection[Any],
    served: Address,
    tags: Tags,
) -> None:
    source = make_source(connection)
    with sending(edge, to_centre(served)):
        queue(connection, scan(source, BASE, tags, first=0))
        wait_until(partial(sent, connection), timeout=20, what="the first to arrive")
    writer = OutboxWriter(2000)
    for step in range(1, 100):
        with connection.transaction():
            writer(connection, [scan(source, BASE + step * 1_000_000, tags, first=step)])
    with sending(edge, to_centre(served)):
        wait_until(partial(sent, connection), timeout=20, what="the rest to arrive")
    arrived = hot(at_centre)
    assert arrived == [0, *range(101 - len(arrived), 100)]
    lost = (100 - len(arrived)) * len(tags)
    assert lost > 0
    row = connection.execute("SELECT sent, dropped FROM uplink_destination").fetchone()
    assert row == (500 - lost, lost)
    row = at_centre.execute("SELECT received, missing FROM uplink_stream").fetchone()
    assert row == (500 - lost, lost)
    assert connection.execute("SELECT readings FROM uplink_gap").fetchall() == [(lost,)]


class Crash(BaseException):
    """As by kill -9: nothing after that place is done."""


@pytest.mark.parametrize("place", ["report", "before send", "after send", "in the commit"])
def test_r1_a_sender_killed_anywhere_loses_and_doubles_nothing(
    edge: Connect,
    connection: psycopg.Connection[Any],
    at_centre: psycopg.Connection[Any],
    served: Address,
    tags: Tags,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = make_source(connection)
    outbox.register(connection, ["centre"])
    for step in range(6):
        queue(connection, scan(source, BASE + step * 1_000_000, tags, first=step))
    real = outbox.sent

    class Dies:
        options_schema: ClassVar[type[Schema]] = Schema

        def __init__(self) -> None:
            self.inner = to_centre(served)()

        def report(self, report: Report) -> Any:
            answer = self.inner.report(report)
            if place == "report":
                raise Crash
            return answer

        def send(self, entries: Sequence[Entry]) -> int:
            if place == "before send":
                raise Crash
            through: int = self.inner.send(entries[:4])
            if place == "after send":
                raise Crash
            return through

        def close(self) -> None:
            self.inner.close()

    def dies_in_commit(given: psycopg.Connection[Any], *arguments: Any) -> None:
        real(given, *arguments)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "sent", dies_in_commit)
        sender = Sender("default", "centre", Dies, edge, ["centre"])
        doomed = edge()
        with pytest.raises(Crash):
            sender._try(doomed)
        doomed.close()  # the server rolls back what was open
    assert not sent(connection)
    with sending(edge, to_centre(served)):
        wait_until(partial(sent, connection), timeout=20, what="everything to arrive")
    assert hot(at_centre) == list(range(6))


def test_a_restored_edge_notices_and_loses_nothing(
    edge: Connect,
    connection: psycopg.Connection[Any],
    at_centre: psycopg.Connection[Any],
    served: Address,
    tags: Tags,
) -> None:
    """Its outbox counts again from where the backup was: the centre has had those numbers."""
    source = make_source(connection)
    step = 0

    def send_more(count: int) -> None:
        nonlocal step
        with sending(edge, to_centre(served)):
            for _ in range(count):
                queue(connection, scan(source, BASE + step * 1_000_000, tags, first=step))
                step += 1
            wait_until(partial(sent, connection), timeout=20, what="everything to arrive")

    send_more(3)
    backup = connection.execute("SELECT last, total, written, stream FROM uplink_head").fetchone()
    place = connection.execute("SELECT position, total FROM uplink_destination").fetchone()
    assert backup is not None
    assert place is not None
    send_more(4)
    connection.execute("UPDATE uplink_head SET last = %s, total = %s, written = %s", backup[:3])
    connection.execute("UPDATE uplink_destination SET position = %s, total = %s", place)
    send_more(5)
    assert hot(at_centre) == list(range(12))
    row = connection.execute("SELECT stream, replaces FROM uplink_head").fetchone()
    assert row is not None
    assert row[0] != backup[3] == row[1]


def test_a_wrong_key_waits_for_somebody_and_says_so(
    edge: Connect, connection: psycopg.Connection[Any], served: Address
) -> None:
    key = served.key_file.read_text()
    served.key_file.write_text("whk_12345678_wrong")
    with sending(edge, to_centre(served)):
        wait_until(lambda: state(connection)[0] == "stuck", what="the refusal")
        assert "401" in str(state(connection)[1])
        served.key_file.write_text(key)
        wait_until(lambda: state(connection)[0] == "current", timeout=20, what="the new key")


def test_a_centre_is_believed_only_with_a_certificate_that_is_trusted(
    edge: Connect,
    connection: psycopg.Connection[Any],
    centre: Flask,
    client: ApiClient,
    tmp_path: Path,
) -> None:
    ours, others = Certificates(tmp_path), Certificates(tmp_path, "Other CA")
    with serving(centre, client, tmp_path, ours.make("server")) as address:
        options = {**address.options(), "url": f"https://127.0.0.1:{address.port}"}
        for ca, expected in ((others.ca, "stuck"), (ours.ca, "current")):
            entry = {"kind": "wellhead", "options": {**options, "ca_file": str(ca)}}
            with sending(edge, maker({"wellhead": WELLHEAD}, "default", entry)):
                wait_until(partial(is_in, connection, expected), what=expected)
            if expected == "stuck":
                assert "certificate is not trusted" in str(state(connection)[1])
                assert "ca_file" in str(state(connection)[1])


class Picky:
    """A destination that can take neither 3 nor 4, ever."""

    options_schema = Schema

    def __init__(self) -> None:
        self.took: list[int] = []

    def report(self, report: Report) -> None:
        assert report.tags

    def send(self, entries: Sequence[Entry]) -> int:
        if entries[0].id in (3, 4):
            raise sdk.BatchError("I do not like it")
        self.took.append(entries[0].id)
        return entries[0].id

    def close(self) -> None:
        self.took.append(0)


def test_r8_what_a_destination_can_never_take_is_set_aside_and_the_rest_goes_on(
    edge: Connect, connection: psycopg.Connection[Any], tags: Tags
) -> None:
    outbox.register(connection, ["picky"])
    picky = Picky()
    for step in range(6):
        queue(connection, scan(1, BASE + step, tags))
    with sending(edge, lambda: picky, "picky"):
        wait_until(partial(sent, connection), timeout=20, what="the end")
    assert picky.took == [1, 2, 5, 6, 0]
    aside = connection.execute("SELECT id, readings, reason FROM uplink_quarantine ORDER BY id")
    assert aside.fetchall() == [(3, 5, "I do not like it"), (4, 5, "I do not like it")]
    row = connection.execute("SELECT sent, dropped FROM uplink_destination").fetchone()
    assert row == (20, 0)


def test_a_destination_that_cannot_be_is_shown_with_the_remedy(
    edge: Connect, connection: psycopg.Connection[Any]
) -> None:
    entry = {"kind": "wellheed", "options": {}}
    with sending(edge, maker({"wellhead": WELLHEAD}, "default", entry)):
        wait_until(lambda: state(connection)[0] == "stuck", what="the error")
    assert "Did you mean" in str(state(connection)[1])
    with pytest.raises(sdk.WellheadError, match=r"write https://"):
        maker(
            {"wellhead": WELLHEAD},
            "default",
            {
                "kind": "wellhead",
                "options": {"url": "http://10.1.1.1", "edge": "a", "key_file": "k"},
            },
        )()


class Moody(Picky):
    """A destination that refuses twice and then takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.reports = 0

    def report(self, report: Report) -> None:
        self.reports += 1
        if self.reports <= 2:
            raise sdk.WellheadError("not today")

    def send(self, entries: Sequence[Entry]) -> int:
        return entries[-1].id


def test_what_is_wrong_and_that_it_works_again_is_logged_once(
    edge: Connect, connection: psycopg.Connection[Any], tags: Tags
) -> None:
    moody = Moody()
    make: Callable[[], Any] = lambda: moody  # noqa: E731
    with capture_logs() as logs:
        sender = Sender("default", "moody", make, edge, ["moody"], report_s=0.01)
        sender.start()
        for step in range(5):  # current and sending take turns
            queue(connection, scan(1, BASE + step, tags))
            wait_until(partial(sent, connection), timeout=20, what="the readings")
            wait_until(partial(is_in, connection, "current"), timeout=20, what="the next report")
        assert sender.stop(10)
    told = [line["event"] for line in logs if line["event"].startswith("uplink: ")]
    assert told == ["uplink: not sending", "uplink: sending"]
