"""Several reads on their way at once, answered as they should be: seen as one buffer, not as many.

Taking answers one by one costs more than reading the values. When all of them are there and nothing
is amiss, which is nearly always, what comes is known but for the values: one comparison finds every
head in its place, and one gather takes all values out. Anything else (an exception, another order,
a part) is left to the framer, which looks at each frame.

Literature: Modbus Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3 (MBAP header).
"""

import struct
from collections.abc import Sequence

import numpy as np

from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.layout import joined
from wellhead_scada_modbus.schemas import FUNCTIONS

_REQUEST = struct.Struct(">HHHBBHH")
_HEAD = struct.Struct(">HHHBBB")
"""Transaction, protocol, length, unit, function, bytes of data; then the data."""
_UNIT = 6
"""Where the unit is, in both."""


class Whole:
    """The requests of `blocks`, which are of registers, and their answers on Modbus TCP.

    size: bytes of all answers; layout: where the values are in them
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        functions = [FUNCTIONS[block.table] for block in blocks]
        pairs = list(zip(blocks, functions, strict=True))
        requests = [_REQUEST.pack(0, 0, 6, 0, code, b.address, b.count) for b, code in pairs]
        heads = [_HEAD.pack(0, 0, 3 + b.size, 0, code, b.size) for b, code in pairs]
        ends = np.cumsum([_HEAD.size + block.size for block in blocks])
        starts = ends - [_HEAD.size + block.size for block in blocks]
        self.size = int(ends[-1])
        self.layout = joined([block.layout for block in blocks], (starts + _HEAD.size).tolist())
        self._requests = np.frombuffer(b"".join(requests), np.uint8).reshape(-1, 12).copy()
        self._heads = np.frombuffer(b"".join(heads), np.uint8).reshape(-1, _HEAD.size).copy()
        self._places = starts[:, None] + np.arange(_HEAD.size)

    def __len__(self) -> int:
        return len(self._requests)

    def frames(self, unit: int, first: int) -> bytes:
        """The requests to a unit, numbered from `first` on."""
        number = np.arange(first, first + len(self), dtype=">u2").view(np.uint8)
        for image in (self._requests, self._heads):
            image[:, :2] = number.reshape(-1, 2)
            image[:, _UNIT] = unit
        return self._requests.tobytes()

    def is_answered(self, data: bytes) -> bool:
        """Whether `data` are all answers to the last `frames`, in order and as they should be."""
        if len(data) != self.size:
            return False
        heads = np.frombuffer(data, np.uint8)[self._places]
        return heads.tobytes() == self._heads.tobytes()
