"""Words of 32 or 64 bits as few bytes: the second half of the codec.

What is measured moves slowly or is noise in its last bits. So words are kept as steps from one to
the next or as heights above the lowest, whichever is smaller, and then compressed, one byte plane
after the other; a plane of noise stays as it is. Deflate runs with its strategy RLE: steps hardly
ever repeat as sequences, and a Huffman code alone is smaller than what level 1 finds, in half of
its time.
"""

import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[Any]
"""uint64[k, n] or uint32[k, n]"""

_DELTA = 16
_HEAD = struct.Struct("<Bq")  # planes, and _DELTA for steps; the first word, or the lowest
_SAMPLE_EVERY = 4


class CodecError(ValueError):
    """These bytes are not a column of that length."""


def encode_words(words: Words) -> list[bytes]:
    """Each row of k rows of n >= 2 words, k >= 0."""
    signed = words.view(np.dtype(f"i{words.itemsize}"))
    lowest = signed.min(axis=1)
    heights = words - lowest.view(words.dtype)[:, None]
    steps = _zigzag(words[:, 1:] - words[:, :-1])
    some = heights[:, ::_SAMPLE_EVERY].astype(np.float64)
    spread = np.abs(some - some.mean(axis=1)[:, None]).mean(axis=1)
    delta = steps[:, ::_SAMPLE_EVERY].mean(axis=1) < 2 * spread  # a zigzag is twice the step
    highest = np.where(delta, steps.max(axis=1), heights.max(axis=1))
    widths = np.array([(int(most).bit_length() + 7) // 8 for most in highest], np.uint8)
    forms = widths + _DELTA * delta.astype(np.uint8)
    found = [b""] * len(words)
    for form in np.unique(forms).tolist():
        rows = np.flatnonzero(forms == form)
        chosen, first = (steps, signed[:, 0]) if form & _DELTA else (heights, lowest)
        planes = _planes(chosen[rows], form % _DELTA)
        for row, piece in zip(rows.tolist(), planes, strict=True):
            found[row] = _HEAD.pack(form, int(first[row])) + _squeeze(piece)
    return found


def decode_words(body: bytes, n: int, dtype: "type[np.uint64 | np.uint32]") -> Words:
    """The n words of `dtype` that one of the pieces of `encode_words` holds. Raises CodecError."""
    size = np.dtype(dtype).itemsize
    if len(body) < _HEAD.size or n < 1:
        raise CodecError("the column ends too early")
    form, first = _HEAD.unpack_from(body)
    width, delta = form % _DELTA, form >= _DELTA
    if form >= 2 * _DELTA or width > size:
        raise CodecError("a word has no such form")
    length = n - 1 if delta else n
    bytes_ = np.zeros((length, size), np.uint8)
    bytes_[:, :width] = _stretch(body[_HEAD.size :], width, length).T
    words: Any = bytes_.view(np.dtype(dtype).newbyteorder("<"))[:, 0].astype(dtype)
    start = np.array([first]).astype(dtype)
    if not delta:
        raised: Words = words + start
        return raised
    steps = (words >> dtype(1)) ^ (~(words & dtype(1)) + dtype(1))
    return np.cumsum(np.concatenate([start, steps]), dtype=dtype)


def _zigzag(steps: Words) -> Words:
    """Signed steps as unsigned numbers that are small where the step is: 0, -1, 1 as 0, 1, 2"""
    signed = steps.view(np.dtype(f"i{steps.itemsize}"))
    return ((signed << 1) ^ (signed >> (8 * steps.itemsize - 1))).view(steps.dtype)


def _planes(words: Words, width: int) -> npt.NDArray[np.uint8]:
    """uint8[k, width, n]: of each row the lowest bytes of all words, then the next ..."""
    size = max(1, 1 << (width - 1).bit_length())
    narrow = words.astype(np.dtype(f"<u{size}"))
    split = narrow.view(np.uint8).reshape(*words.shape, size)[:, :, :width]
    return np.ascontiguousarray(split.transpose(0, 2, 1))


def _squeeze(planes: npt.NDArray[np.uint8]) -> bytes:
    """A byte that says which planes stay as they are, those planes, the others deflated."""
    width, length = planes.shape
    if not width:
        return b""
    raw = [width > 1 and _is_noise(plane, length) for plane in planes]
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15, 8, zlib.Z_RLE)
    kept, squeezed = [], []
    for plane, stays in zip(planes, raw, strict=True):
        if stays:
            kept.append(plane.tobytes())
        else:  # each plane gets a Huffman code of its own
            squeezed += [deflate.compress(plane.tobytes()), deflate.flush(zlib.Z_BLOCK)]
    mask = sum(1 << place for place, stays in enumerate(raw) if stays)
    return b"".join((bytes([mask]), *kept, *squeezed, deflate.flush()))


def _stretch(data: bytes, width: int, length: int) -> npt.NDArray[np.uint8]:
    """uint8[width, length] that `_squeeze` made this of."""
    if not width:
        if data:
            raise CodecError("the column goes on after its end")
        return np.empty((0, length), np.uint8)
    mask = data[0] if data else 256
    at = 1 + mask.bit_count() * length
    if mask >> width or len(data) < at:
        raise CodecError("the column ends too early")
    missing = (width - mask.bit_count()) * length
    inflate = zlib.decompressobj(-15)
    try:
        rest = inflate.decompress(data[at:], missing + 1)
    except zlib.error as error:
        raise CodecError(f"the column cannot be inflated: {error}") from error
    if len(rest) != missing or not inflate.eof or inflate.unused_data:
        raise CodecError("the column has another length")
    planes = np.empty((width, length), np.uint8)
    raw = np.array([bool(mask >> place & 1) for place in range(width)])
    planes[raw] = np.frombuffer(data, np.uint8, at - 1, 1).reshape(-1, length)
    planes[~raw] = np.frombuffer(rest, np.uint8).reshape(-1, length)
    return planes


def _is_noise(plane: npt.NDArray[np.uint8], length: int) -> bool:
    """Whether a Huffman code would hardly shorten it: pairs of equal bytes are as rare as chance
    makes them, within a quarter."""
    counts = np.bincount(plane, minlength=256)
    return int(counts @ counts) < length + 1.25 * length * length / 256
