"""R8: what the database refuses is found, set aside with the reason, and the rest flows."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.codec import encode
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.choice import make_reader
from wellhead_historian.store.texts import read_texts
from wellhead_historian.testing import BASE, FAR, batch_of, make_tags, scan

Tags = npt.NDArray[np.int32]
NO_SUCH_TAG = 2_000_000_000


def forward_all(spool: Spool, settings: sdk.Settings) -> Forwarder:
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    try:
        wait_until(lambda: spool.backlog == (0, 0), timeout=30, what="an empty spool")
    finally:
        assert forwarder.stop(10)
    return forwarder


def test_r8_one_bad_reading_in_ten_thousand(
    spool: Spool, settings: sdk.Settings, connection: psycopg.Connection[Any], source: int
) -> None:
    tags = make_tags(connection, 100)
    for step in range(100):
        batch = scan(source, BASE + step, tags, first=step)
        if step == 63:
            poisoned = tags.copy()
            poisoned[41] = NO_SUCH_TAG
            batch = sdk.Batch(source, poisoned, batch.times, batch.values, batch.qualities)
        spool.append(batch).result(10)
    forwarder = forward_all(spool, settings)
    ((_, reason, readings, data),) = spool.quarantined()
    assert readings == 1
    assert "historian_tag" in reason
    assert str(NO_SUCH_TAG) in reason
    bad = sdk.Batch.from_bytes(data)
    assert (bad.tags.tolist(), bad.times.tolist()) == ([NO_SUCH_TAG], [BASE + 63])
    assert (forwarder.state.readings, forwarder.state.quarantined) == (9_999, 1)
    store = make_reader(connection)
    counts = [len(store.read(tag, BASE, FAR, 1000).times) for tag in tags.tolist()]
    assert counts == [99 if place == 41 else 100 for place in range(100)]


def test_r8_texts_beside_poison_are_stored_and_those_that_are_refused_are_kept(
    spool: Spool, settings: sdk.Settings, connection: psycopg.Connection[Any], source: int
) -> None:
    good, last = make_tags(connection, 2).tolist()
    rows = [(good, BASE, np.nan, 192), (NO_SUCH_TAG, BASE, np.nan, 192), (last, BASE, np.nan, 192)]
    texts = {0: "first", 1: "nobody's", 2: "last"}
    spool.append(replace(batch_of(source, rows), texts=texts)).result(10)
    assert forward_all(spool, settings).state.quarantined == 1
    ((_, _, _, data),) = spool.quarantined()
    assert sdk.Batch.from_bytes(data).texts == {0: "nobody's"}
    store = make_reader(connection)
    said = [read_texts(connection, store.read(t, BASE, FAR, 9).values) for t in (good, last)]
    assert said == [["first"], ["last"]]


def test_every_sort_of_poison(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    tag = int(tags[0])
    poison = {
        "unknown source": batch_of(2_000_000, [(tag, BASE, 1.0, 192), (tag, BASE + 1, 1.0, 192)]),
        "before any calendar": batch_of(source, [(tag, -(2**63), 1.0, 192)]),
        "in an hour without an end": batch_of(source, [(tag, 2**63 - 1, 1.0, 192)]),
        "unknown tags in a repeated scan": scan(source, BASE, tags + 1_000_000),
    }
    for batch in poison.values():
        for _ in range(3):
            spool.append(batch).result(10)
        spool.append(scan(source, BASE + 5, tags)).result(10)
    forwarder = forward_all(spool, settings)
    assert [readings for _, _, readings, _ in spool.quarantined()] == [2] * 3 + [1] * 6 + [5] * 3
    assert forwarder.state.quarantined == 27
    assert len(make_reader(connection).read(tag, -(2**63), FAR, 10).times) == 1


def test_bytes_that_lost_their_checksum_are_set_aside(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    for step in range(5):
        spool.append(scan(source, BASE + step, tags)).result(10)
    spool.close()
    raw = encode(scan(source, BASE + 2, tags))
    data = spool.path.read_bytes()
    assert data.count(raw[16:]) == 1
    spool.path.write_bytes(data.replace(raw[16:], raw[16:-1] + b"\x55"))
    reopened = Spool(spool.path)
    forward_all(reopened, settings)
    ((_, reason, _, kept),) = reopened.quarantined()
    assert reason == "checksum does not match"
    assert kept == raw[:-1] + b"\x55"
    reopened.close()
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 10)
    assert found.times.tolist() == [BASE, BASE + 1, BASE + 3, BASE + 4]


def test_what_an_outbox_cannot_take_is_not_blamed_on_the_readings(
    spool: Spool, settings: sdk.Settings, connection: psycopg.Connection[Any], source: int
) -> None:
    refuses = True

    def outbox(inside: psycopg.Connection[Any], _: Any) -> None:
        if refuses:
            inside.execute("SELECT 'x'::int")

    tags = make_tags(connection, 3)
    spool.append(scan(source, BASE, tags)).result(10)
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"), outboxes=[outbox])
    forwarder.start()
    try:
        wait_until(
            lambda: f"{__name__}." in (forwarder.state.error or ""), 20, what="whose fault it is"
        )
        assert spool.quarantined() == []
        refuses = False
        wait_until(lambda: spool.backlog == (0, 0), timeout=30, what="an empty spool")
    finally:
        assert forwarder.stop(10)
    assert (forwarder.state.readings, spool.quarantined()) == (3, [])
