"""The forms of readings: notifications and back, last of each tag, WebSocket text frames."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode

from wellhead.field.batch import Batch
from wellhead.live.frames import (
    PAYLOAD_LIMIT,
    Payload,
    PayloadError,
    encode_message,
    encode_readings,
    newest_of_each_tag,
    text_frame,
    to_payloads,
)

INT4 = st.integers(-(2**31), 2**31 - 1)
INT8 = st.integers(-(2**63), 2**63 - 1)
INT2 = st.integers(-(2**15), 2**15 - 1)
TENANT = st.from_regex(r"[a-z][a-z0-9_]{0,29}", fullmatch=True)
PUBLISHER = "0a1b2c3d"
ROW = st.tuples(INT4, INT8, st.floats(), INT2)


def batch_of(rows: list[tuple[int, int, float, int]], source: int = 0) -> Batch:
    return Batch(
        source,
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.int16),
    )


def assert_same(left: Batch, right: Batch) -> None:
    assert left.tags.tobytes() == right.tags.tobytes()
    assert left.times.tobytes() == right.times.tobytes()
    assert left.values.tobytes() == right.values.tobytes()
    assert left.qualities.tobytes() == right.qualities.tobytes()


@given(tenant=TENANT, rows=st.lists(ROW, max_size=40), source=INT4, repeats=st.integers(1, 60))
def test_payloads_give_back_what_went_in(
    tenant: str, rows: list[tuple[int, int, float, int]], source: int, repeats: int
) -> None:
    batch = batch_of(rows * repeats, source)
    texts = [str(payload) for payload in to_payloads(tenant, batch, PUBLISHER, 7)]
    assert all(len(text.encode()) < PAYLOAD_LIMIT for text in texts)
    payloads = [Payload.parse(text) for text in texts]
    assert all((payload.tenant, payload.publisher) == (tenant, PUBLISHER) for payload in payloads)
    assert [payload.number for payload in payloads] == list(range(7, 7 + len(payloads)))
    parts = [payload.batch() for payload in payloads]
    assert all(part.source == source for part in parts)
    assert_same(Batch.join(parts) if parts else batch_of([]), batch)


@given(tenant=TENANT, size=st.integers(0, 3000), time=INT8)
def test_a_scan_carries_its_time_once(tenant: str, size: int, time: int) -> None:
    tags = np.arange(size, dtype=np.int32)
    values = tags.astype(np.float64) / 3
    scan = Batch.scan(7, time, tags, values, np.full(size, 192, np.int16))
    payloads = list(to_payloads(tenant, scan, PUBLISHER, 2**62))
    assert all(len(str(payload)) < PAYLOAD_LIMIT for payload in payloads)
    assert len(payloads) <= -(-size // 410)
    if payloads:
        assert_same(Batch.join([payload.batch() for payload in payloads]), scan)


@given(st.text(max_size=200), st.sampled_from(["", f"default {PUBLISHER} 1 "]))
def test_a_foreign_payload_is_refused(text: str, head: str) -> None:
    with pytest.raises(PayloadError):
        Payload.parse(head + text).batch()


def test_a_shortened_payload_is_refused() -> None:
    (payload,) = to_payloads(
        "default", batch_of([(1, 2, 3.0, 192), (2, 3, 4.0, 192)]), PUBLISHER, 1
    )
    with pytest.raises(PayloadError, match="wrong length"):
        Payload.parse(str(payload)[:-4]).batch()


@given(st.lists(st.tuples(st.integers(0, 5), INT8, st.floats(allow_nan=False), INT2)))
def test_the_newest_row_of_a_tag_stays(rows: list[tuple[int, int, float, int]]) -> None:
    expected = {row[0]: row for row in sorted(rows, key=lambda row: row[1])}
    assert_same(
        newest_of_each_tag(batch_of(rows)), batch_of([expected[tag] for tag in sorted(expected)])
    )


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_websocket_client_reads_our_text_frames(size: int) -> None:
    reader = FrameProtocol(client=True, extensions=[])
    reader.receive_bytes(text_frame(b"x" * size))
    frames = list(reader.received_frames())
    assert {frame.opcode for frame in frames} == {Opcode.TEXT}
    assert frames[-1].message_finished
    assert "".join(str(frame.payload) for frame in frames) == "x" * size


@given(
    tenant=TENANT,
    said=st.lists(st.none() | st.text(max_size=30) | st.just("\N{ROCKET}" * 1000), max_size=60),
    same_time=st.booleans(),
)
def test_texts_travel_with_their_rows(tenant: str, said: list[str | None], same_time: bool) -> None:
    rows = [(tag, 5 if same_time else tag, np.nan, 192) for tag in range(len(said))]
    texts = {row: text for row, text in enumerate(said) if text is not None}
    batch = replace(batch_of(rows), texts=texts).with_clean_texts()
    payloads = [str(payload) for payload in to_payloads(tenant, batch, PUBLISHER, 1)]
    assert all(len(payload.encode()) < PAYLOAD_LIMIT for payload in payloads)
    parts = [Payload.parse(payload).batch() for payload in payloads]
    joined = Batch.join([batch_of([]), *parts])
    assert_same(joined, batch)
    assert joined.texts == batch.texts


def test_a_text_stands_where_a_number_would() -> None:
    batch = replace(batch_of([(3, 1, 17.0, 192), (9, 5, 2.5, 192)]), texts={0: "Läuft"})
    frame = encode_readings("frame", batch)
    assert json.loads(frame[2:])["v"] == ["Läuft", 2.5]


def test_readings_as_a_client_sees_them() -> None:
    frame = encode_readings("frame", batch_of([(3, 1_000_001, 2.5, 192), (9, 5, np.nan, 24)]))
    assert json.loads(frame[2:]) == {
        "type": "frame",
        "t": [1_000_001, 5],
        "tags": [3, 9],
        "v": [2.5, None],
        "q": [192, 24],
    }


def test_rows_picked_out_of_read_only_columns_encode() -> None:
    rows = [(tag, tag, float(tag), 192) for tag in range(10)]
    (payload,) = to_payloads("default", batch_of(rows), PUBLISHER, 1)
    picked = payload.batch().take(np.arange(0, 10, 3))
    body = encode_readings("snapshot", picked, subscribed=[0, 3])
    message = json.loads(body[body.index(b"{") :])
    assert message["tags"] == [0, 3, 6, 9]
    assert message["subscribed"] == [0, 3]


def test_messages_are_json_text() -> None:
    assert json.loads(encode_message({"type": "ready"})[2:]) == {"type": "ready"}
