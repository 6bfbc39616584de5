"""From the bytes of an answer to values: pure, one numpy gather a request.

Nothing loops over registers; only texts are taken one by one.

Literature: Modbus Application Protocol Specification V1.1b3 (Modbus Organization, 2012), sections
4.2 (big-endian registers), 6.1 to 6.4 (reads).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_scada_modbus.layout import Layout, Text

EXACT = 2**53
"""Beyond this an integer may have more digits than a float64 keeps."""


@dataclass(slots=True)
class Reading:
    """What one read has brought so far, by position in its plan.

    values: float64[points], unscaled; qualities: int16[points]; texts: by position
    """

    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: dict[int, str] = field(default_factory=dict)


def decode_registers(layout: Layout, data: bytes, into: Reading) -> None:
    """Put the registers' values into the reading.

    data: what `answer_data` gave for the layout's request
    """
    gathered = np.frombuffer(data, np.uint8).take(layout.order)
    for group in layout.groups:
        share = gathered[group.start : group.stop].view(group.dtype)
        if group.fields is not None:
            shifts, masks = group.fields
            into.values[group.positions] = (share >> shifts) & masks
        elif group.dtype.kind == "f":
            with np.errstate(invalid="ignore"):  # a signalling NaN is a value like any other
                into.values[group.positions] = share
        else:
            into.values[group.positions] = share
            if group.dtype.itemsize == 8:
                inexact = (share > EXACT) | (share < -EXACT)
                if inexact.any():
                    into.qualities[group.positions] = np.where(
                        inexact,
                        sdk.quality.UNCERTAIN_RANGE_EXCEEDED,
                        into.qualities[group.positions],
                    )
    for text in layout.texts:
        _decode_text(text, gathered[text.start : text.stop].tobytes(), into)


def decode_bits(layout: Layout, data: bytes, into: Reading) -> None:
    """Put the bits, as 0.0 and 1.0, into the reading."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    into.values[layout.positions] = bits.take(layout.order)


def _decode_text(text: Text, data: bytes, into: Reading) -> None:
    """Up to the first NUL and without the spaces that fill it up. Bytes that the encoding does not
    have become U+FFFD, and the text uncertain."""
    data = data.split(b"\0", 1)[0].rstrip(b" ")
    try:
        into.texts[text.position] = data.decode(text.encoding)
    except UnicodeDecodeError:
        into.texts[text.position] = data.decode(text.encoding, "replace")
        into.qualities[text.position] = sdk.quality.UNCERTAIN
