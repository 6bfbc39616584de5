"""What is committed together as rows of the file: neighbouring scans of one class share a row."""

from collections.abc import Iterator, Sequence

from wellhead import sdk
from wellhead_historian.spool.admission import Append
from wellhead_historian.spool.codec import encode
from wellhead_historian.spool.file import ROW_OVERHEAD, Row
from wellhead_historian.spool.packs import pack, view
from wellhead_historian.spool.types import Entry


def rows_of(appends: Sequence[Append], last: int, most_bytes: int) -> Iterator[tuple[Row, Entry]]:
    """The rows of `appends`, whose ids follow `last`, in order, and what is kept of each in memory.
    most_bytes: about, of a row of several"""
    for run in _runs(appends, most_bytes):
        first, tag_class = last + 1, run[0].tag_class
        last += len(run)
        if len(run) > 1:
            data = pack([append.batch for append in run], [append.good for append in run])
            entry = Entry(first, last, view(data), len(data), data, tag_class)
        else:
            entry = Entry(last, last, run[0].batch, run[0].size - ROW_OVERHEAD, b"", tag_class)
        yield row_of(entry, run[0].data), entry


def row_of(entry: Entry, data: bytes | None = None) -> Row:
    """An entry that is known from memory as it stands in the file. data: its bytes, if somebody has
    them"""
    if isinstance(entry.content, sdk.Batch):
        return entry.id, encode(entry.content) if data is None else data, entry.tag_class, 1
    return entry.id, entry.data, entry.tag_class, entry.count


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
