"""The judge of bench/peers is right: its field says when it was read, and what is lost is found."""

import socket
import struct
import time
from pathlib import Path

import numpy as np

from peers.accounting import Journal, Kept, judge, read_times, worst_pause
from peers.responder import field


def ask(connection: socket.socket, unit: int, address: int, count: int) -> list[int]:
    """The registers that one request brings."""
    connection.sendall(struct.pack(">HHHBBHH", 7, 0, 6, unit, 3, address, count))
    answer = b""
    while len(answer) < 9 + 2 * count:
        answer += connection.recv(4096)
    assert answer[:9] == struct.pack(">HHHBBB", 7, 0, 3 + 2 * count, unit, 3, 2 * count)
    return list(struct.unpack(f">{count}H", answer[9:]))


def test_a_register_says_when_it_was_read_and_the_journal_knows(tmp_path: Path) -> None:
    with field(1, silent=3, journal=tmp_path / "journal.npy") as devices:
        with socket.create_connection(("127.0.0.1", devices.ports[0]), timeout=20) as connection:
            before = time.time_ns() // 1_000_000
            values = np.array(ask(connection, 1, 60_000, 125), np.int64)
            after = time.time_ns() // 1_000_000
            connection.sendall(struct.pack(">HHHBBHH", 8, 0, 6, 3, 3, 0, 1))  # never answered
            assert len(ask(connection, 2, 5, 1)) == 1
        journal = devices.end()

    near = np.full(125, before + 20_000)
    read = read_times(values, np.arange(60_000, 60_125), near)
    assert len(set(read)) == 1
    assert before <= read[0] <= after
    assert journal is not None
    assert list(journal.device) == [1] * 125 + [2]
    assert list(journal.address) == [*range(60_000, 60_125), 5]
    assert list(journal.read[:125]) == list(read)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [np.array(column, np.int64) for column in zip(*rows, strict=True)]


def test_lost_doubled_and_disordered_readings_are_counted() -> None:
    now = 1_790_000_000_000
    journal = Journal(*columns([(0, 1, now), (0, 1, now + 1000), (1, 1, now), (1, 2, now + 7)]))
    device, address, read = columns([(0, 1, now + 1000), (0, 1, now), (1, 1, now), (1, 1, now)])

    verdict = judge(journal, Kept(device, address, read, read * 1000))

    assert (verdict.expected, verdict.lost, verdict.doubled, verdict.disordered) == (4, 1, 1, 1)
    assert not verdict.passed
    assert judge(journal, Kept(journal.device, journal.address, journal.read, journal.read)).passed
    assert not judge(journal.between(0, 1), Kept.empty()).passed, "nothing was asked of it"


def test_delays_and_pauses_are_those_of_the_readings() -> None:
    read = np.arange(100, dtype=np.int64) * 1000
    zero = np.zeros(100, np.int64)
    kept = Kept(zero, zero, read, read * 1000 + 20_000)

    assert kept.delays() == (20.0, 20.0)
    assert worst_pause(kept, 0, 99.5) == 1.0
    assert worst_pause(kept.only((read < 40_000) | (read > 45_000)), 0, 99.5) == 7.0
    assert len(kept.within(10, 20).read) == 10
