"""Imports that come compressed: the same as those that do not, and no larger."""

import gzip
import random
import tracemalloc
import zlib
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian import api as historian
from wellhead_historian.imports.unpacking import unpacked

PATH = "/api/v1/tags/imports"
CSV = b"time,P\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:01Z,2\n"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
def test_what_comes_by_gzip_is_what_it_was(encoding: str) -> None:
    assert unpacked(gzip.compress(CSV), encoding, len(CSV)) == CSV
    assert unpacked(gzip.compress(b""), encoding, 0) == b""


def test_members_one_behind_the_other_are_one_body() -> None:
    """What `cat a.gz b.gz` gives, and loggers that begin a member at each flush."""
    size = 30_000
    half = random.Random(5).randbytes(size)  # packed, it is longer than what is read at once
    packed = gzip.compress(half)
    assert len(packed) > size
    assert unpacked(packed + gzip.compress(b"") + packed + packed, "gzip", 3 * size) == half * 3
    lines = [CSV[at : at + 1] for at in range(len(CSV))]
    assert unpacked(b"".join(map(gzip.compress, lines)), "gzip", len(CSV)) == CSV


@pytest.mark.parametrize("encoding", [None, "identity"])
def test_what_is_not_compressed_stays_as_it_is(encoding: str | None) -> None:
    assert unpacked(CSV, encoding, 1) == CSV


@pytest.mark.parametrize(("size", "members"), [(200_000_000, 1), (900_000, 200)])
def test_a_bomb_is_refused_before_it_is_in_memory(size: int, members: int) -> None:
    bomb = gzip.compress(bytes(size)) * members
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(RequestEntityTooLarge):
            unpacked(bomb, "gzip", 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("most", [1_000, 1_500, 1_999])
def test_members_are_bounded_together(most: int) -> None:
    member = gzip.compress(bytes(1_000))
    with pytest.raises(RequestEntityTooLarge):
        unpacked(member + member, "gzip", most)
    assert unpacked(member + member, "gzip", 2_000) == bytes(2_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (CSV, "is not compressed by gzip"),
        (b"", "is cut short"),
        (gzip.compress(CSV)[:-5], "is cut short"),
        (gzip.compress(CSV) + b"x", "goes on behind the end"),
        (gzip.compress(CSV) * 2 + CSV, "goes on behind the end"),
        (gzip.compress(CSV) + bytes(512), "goes on behind the end"),  # a tape's filling
        (gzip.compress(CSV) + gzip.compress(CSV)[:-5], "is cut short"),
        (gzip.compress(CSV) + b"\x1f", "is cut short"),
        (gzip.compress(CSV) + b"\x1f\x8b\x09\x00", "is not compressed by gzip"),
        (gzip.compress(CSV)[:-8] + bytes(8), "is not compressed by gzip"),  # its checksum
        (zlib.compress(CSV), "is not compressed by gzip"),
    ],
    ids=[  # gzip has the time in it
        *("plain", "empty", "cut", "more", "more-lines", "zeros", "second-cut", "second-begins"),
        *("second-wrong", "checksum", "zlib"),
    ],
)
def test_what_is_no_gzip_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    with pytest.raises(sdk.WellheadError, match=message) as raised:
        unpacked(data, "gzip", 1_000)
    assert raised.value.field == "body"
    assert raised.value.remedy is not None


def test_an_import_is_the_same_compressed_or_not(api: ApiClient, app: Flask) -> None:
    with app.app_context(), sdk.tenant("default"):
        historian.create_tag(name="P", datatype="float64")
        sdk.db.session.commit()

    def send(data: bytes, encoding: str | None, key: str = "one") -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "text/csv"}
        headers |= {"Content-Encoding": encoding} if encoding else {}
        client = app.test_client()
        answer = client.post(PATH, query_string={"id": key}, data=data, headers=headers)
        found: dict[str, Any] = answer.get_json()
        return answer.status_code, found.get("data") or found["error"]

    first = send(gzip.compress(CSV), "gzip")
    assert first == send(CSV, None) == send(gzip.compress(CSV, 1), "gzip")
    assert first == send(gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]), "gzip")
    assert (first[0], first[1]["readings"]) == (200, 2)
    status, error = send(CSV, "br", "two")
    assert (status, error["details"][0]["field"]) == (415, "Content-Encoding")
    status, error = send(gzip.compress(CSV), None, "two")
    assert (status, error["details"][0]["remedy"][:31]) == (422, "Say so: Content-Encoding: gzip;")
    status, error = send(gzip.compress(bytes(17 << 20)), "gzip", "two")
    assert (status, error["code"]) == (413, "too_large")
    assert "body_mb" in str(error)
