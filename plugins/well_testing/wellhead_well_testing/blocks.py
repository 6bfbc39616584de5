"""The bytes of a block of a series: columns of little-endian numbers under zlib.

Times are kept as the steps between them, which a gauge that samples evenly repeats: a million
readings are a few megabytes, and are read in the time that a screen needs.
"""

import zlib

import numpy as np
import numpy.typing as npt

ROWS = 32_768
_LEVEL = 1

Times = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Qualities = npt.NDArray[np.int16]


def pack(times: Times, pressures: Floats, qualities: Qualities) -> tuple[bytes, bytes, bytes]:
    """Columns of equal length as stored."""
    steps = np.diff(times, prepend=np.int64(0))
    columns = (steps.astype("<i8"), pressures.astype("<f8"), qualities.astype("<i2"))
    one, two, three = (zlib.compress(column.tobytes(), _LEVEL) for column in columns)
    return one, two, three


def unpack(times: bytes, pressures: bytes, qualities: bytes) -> tuple[Times, Floats, Qualities]:
    """(int64[n], microseconds since 1970 UTC; float64[n]; int16[n]) of what `pack` made."""
    steps = np.frombuffer(zlib.decompress(times), "<i8")
    return (
        np.cumsum(steps, dtype=np.int64),
        np.frombuffer(zlib.decompress(pressures), "<f8").astype(np.float64),
        np.frombuffer(zlib.decompress(qualities), "<i2").astype(np.int16),
    )
