"""The historian's reader, on the calculator's own connection."""

from typing import Any

import psycopg

from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings

_FIRST = 3_600_000_000
_FAR = 2**61


class _HotReader:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._store = HotStore(connection)

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        return self._store.read(tag, start, end, limit)

    def before(self, tag: int, time: int) -> Readings:
        width = _FIRST
        while True:
            found = self._store.read(tag, time + 1 - width, time + 1, 1_000_000)
            if len(found.times) or width > _FAR:
                keep = slice(-1, None)
                return Readings(found.times[keep], found.values[keep], found.qualities[keep])
            width *= 24

    def after(self, tag: int, time: int) -> Readings:
        return self._store.read(tag, time, _FAR, 1)

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        raise NotImplementedError


def make_reader(connection: psycopg.Connection[Any]) -> Reader:
    return _HotReader(connection)
