"""Reads OPC UA's binary encoding (OPC 10000-6, section 5.2) without trusting a byte of it.

asyncua's own decoder makes a Python object of everything, raises whatever comes up, and fills the
memory for a list that says it has two billion elements. Values are read with this instead.
"""

import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from wellhead import sdk

_U2 = struct.Struct("<H")
_U4 = struct.Struct("<I")
_I4 = struct.Struct("<i")
_I8 = struct.Struct("<q")

EPOCH = 116_444_736_000_000_000
"""1970-01-01 in OPC UA's DateTime: intervals of 100 ns since 1601-01-01 UTC."""
_FIRST = datetime(1601, 1, 1, tzinfo=UTC)
_LAST = 2_650_467_744_000_000_000  # 10000-01-01, from which on a DateTime says "no end"


class Malformed(sdk.DeviceProtocolError):
    """Bytes that are not what OPC UA allows at their place."""


class Cursor:
    """A place in bytes. Every method moves it and raises Malformed beyond the end."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def skip(self, size: int) -> int:
        """Move over `size` bytes; returns where they begin."""
        at = self.at
        if size < 0 or size > self.end - at:
            raise Malformed("an answer that ends too early", value=f"{size} bytes at {at}")
        self.at = at + size
        return at

    def u1(self) -> int:
        return self.data[self.skip(1)]

    def u2(self) -> int:
        number: int = _U2.unpack_from(self.data, self.skip(2))[0]
        return number

    def u4(self) -> int:
        number: int = _U4.unpack_from(self.data, self.skip(4))[0]
        return number

    def i4(self) -> int:
        number: int = _I4.unpack_from(self.data, self.skip(4))[0]
        return number

    def i8(self) -> int:
        number: int = _I8.unpack_from(self.data, self.skip(8))[0]
        return number

    def count(self, least: int) -> int:
        """The length of an array whose elements take `least` bytes or more; 0 of a null array."""
        number = self.i4()
        if number * least > self.end - self.at:
            raise Malformed("a list longer than its message", value=number)
        return max(number, 0)

    def bytes(self) -> bytes | None:
        """A ByteString."""
        size = self.i4()
        if size == -1:
            return None
        at = self.skip(size)
        return self.data[at : self.at]

    def text(self) -> str | None:
        """A String."""
        raw = self.bytes()
        return None if raw is None else raw.decode("utf-8", errors="replace")

    def localized(self) -> str | None:
        """A LocalizedText, without its locale."""
        mask = self.u1()
        if mask & 1:
            self.text()
        return self.text() if mask & 2 else None

    def guid(self) -> str:
        at = self.skip(16)
        return str(UUID(bytes_le=self.data[at : self.at]))

    def node_id(self) -> str:
        """A NodeId or ExpandedNodeId as text, `ns=2;s=Pressure`."""
        encoding = self.u1()
        form = encoding & 0x3F
        if form == 0:
            space, name = 0, f"i={self.u1()}"
        elif form == 1:
            space, name = self.u1(), f"i={self.u2()}"
        elif form in (2, 3, 4, 5):
            space = self.u2()
            if form == 2:
                name = f"i={self.u4()}"
            elif form == 3:
                name = f"s={self.text() or ''}"
            elif form == 4:
                name = f"g={self.guid()}"
            else:
                name = f"b={(self.bytes() or b'').hex()}"
        else:
            raise Malformed("a node id of no kind that there is", value=form)
        if encoding & 0x80:
            self.text()
        if encoding & 0x40:
            self.u4()
        return f"ns={space};{name}" if space else name

    def extension(self) -> "tuple[str, Cursor | None]":
        """An ExtensionObject: the node id of its encoding, and its body where it has one."""
        kind = self.node_id()
        encoding = self.u1()
        if encoding not in (1, 2):
            return kind, None
        size = self.i4()
        if size == -1:
            return kind, None
        at = self.skip(size)
        return kind, Cursor(self.data, at, self.at)

    def diagnostics(self, depth: int = 0) -> None:
        """Move over a DiagnosticInfo."""
        if depth > 16:
            raise Malformed("diagnostics without end")
        mask = self.u1()
        self.skip(4 * (mask & 0x0F).bit_count())
        if mask & 0x10:
            self.text()
        if mask & 0x20:
            self.u4()
        if mask & 0x40:
            self.diagnostics(depth + 1)


def iso_time(ticks: int) -> str | None:
    """A DateTime as ISO 8601; None for "none" and "no end"."""
    if not 0 < ticks < _LAST:
        return None
    return (_FIRST + timedelta(microseconds=ticks // 10)).isoformat()
