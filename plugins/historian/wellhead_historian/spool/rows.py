"""What is committed together as rows of the file: neighbouring scans of one class share a row."""

from collections.abc import Iterator, Sequence

from wellhead_historian.spool.admission import Append
from wellhead_historian.spool.codec import encode
from wellhead_historian.spool.file import Row
from wellhead_historian.spool.packs import pack


def rows_of(appends: Sequence[Append], last: int, most_bytes: int) -> list[Row]:
    """The rows of `appends`, whose ids follow `last`, in order. most_bytes: about, of a row of
    several"""
    rows: list[Row] = []
    for run in _runs(appends, most_bytes):
        last += len(run)
        first = run[0]
        data: bytes | bytearray
        if len(run) > 1:
            data = pack([append.batch for append in run], [append.good for append in run])
        else:
            data = encode(first.batch) if first.data is None else first.data
        rows.append((last, data, first.tag_class, len(run)))
    return rows


def _runs(appends: Sequence[Append], most_bytes: int) -> Iterator[Sequence[Append]]:
    """`appends` cut into what shares a row: scans of one class, or one that is no scan."""
    begin = size = 0
    for at, append in enumerate(appends):
        size += append.size
        apart = append.data is not None or appends[begin].data is not None
        if at > begin and (
            apart or size > most_bytes or append.tag_class != appends[begin].tag_class
        ):
            yield appends[begin:at]
            begin, size = at, append.size
    if appends:
        yield appends[begin:]
