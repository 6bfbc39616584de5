"""gzip files of one member and of several, and what is none. What an import and a WITSML store's
reply make of them, their tests say."""

import gzip
import random

import pytest

from wellhead import sdk

DATA = random.Random(7).randbytes(30_000)  # packed, it is longer than what is read at once


def test_all_members_are_read() -> None:
    members = [gzip.compress(part) for part in (DATA, b"", DATA[:1], DATA[1:])]
    assert sdk.gunzip(b"".join(members), 2 * len(DATA)) == DATA * 2
    assert sdk.gunzip(gzip.compress(b""), 0) == b""


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"", "is cut short"),
        (DATA, "is not compressed by gzip"),
        (gzip.compress(DATA, mtime=0)[:-1], "is cut short"),
        (gzip.compress(DATA, mtime=0) + b"x", "goes on behind the end"),
    ],
    ids=["nothing", "no gzip", "cut", "more"],
)
def test_what_is_no_whole_gzip_file_is_refused(packed: bytes, message: str) -> None:
    with pytest.raises(sdk.GzipError, match=message) as refused:
        sdk.gunzip(packed, 100_000)
    assert not isinstance(refused.value, sdk.GzipTooLarge)


@pytest.mark.parametrize("members", [1, 2, 3])
def test_more_than_may_be_is_refused(members: int) -> None:
    packed = gzip.compress(DATA) * members
    size = len(DATA) * members
    assert len(sdk.gunzip(packed, size)) == size
    with pytest.raises(sdk.GzipTooLarge, match=f"larger than {size - 1:,} bytes"):
        sdk.gunzip(packed, size - 1)


@pytest.mark.parametrize("members", [1, 8])
def test_what_unpacks_to_too_many_times_its_size_is_refused(members: int) -> None:
    size = 8 << 20
    packed = gzip.compress(bytes(size // members)) * members
    with pytest.raises(sdk.GzipTooLarge, match="over 200 times"):
        sdk.gunzip(packed, size, 200)
    assert sdk.gunzip(packed, size, 2_000) == bytes(size)
    few = gzip.compress(bytes(4 << 20))
    assert sdk.gunzip(few, size, 200) == bytes(4 << 20), "the ratio of little is nobody's business"
