"""The client at a running store: functions, errors, time-outs, addresses, TLS."""

import ipaddress
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest

from wellhead import sdk
from wellhead_witsml.objects import queries
from wellhead_witsml.objects.reading import read_objects
from wellhead_witsml.objects.wells import Well, Wellbore
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol import soap
from wellhead_witsml.protocol.client import Store, Version
from wellhead_witsml.protocol.errors import (
    ObjectExists,
    ObjectMissing,
    ReplyError,
    ReturnError,
    StoreRefused,
    StoreUnreachable,
    WitsmlError,
)
from wellhead_witsml.protocol.http import Connection, Site
from wellhead_witsml.protocol.options import Options, ReturnElements
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.functions import Parts, Rules
from wellhead_witsml.store.server import StoreServer

from .certificates import make_certificate
from .conftest import LOOPBACK, WELL, Connect, put

PASSWORD = "k4nary-s3cret"


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
def test_a_store_says_what_it_speaks_and_can(connect: Connect, version: Version) -> None:
    store = connect(version)
    assert store.get_version() == ("1.3.1.1", "1.4.1.1")
    found = store.get_cap()
    assert found.schema_versions == (version,)
    assert "log" in found.functions["WMLS_GetFromStore"]
    newer = version == "1.4.1.1"
    assert found.limit("WMLS_GetFromStore", "log").data_nodes == (10_000 if newer else None)
    assert found.growing_timeout_s.get("log") == (600 if newer else None)
    assert found.gzip is newer


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
def test_an_object_is_added_updated_and_deleted(connect: Connect, version: Version) -> None:
    store = connect(version)
    assert put(store, WELL) == "w1"
    with pytest.raises(ObjectExists) as caught:
        put(store, WELL)
    assert caught.value.number == -405
    assert "exists already" in caught.value.text
    assert caught.value.remedy is not None
    store.update("well", write_object(Well(uid="w1", name="A-1 renamed"), version))
    everything = queries.objects_query(Well, version)
    (found,) = read_objects(Well, store.get("well", everything, queries.ALL).document)
    assert (found.name, found.time_zone) == ("A-1 renamed", "-06:00")
    one = queries.identity_query(Well, version, uid="w1")
    store.delete("well", one)
    with pytest.raises(ObjectMissing):
        store.delete("well", one)
    assert read_objects(Well, store.get("well", everything, queries.ALL).document) == []


def test_what_is_below_must_go_first_and_what_is_above_must_be_there(store: Store) -> None:
    with pytest.raises(ReturnError) as caught:
        store.delete("well", queries.identity_query(Well, "1.4.1.1", uid="w1"))
    assert caught.value.number == -432
    with pytest.raises(ReturnError) as caught:
        put(store, Wellbore(uid="b9", name="B", uid_well="nowhere"))
    assert caught.value.number == -481


@pytest.mark.parametrize("result", ["", "-", "-40000", "9" * 30])
def test_a_result_that_is_none_of_witsml_is_refused(
    server: StoreServer, store: Store, monkeypatch: pytest.MonkeyPatch, result: str
) -> None:
    assert store.capabilities
    monkeypatch.setattr(server.store, "call", lambda name, parts: {"Result": result})
    with pytest.raises(ReplyError, match="Result"):
        store.get("well", "<wells/>")


def test_the_words_for_an_error_are_asked_once(
    server: StoreServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    call = server.store.call

    def noted(name: str, parts: Mapping[str, str]) -> Parts | None:
        asked.append(name)
        return call(name, parts)

    monkeypatch.setattr(server.store, "call", noted)
    store = connect()
    for _ in range(3):
        with pytest.raises(ReturnError, match="does not support this object type") as caught:
            store.get("rig", "<rigs/>")
        assert caught.value.number == -413
    assert asked.count("WMLS_GetBaseMsg") == 1
    assert store.base_message(-475).startswith("A subset")


def test_a_compressed_document_is_the_same(connect: Connect, server: StoreServer) -> None:
    server.store.rules = Rules(gzip=False)
    plain = connect()
    put(plain, WELL)
    query = queries.objects_query(Well, "1.4.1.1")
    expected = plain.get("well", query, queries.ALL).document
    server.store.rules = Rules(gzip=True)
    packed = connect()
    found = packed.get("well", query, queries.ALL).document
    assert isinstance(found, bytes)  # it came packed
    assert found.decode() == expected
    packed.update("well", write_object(Well(uid="w1", name="packed"), "1.4.1.1"))
    (well,) = read_objects(Well, packed.get("well", query, queries.ALL).document)
    assert well.name == "packed"


def test_options_are_checked_before_they_are_sent() -> None:
    with pytest.raises(WitsmlError, match="max_return_nodes"):
        Options(ReturnElements.ALL, max_return_nodes=0)


SPOILT = {
    "malformed": (Faults(malformed=True), ReplyError, "is no XML"),
    "doctype": (Faults(doctype=True), ReplyError, "DOCTYPE"),
    "server error": (Faults(http_500=True), StoreUnreachable, "HTTP 500"),
    "cut": (Faults(cut=True), StoreUnreachable, "broke off"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_store_that_misbehaves_is_told_by_a_typed_error(
    case: str, server: StoreServer, store: Store
) -> None:
    faults, error, says = SPOILT[case]
    query = queries.objects_query(Well, "1.4.1.1")
    server.store.faults = faults
    with pytest.raises(error, match=says):
        read_objects(Well, store.get("well", query, queries.ALL).document)
    server.store.faults = Faults()
    assert read_objects(Well, store.get("well", query, queries.ALL).document)


def test_the_user_is_known_by_name_and_password(connect: Connect) -> None:
    with StoreServer(user="rig", password=PASSWORD) as server:
        assert connect(url=server.url, user="rig", password=PASSWORD).get_version()
        with pytest.raises(StoreRefused, match="does not know this user") as caught:
            connect(url=server.url, user="rig", password=f"{PASSWORD}x").get_version()
        assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(Site("https://store.example", "rig", PASSWORD))


def test_a_password_travels_under_tls_alone() -> None:
    anywhere = sdk.AllowList([ipaddress.ip_network("192.0.2.0/24")], "url", "allow_networks")
    site = Site("http://192.0.2.7/store", "rig", PASSWORD, timeout_s=0.1)
    with pytest.raises(StoreRefused, match="unprotected"):
        Store(site, anywhere).get_version()
    with pytest.raises(StoreUnreachable):  # it was tried
        Store(
            Site(site.url, "rig", PASSWORD, timeout_s=0.1, plain_password=True), anywhere
        ).get_version()


def test_tls_trusts_the_authority_that_is_named(tmp_path: Path, connect: Connect) -> None:
    files = make_certificate(tmp_path, "localhost")
    with StoreServer(certificate=files, user="rig", password=PASSWORD) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        known = {"user": "rig", "password": PASSWORD, "ca_file": str(files[0])}
        assert connect(url=url, **known).get_version()
        with pytest.raises(StoreRefused, match="not trusted"):
            connect(url=url, user="rig", password=PASSWORD).get_version()
        with pytest.raises(StoreRefused, match="not trusted"):  # another name
            connect(url=server.url, **known).get_version()
        with pytest.raises(StoreRefused, match="ca_file"):
            connect(url=url, ca_file=str(tmp_path / "none.pem")).get_version()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as made:
        made.settimeout(10)
        yield made


@pytest.mark.parametrize("host", ["127.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"])
def test_s11_an_address_outside_the_list_is_refused_before_a_packet_leaves(
    host: str, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    elsewhere = sdk.AllowList([ipaddress.ip_network("192.0.2.0/24")], "url", "allow_networks")
    with pytest.raises(StoreRefused, match="outside the networks") as caught:
        Store(Site(f"http://{host}:{port}/"), elsewhere).get_version()
    assert "allow_networks" in (caught.value.remedy or "")
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "url", ["ftp://store.example/", "store", "https://u:p@store.example/", "http://[x/"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(StoreRefused, match="is no address of a store") as caught:
        Connection(Site(url), LOOPBACK)
    assert "u:p" not in str(caught.value)


def read_request(connection: socket.socket) -> None:
    """All of it: headers, and as many bytes as they say."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline().lower()) not in (b"\r\n", b""):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        stream.read(length)


def serve(listener: socket.socket, *pieces: bytes, pause_s: float = 0.0) -> threading.Thread:
    """Answer one request with these pieces."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            read_request(connection)  # what is left unread when it closes is a reset
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread


TRICKLES = {
    "the body": [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 400],
    "a body of unknown length": [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 400],
    "the head": [b"HTTP/1.1 200 OK\r\n", *[b"X: 1\r\n"] * 400],
}


@pytest.mark.parametrize("part", TRICKLES)
def test_an_answer_that_trickles_is_given_up_in_time(part: str, listener: socket.socket) -> None:
    thread = serve(listener, *TRICKLES[part], pause_s=0.05)
    port = listener.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(StoreUnreachable, match="it took over"):
        Store(Site(f"http://127.0.0.1:{port}/", timeout_s=0.3), LOOPBACK).get_version()
    assert time.monotonic() - begun < 10
    thread.join(10)


def test_a_password_that_a_store_quotes_is_in_no_error(
    server: StoreServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    pair = b64encode(f"rig:{PASSWORD}".encode()).decode()
    words = f"{PASSWORD}: Basic {pair} is not known, {'really ' * 100_000}"
    fault = soap.fault(words)
    head = f"HTTP/1.1 500 No\r\nContent-Length: {len(fault)}\r\n\r\n".encode()
    serve(listener, head, fault)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    store = connect(user="rig", password=PASSWORD)
    assert store.capabilities
    said = {"Result": "-999", "SuppMsgOut": words}
    monkeypatch.setattr(server.store, "call", lambda name, parts: said)
    for asked in (connect(url=url, user="rig", password=PASSWORD).get_version, store.get_cap):
        with pytest.raises(WitsmlError, match=r"\*\*\*: Basic \*\*\* is not known") as caught:
            asked()
        assert PASSWORD not in str(caught.value)
        assert pair not in str(caught.value)
        assert len(str(caught.value)) < 5_000


def test_an_answer_beyond_the_limit_is_cut_off(listener: socket.socket) -> None:
    thread = serve(listener, b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 40)
    port = listener.getsockname()[1]
    site = Site(f"http://127.0.0.1:{port}/", timeout_s=10, most_bytes=1 << 20)
    with pytest.raises(ReplyError, match="larger than 1 MiB"):
        Store(site, LOOPBACK).get_version()
    thread.join(10)


def test_a_redirect_is_not_followed(listener: socket.socket) -> None:
    serve(
        listener, b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"
    )
    port = listener.getsockname()[1]
    with pytest.raises(StoreRefused, match="HTTP 302"):
        Store(Site(f"http://127.0.0.1:{port}/", timeout_s=10), LOOPBACK).get_version()
