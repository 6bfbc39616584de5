"""What is asked for together, and what comes out of the bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_s7.driver import parse_spans
from wellhead_s7.plan import MOST_SPANS, PDU, Item, Span, make_plan, value_of
from wellhead_s7.points import SIZES, AddressSchema, check


def point(datatype: str, byte: int, *, area: str = "DB", bit: int = 0, db: int = 1) -> sdk.Point:
    address = {"area": area, "db": db if area == "DB" else 0, "byte": byte, "bit": bit}
    return sdk.Point(0, "tag", datatype, AddressSchema().load(address))


POINTS = st.lists(
    st.builds(
        point,
        st.sampled_from(sorted(SIZES)),
        st.integers(0, 3000),
        area=st.sampled_from(["DB", "M", "I", "Q"]),
        db=st.integers(1, 3),
    ),
    max_size=80,
)


@given(POINTS)
def test_every_point_is_asked_for_once_and_every_request_fits(points: list[sdk.Point]) -> None:
    plan = make_plan(points)

    rows = [item.row for spans in plan.requests for span in spans for item in span.items]
    assert sorted(rows) == list(range(len(points)))
    for spans in plan.requests:
        assert len(spans) <= MOST_SPANS
        assert 14 + sum(4 + span.size + span.size % 2 for span in spans) <= PDU
        for span in spans:
            assert all(span.start <= item.byte for item in span.items)
            assert max(item.end for item in span.items) == span.start + span.size


def test_what_touches_is_one_span_and_a_gap_makes_two() -> None:
    points = [point("float32", 4), point("float32", 0), point("int16", 10), point("bool", 3, bit=7)]

    [spans] = make_plan(points).requests

    assert [(span.start, span.size) for span in spans] == [(0, 8), (10, 2)]


@pytest.mark.parametrize(
    ("datatype", "data", "value"),
    [
        ("bool", b"\x08", 1.0),
        ("int8", b"\xfe", -2.0),
        ("uint8", b"\xfe", 254.0),
        ("int16", b"\xff\xfe", -2.0),
        ("uint16", b"\x01\x02", 258.0),
        ("int32", b"\xff\xff\xff\xfe", -2.0),
        ("uint32", b"\x00\x01\x00\x00", 65536.0),
        ("float32", struct.pack(">f", 12.5), 12.5),
        ("float64", struct.pack(">d", 0.1), 0.1),
    ],
)
def test_values_come_most_significant_byte_first(datatype: str, data: bytes, value: float) -> None:
    item = Item(0, datatype, 0x84, 1, 6, 3)

    assert value_of(item, b"\0\0" + data, 4) == value


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (point("int16", 0, db=0), "address.db"),
        (sdk.Point(0, "t", "int16", {"area": "M", "db": 3, "byte": 0, "bit": 0}), "address.db"),
        (point("int16", 0, bit=3), "address.bit"),
        (point("float64", 65530), "address.byte"),
    ],
)
def test_what_no_controller_has_is_refused(wrong: sdk.Point, field: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        check(wrong)

    assert refused.value.field == field
    assert refused.value.remedy


@given(st.binary(max_size=300))
def test_no_bytes_raise_what_is_not_declared(data: bytes) -> None:
    spans = [Span(0x84, 1, 0, 3, ()), Span(0x84, 1, 8, 8, ())]
    try:
        found = parse_spans(data, spans)
    except sdk.DeviceProtocolError:
        return
    assert [len(part) for code, part in found if code == 0xFF] == [
        span.size for (code, _), span in zip(found, spans, strict=True) if code == 0xFF
    ]
