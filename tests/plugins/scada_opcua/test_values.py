"""Values on the wire to columns, held against asyncua's encoder; and what is no value at all."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_opcua import messages
from wellhead_scada_opcua.channel import decode
from wellhead_scada_opcua.cursor import Cursor, Malformed
from wellhead_scada_opcua.values import ARRAY, Values, decode_values

T = ua.VariantType
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENTS = st.none() | st.integers(1, 2**51).map(lambda us: _EPOCH + timedelta(microseconds=us))
_NUMBERS = st.one_of(
    st.booleans().map(lambda value: ua.Variant(value, T.Boolean)),
    st.floats(allow_nan=False).map(lambda value: ua.Variant(value, T.Double)),
    st.floats(allow_nan=False, width=32).map(lambda value: ua.Variant(value, T.Float)),
    *(
        st.builds(ua.Variant, st.integers(low, high), st.just(kind))
        for kind, low, high in (
            (T.SByte, -128, 127),
            (T.Byte, 0, 255),
            (T.Int16, -(2**15), 2**15 - 1),
            (T.UInt16, 0, 2**16 - 1),
            (T.Int32, -(2**31), 2**31 - 1),
            (T.UInt32, 0, 2**32 - 1),
            (T.Int64, -(2**53), 2**53),
            (T.UInt64, 0, 2**53),
        )
    ),
)
_TEXTS = st.one_of(
    st.text(max_size=9).map(lambda value: ua.Variant(value, T.String)),
    st.text(max_size=9).map(
        lambda value: ua.Variant(ua.LocalizedText(value, "en"), T.LocalizedText)
    ),
    st.text(max_size=9).map(lambda value: ua.Variant(ua.QualifiedName(value, 3), T.QualifiedName)),
)


def moment(at: datetime | None) -> int:
    return 0 if at is None else (at - _EPOCH) // timedelta(microseconds=1)


def text_of(variant: ua.Variant) -> str:
    value = variant.Value
    if isinstance(value, ua.LocalizedText):
        return str(value.Text)
    return str(value.Name if isinstance(value, ua.QualifiedName) else value)


@st.composite
def notifications(draw: Any) -> list[ua.MonitoredItemNotification]:
    """Runs of one kind and mixtures, as servers send them."""
    found: list[ua.MonitoredItemNotification] = []
    for _ in range(draw(st.integers(0, 4))):
        one = ua.DataValue(
            draw(st.one_of(_NUMBERS, _TEXTS)),
            ua.StatusCode(draw(st.sampled_from([0, 0x408F0000, 0x80310000]))),
            SourceTimestamp=draw(_MOMENTS),
            ServerTimestamp=draw(_MOMENTS),
        )
        for handle in range(draw(st.integers(1, 20))):
            found.append(ua.MonitoredItemNotification(ClientHandle=handle, Value=one))
    return found


def publish(items: list[ua.MonitoredItemNotification]) -> bytes:
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 7
    response.Parameters.MoreNotifications = False
    response.Parameters.AvailableSequenceNumbers = [3, 4]
    response.Parameters.NotificationMessage.SequenceNumber = 4
    response.Parameters.NotificationMessage.NotificationData = [
        ua.DataChangeNotification(MonitoredItems=items)
    ]
    return bytes(struct_to_binary(response))


@given(notifications())
@settings(max_examples=50)
def test_what_asyncua_encodes_is_what_is_read(items: list[ua.MonitoredItemNotification]) -> None:
    found = messages.decode_publish(publish(items))
    assert (found.subscription, found.sequence, found.available) == (7, 4, (3, 4))
    assert (found.data, found.more, found.closed) == (True, False, None)
    (values,) = found.values
    assert values.handles.tolist() == [item.ClientHandle for item in items]
    assert values.source.tolist() == [moment(item.Value.SourceTimestamp) for item in items]
    assert values.server.tolist() == [moment(item.Value.ServerTimestamp) for item in items]
    assert values.statuses.tolist() == [item.Value.StatusCode.value for item in items]
    for row, item in enumerate(items):
        variant = item.Value.Value
        assert values.kinds[row] == variant.VariantType
        if variant.VariantType in (T.String, T.LocalizedText, T.QualifiedName):
            assert values.texts[row] == text_of(variant)
        else:
            assert values.values[row] == float(variant.Value)
            assert row not in values.texts


def one_value(variant: ua.Variant) -> Values:
    data = struct_to_binary(ua.DataValue(variant))
    return decode_values(Cursor(data), 1, handled=False)


@pytest.mark.parametrize(
    ("variant", "number", "text"),
    [
        (ua.Variant(datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)), 1e9, "2001-09-09T01:46:40+00:00"),
        (ua.Variant([4.5], T.Double), 4.5, None),
        (ua.Variant(["a"], T.String), np.nan, "a"),
        (ua.Variant(b"\x01\xff", T.ByteString), np.nan, "01ff"),
        (ua.Variant(ua.NodeId("Pump", 2)), np.nan, "ns=2;s=Pump"),
        (ua.Variant(ua.StatusCode(0x80310000), T.StatusCode), float(0x80310000), None),
    ],
)
def test_other_types_are_a_number_or_a_text(
    variant: ua.Variant, number: float, text: str | None
) -> None:
    found = one_value(variant)
    np.testing.assert_equal(found.values[0], number)
    assert found.texts.get(0) == text


@pytest.mark.parametrize(
    "variant",
    [
        ua.Variant([1.0, 2.0], T.Double),
        ua.Variant(["a", "b"], T.String),
        ua.Variant([ua.LocalizedText("a")] * 3, T.LocalizedText),
        ua.Variant([[1, 2], [3, 4]], T.Int32),
    ],
)
def test_an_array_is_no_single_value_and_what_follows_is_read(variant: ua.Variant) -> None:
    data = struct_to_binary(ua.DataValue(variant)) + struct_to_binary(
        ua.DataValue(ua.Variant(8.0, T.Double))
    )
    found = decode_values(Cursor(data), 2, handled=False)
    assert found.kinds[0] == ARRAY
    assert found.values[1] == 8.0


def test_picoseconds_stand_behind_their_timestamp() -> None:
    """OPC 10000-6, table 26: value, status, source time, its picoseconds, server time, its own."""
    ticks = 116_444_736_000_000_000
    data = (
        b"\x3f\x0b" + np.float64(2.5).tobytes() + (0).to_bytes(4, "little")
        + (ticks + 10).to_bytes(8, "little") + b"\x05\0" + (ticks + 20).to_bytes(8, "little")
        + b"\x07\0"
    )  # fmt: skip
    found = decode_values(Cursor(data * 2), 2, handled=False)
    assert found.source.tolist() == [1, 1]
    assert found.server.tolist() == [2, 2]
    assert found.values.tolist() == [2.5, 2.5]


def test_a_thousand_numbers_are_a_few_steps() -> None:
    """Runs of one kind are read as arrays: a loop over the values would be 50 times slower."""
    item = ua.MonitoredItemNotification(ClientHandle=1, Value=ua.DataValue(ua.Variant(1.5)))
    data = publish([item] * 20_000)
    begun = time.thread_time()
    found = messages.decode_publish(data)
    taken = time.thread_time() - begun
    begun = time.thread_time()
    decode(ua.PublishResponse, data)
    assert taken * 20 < time.thread_time() - begun
    assert len(found.values[0]) == 20_000


# --- what is no value ---------------------------------------------------------------------------


def history() -> bytes:
    response = ua.HistoryReadResponse()
    result = ua.HistoryReadResult()
    result.ContinuationPoint = b"on"
    result.HistoryData = ua.HistoryData(DataValues=[ua.DataValue(ua.Variant(1.0))] * 3)
    response.Results = [result]
    return bytes(struct_to_binary(response))


def read() -> bytes:
    response = ua.ReadResponse()
    kinds = [1.0, "text", [1, 2], ua.LocalizedText("x"), ua.EUInformation(), ua.NodeId("a", 1)]
    response.Results = [ua.DataValue(ua.Variant(kind)) for kind in kinds]
    return bytes(struct_to_binary(response))


def call() -> bytes:
    response = ua.CallResponse()
    response.Results = [ua.CallMethodResult(InputArgumentResults=[ua.StatusCode(0)])]
    return bytes(struct_to_binary(response))


def browse() -> bytes:
    response = ua.BrowseResponse()
    reference = ua.ReferenceDescription(BrowseName=ua.QualifiedName("a", 1))
    response.Results = [ua.BrowseResult(References=[reference] * 2)]
    return bytes(struct_to_binary(response))


def notification() -> bytes:
    now = datetime.now(UTC)
    number = ua.DataValue(ua.Variant(1.5), SourceTimestamp=now)
    text = ua.DataValue(ua.Variant("text"))
    return publish(
        [
            ua.MonitoredItemNotification(ClientHandle=handle, Value=value)
            for handle, value in enumerate((number, number, text))
        ]
    )


_ANSWERS: list[tuple[bytes, Callable[[bytes], object]]] = [
    (notification(), messages.decode_publish),
    (history(), lambda data: messages.decode_history(data, 1)),
    (read(), lambda data: messages.decode_read(data, 6)),
    (read(), lambda data: messages.decode_elements(data, 6)),
    (call(), messages.decode_call),
    (browse(), lambda data: decode(ua.BrowseResponse, data)),
]


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """Cut, overwritten, stretched, or with lengths of every size."""
    bad = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(bad))
        match dice.randrange(5):
            case 0:
                del bad[at:]
            case 1:
                bad[at : at + 4] = dice.randbytes(4)
            case 2:
                bad[at : at + 4] = dice.choice((2**31 - 1, -1, -2, 2**24)).to_bytes(
                    4, "little", signed=True
                )
            case 3:
                bad[at:at] = dice.randbytes(dice.randrange(9))
            case 4:
                bad[at] ^= 1 << dice.randrange(8)
        if not bad:
            return dice.randbytes(4)
    return bytes(bad)


@pytest.mark.usefixtures("other_objects_at_rest")
@pytest.mark.parametrize("payloads", [10_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_r9_malformed_payloads_raise_a_declared_error_or_nothing(payloads: int) -> None:
    """R9: each within 50 ms, whatever lengths they speak of."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    slowest = 0.0
    refused = 0
    for number in range(payloads):
        whole, read_it = _ANSWERS[number % len(_ANSWERS)]
        data = spoilt(whole, dice)
        begun = time.thread_time()
        try:
            read_it(data)
        except sdk.DeviceProtocolError:
            refused += 1
        slowest = max(slowest, time.thread_time() - begun)
    assert slowest < 0.05
    assert refused > 0.3 * payloads


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_r9_bytes_of_any_sort_are_values_or_malformed(data: bytes) -> None:
    for kind in range(64):
        for encoding in (kind, kind | 0x80, kind | 0xC0):
            try:
                decode_values(Cursor(b"\x01" + bytes([encoding]) + data), 1, handled=False)
            except Malformed:
                continue


def test_r9_a_list_of_two_billion_nothings_takes_no_memory() -> None:
    """A Null has no bytes, so no length is too long for its message: asyncua makes a list of it."""
    found = decode_values(Cursor(b"\x01\x80\xff\xff\xff\x7f"), 1, handled=False)
    assert found.kinds.tolist() == [ARRAY]
