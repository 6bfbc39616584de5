"""The outlet over a real socket: order, whole frames, goodbye, and who does not read."""

import socket
import time
from collections.abc import Iterator

import pytest
from wsproto.frame_protocol import FrameProtocol, Opcode

from wellhead.live.frames import text_frame
from wellhead.live.outlet import KERNEL_BYTES, QUEUE_PIECES, SocketOutlet
from wellhead.testing import wait_until

LARGE = 8 * KERNEL_BYTES


@pytest.fixture
def line() -> Iterator[tuple[SocketOutlet, socket.socket]]:
    """An outlet and the other side, which reads only what a test makes it read."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    outlet = SocketOutlet(ours)
    outlet.start()
    yield outlet, theirs
    outlet.cut()
    theirs.close()
    outlet.close()


def frames_until_the_end(theirs: socket.socket) -> list[tuple[Opcode, str]]:
    """All frames that come until the other side ends; fails when it ends inside one."""
    reader = FrameProtocol(client=True, extensions=[])
    whole: list[tuple[Opcode, str]] = []
    text = ""
    while data := theirs.recv(65_536):
        reader.receive_bytes(data)
        for frame in reader.received_frames():
            if frame.opcode is Opcode.CLOSE:
                whole.append((frame.opcode, str(frame.payload)))
                text = ""
                continue
            text += str(frame.payload)
            if frame.message_finished:
                whole.append((Opcode.TEXT, text))
                text = ""
    assert text == "", "the connection ended inside a frame"
    return whole


def text_of(number: int, size: int) -> bytes:
    return str(number).encode().ljust(size, b".")


def test_frames_of_any_size_arrive_whole_and_in_order(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, theirs = line
    sizes = [10, LARGE, 200, 70_000, 10, LARGE, 126]
    for number, size in enumerate(sizes):
        outlet.send(text_frame(text_of(number, size)))
    outlet.goodbye(1000, "done", after_queued=True)
    received = frames_until_the_end(theirs)
    assert [text for _, text in received[:-1]] == [
        text_of(number, size).decode() for number, size in enumerate(sizes)
    ]
    assert received[-1][0] is Opcode.CLOSE


def test_a_goodbye_drops_what_waits_but_not_the_end_of_a_frame(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, theirs = line
    outlet.send(text_frame(text_of(0, LARGE)))
    for number in range(1, 20):
        outlet.send(text_frame(text_of(number, 100)))
    outlet.goodbye(1012, "bye")
    outlet.send(text_frame(b"too late"))
    received = frames_until_the_end(theirs)
    assert [opcode for opcode, _ in received] == [Opcode.TEXT, Opcode.CLOSE]
    assert received[0][1] == text_of(0, LARGE).decode()


def test_who_does_not_read_stalls_and_can_be_cut(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, theirs = line
    assert outlet.stalled_for(time.monotonic()) == 0.0
    outlet.send(text_frame(text_of(0, LARGE)))
    wait_until(lambda: outlet.stalled_for(time.monotonic()) > 0.2, what="a stall")
    outlet.cut()
    while theirs.recv(65_536):
        pass
    outlet.send(text_frame(b"into the void"))
    assert outlet.depth() == 0


def test_a_goodbye_that_nobody_takes_is_overdue_soon(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, _ = line
    outlet.send(text_frame(text_of(0, LARGE)))
    outlet.goodbye(1012, "bye")
    wait_until(lambda: outlet.stalled_for(time.monotonic()) == float("inf"), what="impatience")


def test_a_queue_without_end_ends_the_connection(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, theirs = line
    outlet.send(text_frame(text_of(0, LARGE)))
    for number in range(QUEUE_PIECES + 2):
        outlet.send(text_frame(text_of(number, 10)))
    assert outlet.depth() == 0
    while theirs.recv(65_536):
        pass


def test_the_writer_says_when_nothing_waits_any_more(
    line: tuple[SocketOutlet, socket.socket],
) -> None:
    outlet, theirs = line
    drained: list[float] = []
    outlet.when_drained(drained.append)
    outlet.send(text_frame(text_of(0, LARGE)))
    outlet.send(text_frame(b"next"))
    assert drained == []
    received = 0
    while received < LARGE:
        received += len(theirs.recv(65_536))
    wait_until(lambda: drained, what="the word that all is sent")
