"""Frames: the specification's own examples, and answers told from noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_modbus.frames import Framer, RtuFramer, TcpFramer, crc

from .rtu import checksum

READ = bytes.fromhex("03 006B 0003")
ANSWER = bytes.fromhex("03 06 022B 0000 0064")
"""Section 6.3 of the application protocol: registers 108 to 110."""


def rtu(unit: int, pdu: bytes) -> bytes:
    frame = bytes((unit,)) + pdu
    return frame + checksum(frame)


def test_the_specification_s_read_on_tcp_and_on_a_serial_line() -> None:
    assert TcpFramer().request(17, [READ]) == bytes.fromhex("0001 0000 0006 11 03 006B 0003")
    assert RtuFramer().request(17, [READ]) == bytes.fromhex("11 03 006B 0003 7687")


@given(st.binary(max_size=256))
def test_the_checksum_is_the_specification_s(data: bytes) -> None:
    assert crc(data) == checksum(data)


@given(st.binary(max_size=40), st.lists(st.integers(1, 30), max_size=20))
def test_rtu_answers_are_found_in_noise_and_in_pieces(noise: bytes, cuts: list[int]) -> None:
    framer = RtuFramer()
    framer.request(17, [READ])
    data = noise + rtu(17, ANSWER)
    found = None
    for cut in [*cuts, len(data)]:
        piece, data = data[:cut], data[cut:]
        found = framer.feed(piece) or found
    assert found == ANSWER


@given(st.lists(st.integers(1, 30), max_size=20))
def test_tcp_answers_are_found_behind_others_and_in_pieces(cuts: list[int]) -> None:
    framer = TcpFramer()
    framer.request(17, [READ])
    framer.request(17, [READ])
    header = bytes.fromhex("0000 0009 11")
    data = b"\0\1" + header + ANSWER + b"\0\2" + header + ANSWER
    found = None
    for cut in [*cuts, len(data)]:
        piece, data = data[:cut], data[cut:]
        found = framer.feed(piece) or found
    assert found == ANSWER


def test_frames_of_others_are_passed_over() -> None:
    framer = RtuFramer()
    framer.request(17, [READ])
    assert framer.feed(rtu(18, ANSWER) + rtu(17, b"\x04" + ANSWER[1:])) is None
    assert framer.feed(rtu(17, b"\x83\x02")) == b"\x83\x02"
    assert framer.feed(rtu(17, ANSWER)) is None, "nobody asked any more"


@pytest.mark.parametrize("function", [5, 6, 15, 16, 22])
def test_rtu_confirmations_have_their_length(function: int) -> None:
    framer = RtuFramer()
    pdu = bytes((function, 0, 1, 0, 2)) + (b"\0\3" if function == 22 else b"")
    framer.request(1, [pdu])
    assert framer.feed(rtu(1, pdu)) == pdu


def test_transactions_are_numbered_from_1_and_begin_again() -> None:
    framer = TcpFramer()
    numbers = [int.from_bytes(framer.request(1, [READ])[:2], "big") for _ in range(65537)]
    assert (numbers[0], numbers[65534], numbers[65535]) == (1, 65535, 1)


@pytest.mark.parametrize(
    ("framer", "heard", "error", "words"),
    [
        (TcpFramer(), "", sdk.DeviceTimeout, "no answer within 1 s"),
        (TcpFramer(), "00 01 00", sdk.DeviceTimeout, "incomplete"),
        (TcpFramer(), "00 01 00 00 00 07 01 03 04 00", sdk.DeviceTimeout, "incomplete"),
        (TcpFramer(), "00 08 00 00 00 03 01 83 02", sdk.DeviceProtocolError, "transaction 8 inst"),
        (TcpFramer(), "00 01 00 00 00 03 09 83 02", sdk.DeviceProtocolError, "unit 9 instead of 1"),
        (TcpFramer(), "48 54 54 50 2F 31", sdk.DeviceProtocolError, "not Modbus TCP"),
        (TcpFramer(), "00 01 00 00 FF FF", sdk.DeviceProtocolError, "not Modbus TCP"),
        (RtuFramer(), "", sdk.DeviceTimeout, "no answer within 1 s"),
        (RtuFramer(), "01 03 06 02 2B", sdk.DeviceTimeout, "incomplete"),
        (RtuFramer(), "09" + "83 02" + "F0F3", sdk.DeviceProtocolError, "what came is no answer"),
        (RtuFramer(), rtu(9, b"\x83\2").hex(), sdk.DeviceProtocolError, "unit 9, function 131"),
        (RtuFramer(), "FF" * 2000, sdk.DeviceProtocolError, "more came than any answer"),
    ],
)
def test_silence_is_explained_by_what_came_instead(
    framer: Framer, heard: str, error: type[sdk.DeviceError], words: str
) -> None:
    framer.request(1, [READ])
    try:
        assert framer.feed(bytes.fromhex(heard)) is None
        found = framer.explain(1.0)
    except sdk.DeviceError as raised:
        found = raised
    assert type(found) is error
    assert words in str(found)
