"""The pure decoder: pointers, values, times, qualities, lists; and what cannot be used."""

import math
import time
import tracemalloc
from random import Random
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada_mqtt.convert import to_micros, to_quality, to_value
from wellhead_scada_mqtt.message import MalformedMessage, Message, read_message
from wellhead_scada_mqtt.payload import MOST_READINGS
from wellhead_scada_mqtt.pointer import Nowhere, parse_pointer, resolve, write_pointer
from wellhead_scada_mqtt.topics import Topics
from wellhead_scada_mqtt.trouble import Troubles

from .helpers import Mailbox, point

GOOD, MARKED = sdk.quality.GOOD, sdk.quality.UNCERTAIN_LAST_USABLE
UNCERTAIN, SENSOR = sdk.quality.UNCERTAIN, sdk.quality.BAD_SENSOR_FAILURE
FAILED = sdk.quality.BAD_DEVICE_FAILURE


def message(topic: str, payload: bytes | Any, *, retain: bool = False) -> Message:
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return Message(topic, body, 1, retain, False, 1)


def read(points: list[sdk.Point], *messages: Message) -> Mailbox:
    """What the messages bring."""
    box = Mailbox()
    box.pushed = Topics({"g": points}, Troubles("d")).read(messages, 0)
    return box


# --- pointers (RFC 6901, section 5) ---------------------------------------------------------------

RFC = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", RFC),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_pointers_of_rfc_6901(pointer: str, value: object) -> None:
    assert resolve(RFC, parse_pointer(pointer)) == value
    assert write_pointer(parse_pointer(pointer)) == pointer


@pytest.mark.parametrize("pointer", ["/no", "/foo/2", "/foo/01", "/foo/-", "/foo/x", "/a~1b/0"])
def test_pointers_to_nothing(pointer: str) -> None:
    with pytest.raises(Nowhere):
        resolve(RFC, parse_pointer(pointer))


@pytest.mark.parametrize("pointer", ["foo", "/a~", "/a~2b"])
def test_texts_that_are_no_pointers(pointer: str) -> None:
    with pytest.raises(ValueError, match=r"/|~"):
        parse_pointer(pointer)


# --- values, times, qualities ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "datatype", "value"),
    [
        (1.5, "float64", 1.5),
        ("1.5", "float64", 1.5),
        (" -2e3 ", "int32", -2000.0),
        (True, "float64", 1.0),
        (True, "bool", 1.0),
        (7, "bool", 1.0),
        ("off", "bool", 0.0),
        ("ON", "bool", 1.0),
        ("0.0", "bool", 0.0),
        (2**63, "uint64", 2.0**63),
    ],
)
def test_numbers_and_bools(said: object, datatype: str, value: float) -> None:
    assert to_value(said, datatype) == (value, None)


@pytest.mark.parametrize("said", [None, "", "x", "1_0", "nan", "inf", math.inf, [], {}, 10**400])
def test_what_is_no_number(said: object) -> None:
    assert to_value(said, "float64") is None


@pytest.mark.parametrize(
    ("said", "text"), [("flowing", "flowing"), (1.5, "1.5"), (3, "3"), (True, "true"), ("", "")]
)
def test_texts(said: object, text: str) -> None:
    value = to_value(said, "string")
    assert value is not None
    assert (math.isnan(value[0]), value[1]) == (True, text)


MOMENT = 1_767_323_045_123_456  # 2026-01-02T03:04:05.123456Z


@pytest.mark.parametrize(
    ("said", "micros"),
    [
        (1767323045, MOMENT // 10**6 * 10**6),
        (1767323045.25, MOMENT // 10**6 * 10**6 + 250_000),
        (MOMENT // 1000, MOMENT // 1000 * 1000),
        (MOMENT, MOMENT),
        (MOMENT * 1000, MOMENT),
        ("1767323045", MOMENT // 10**6 * 10**6),
        ("2026-01-02T03:04:05.123456Z", MOMENT),
        ("2026-01-02T03:04:05.123456+00:00", MOMENT),
        ("2026-01-01T20:04:05.123456-07:00", MOMENT),
        ("2026-01-02 03:04:05.123456", MOMENT),
        (0, 0),
        (-5, 0),
        ("yesterday", 0),
        (None, 0),
        (True, 0),
        ("0001-01-01", 0),
        ("0001-01-01T00:00+14:00", 0),
        (1e300, 0),
    ],
)
def test_times(said: object, micros: int) -> None:
    assert to_micros(said) == micros


@pytest.mark.parametrize(
    ("said", "quality"),
    [
        (192, 192),
        ("Good", 192),
        ("bad", 0),
        ("uncertain", 64),
        (True, 192),
        (False, 0),
        (68.0, 68),
        ("24", 24),
        (256, None),
        (-1, None),
        (1.5, None),
        ("fine", None),
        (None, None),
        (math.nan, None),
    ],
)
def test_qualities(said: object, quality: int | None) -> None:
    assert to_quality(said) == quality


# --- messages -------------------------------------------------------------------------------------


def test_members_of_several_objects_and_groups_from_one_message() -> None:
    points = [point("t", "/oil/rate"), point("t", "/oil/temp"), point("t", "/gas~1rate")]
    topics = Topics({"a": points, "b": [point("t", "/oil/rate")]}, Troubles("d"))
    pushed = topics.read([message("t", {"oil": {"rate": 1, "temp": 2.5}, "gas/rate": 3})], 0)
    found = {
        some.group: dict(zip(some.places.tolist(), some.values, strict=True)) for some in pushed
    }
    assert found == {"a": {0: 1, 1: 2.5, 2: 3}, "b": {0: 1}}


def test_what_a_message_lacks_is_left_alone_and_said_once() -> None:
    points = [point("t", "/a"), point("t", "/b")]
    with capture_logs() as lines:
        box = read(points, *(message("t", {"a": n}) for n in range(3)))
    assert box.rows() == [(0, 0.0, GOOD), (0, 1.0, GOOD), (0, 2.0, GOOD)]
    assert [(line["trouble"], line["found"]) for line in lines] == [
        ("nothing at the pointer", "/b")
    ]


def test_what_is_not_json_makes_the_tags_bad_and_is_said_once() -> None:
    points = [point("t", "/a"), point("t", "/b")]
    with capture_logs() as lines:
        box = read(
            points, message("t", b"{"), message("t", b"\xff"), message("t", {"a": 1, "b": 2})
        )
    assert box.rows()[:4] == [(0, None, FAILED), (1, None, FAILED)] * 2
    assert box.rows()[4:] == [(0, 1.0, GOOD), (1, 2.0, GOOD)]
    assert [line["trouble"] for line in lines] == ["not JSON"]


def test_a_value_of_another_kind_is_bad_alone() -> None:
    points = [point("t", "/a"), point("t", "/b"), point("t", "/c", "string")]
    box = read(points, message("t", {"a": None, "b": 2, "c": "on"}))
    assert box.rows() == [(0, None, SENSOR), (1, 2.0, GOOD), (2, "on", GOOD)]
    box = read(points, message("t", {"a": [1], "b": {"v": 2}, "c": [3]}))
    assert box.rows() == [(0, None, SENSOR), (1, None, SENSOR), (2, None, SENSOR)]


def test_time_and_quality_stand_beside_the_value() -> None:
    given = {"time": "/at", "quality": "/q"}
    points = [point("t", "/a", **given), point("t", "/b", "string", **given)]
    box = read(
        points,
        message("t", {"a": 1, "b": "x", "at": MOMENT, "q": 64}),
        message("t", {"a": 2, "b": "y", "at": MOMENT + 1}),
        message("t", {"a": 3, "b": "z", "at": "?", "q": "?"}),
    )
    assert box.rows() == [
        (0, 1.0, 64),
        (1, "x", 64),
        (0, 2.0, GOOD),
        (1, "y", GOOD),
        (0, 3.0, UNCERTAIN),
        (1, "z", UNCERTAIN),
    ]
    assert box.times() == [MOMENT, MOMENT, MOMENT + 1, MOMENT + 1, 0, 0]


def test_a_logger_sends_many_readings_in_one_message() -> None:
    points = [point("t", "/p", list="/data/rows", time="/t"), point("t", "/status", "string")]
    rows = [{"t": MOMENT + n, "p": n} for n in range(3)]
    box = read(points, message("t", {"status": "ok", "data": {"rows": rows}}))
    assert sorted(box.rows(), key=str) == [
        (0, 0.0, GOOD),
        (0, 1.0, GOOD),
        (0, 2.0, GOOD),
        (1, "ok", GOOD),
    ]
    pairs = [point("t", "/1", list="", time="/0"), point("t", "/2", list="", time="/0")]
    box = read(pairs, message("t", [[MOMENT, 1.5, 2.5], [MOMENT + 1, 3.5, 4.5]]))
    assert sorted(box.rows()) == [(0, 1.5, GOOD), (0, 3.5, GOOD), (1, 2.5, GOOD), (1, 4.5, GOOD)]


def test_a_list_that_is_none_or_too_long_is_refused_whole() -> None:
    points = [point("t", "/p", list="/rows")]
    for rows in ({"p": 1}, [{"p": 1}] * (MOST_READINGS + 1)):
        assert read(points, message("t", {"rows": rows})).rows() == [(0, None, FAILED)]
    assert read(points, message("t", {})).rows() == []


@pytest.mark.parametrize(
    ("payload", "datatype", "row"),
    [
        (b"12.5", "float64", (0, 12.5, GOOD)),
        (b" 7\n", "int16", (0, 7.0, GOOD)),
        (b"OFF", "bool", (0, 0.0, GOOD)),
        (b"flowing", "string", (0, "flowing", GOOD)),
        ("größer".encode(), "string", (0, "größer", GOOD)),
        (b"", "float64", (0, None, SENSOR)),
        (b"\xff", "string", (0, None, SENSOR)),
        (b"nan", "float64", (0, None, SENSOR)),
    ],
)
def test_raw_messages(payload: bytes, datatype: str, row: object) -> None:
    one = point("t", "", datatype, payload="raw")
    assert read([one], message("t", payload)).rows() == [row]


def test_kept_messages_are_of_now_and_marked() -> None:
    one = point("t", "/a", time="/at", quality="/q")
    kept = message("t", {"a": 1, "at": MOMENT, "q": "good"}, retain=True)
    bad = message("t", {"a": 2, "at": MOMENT, "q": "bad"}, retain=True)
    box = read([one], kept, bad)
    assert box.rows() == [(0, 1.0, MARKED), (0, 2.0, 0)]
    assert box.times() == [0, 0]


def test_filters_feed_their_tags_and_exact_topics_too() -> None:
    points = [point("wells/+/p", "/v"), point("wells/#", "/v"), point("wells/W01/p", "/v")]
    box = read(points, message("wells/W01/p", {"v": 1}), message("wells/W02/p", {"v": 2}))
    assert sorted(box.rows()) == [
        (0, 1.0, GOOD),
        (0, 2.0, GOOD),
        (1, 1.0, GOOD),
        (1, 2.0, GOOD),
        (2, 1.0, GOOD),
    ]


# --- R9 -------------------------------------------------------------------------------------------

EVERYTHING = [
    point("t", "/a"),
    point("t", "/a/b", "string", time="/t", quality="/q"),
    point("t", "/b", "bool", list="/a", time="/t"),
    point("t", "", list=""),
    point("t", "/0/1", "int16", quality="/a"),
    point("t", "", "float64", payload="raw"),
    point("t", "", "string", payload="raw"),
]
TOPICS = Topics({"g": EVERYTHING}, Troubles("d"))
LONGEST_S = 0.05
MOST_MEMORY = 32 * 2**20

KEYS = ("a", "b", "t", "q", "0", "1", "")
LEAVES = (None, True, 0, -1, 2**64 - 1, 1.5, 1e308, "", "on", "1e400", "2026-01-02T03:04:05", "\0")


def made(random: Random, depth: int = 3) -> Any:
    """Some JSON, in which the pointers of EVERYTHING lead somewhere now and then."""
    kind = random.random()
    if depth and kind < 0.4:
        return {random.choice(KEYS): made(random, depth - 1) for _ in range(random.randrange(5))}
    if depth and kind < 0.6:
        return [made(random, depth - 1) for _ in range(random.randrange(5))]
    return random.choice(LEAVES)


def spoilt(random: Random) -> bytes:
    """JSON, JSON with a byte changed or cut short, or bytes."""
    payload = bytearray(orjson.dumps(made(random)))
    if random.random() < 0.2:
        return random.randbytes(random.randrange(40))
    if random.random() < 0.3:
        payload[random.randrange(len(payload))] = random.randrange(256)
    if random.random() < 0.3:
        del payload[random.randrange(len(payload)) :]
    return bytes(payload)


def judge(payload: bytes, retain: bool) -> None:
    for _ in range(3):  # a machine that is busy elsewhere does not count
        begun = time.process_time()
        pushed = TOPICS.read([message("t", payload, retain=retain)], 0)
        took = time.process_time() - begun
        if took <= LONGEST_S:
            break
    assert took <= LONGEST_S
    for some in pushed:
        assert len(some.places) == len(some.values) == len(some.times) == len(some.qualities)
        assert set(some.places.tolist()) <= set(range(len(EVERYTHING)))
        assert not np.isinf(some.values).any()


@settings(max_examples=100, database=None)
@given(seed=st.integers(0, 2**32))
def test_r9_malformed_payloads_raise_nothing(seed: int) -> None:
    """10,000 of them."""
    random = Random(seed)
    for _ in range(100):
        judge(spoilt(random), random.random() < 0.2)


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        b"[" + b"0," * 400_000 + b"0]",
        b'{"a": "' + b"x" * 1_000_000 + b'"}',
        b"9" * 1_000_000,
        b'{"t": 1e999, "a": -1e999}',
        b'{"a": [' + b'{"b": null, "t": {}},' * 3_300 + b"{}]}",
    ],
    ids=["deep", "nested", "long", "text", "digits", "infinite", "wrong"],
)
def test_r9_hostile_payloads_cost_little(payload: bytes) -> None:
    judge(payload, False)
    tracemalloc.start()
    TOPICS.read([message("t", payload)], 0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most <= MOST_MEMORY


@settings(max_examples=300, database=None)
@given(flags=st.integers(0, 15), body=st.binary(max_size=40), newest=st.booleans())
def test_r9_malformed_packets_raise_only_what_is_declared(
    flags: int, body: bytes, newest: bool
) -> None:
    try:
        found = read_message(flags, body, newest)
    except MalformedMessage:
        return
    assert len(found.topic.encode()) + len(found.payload) <= len(body)


def test_a_packet_with_properties() -> None:
    body = b"\x00\x01t" + b"\x00\x07" + b"\x05\x02\x00\x00\x00\x09" + b"payload"
    assert read_message(0b1011, body, True) == Message("t", b"payload", 1, True, True, 7)
