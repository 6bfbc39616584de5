"""The envelope against the interface's WSDL 1.2.0, written down here by hand."""

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from wellhead_witsml.protocol import soap
from wellhead_witsml.protocol.client import Store
from wellhead_witsml.protocol.errors import ReplyError, WitsmlError
from wellhead_witsml.protocol.http import Connection
from wellhead_witsml.store.server import StoreServer

from .conftest import Connect

STRING, SHORT = "xsd:string", "xsd:short"
WRITE = {"WMLtypeIn": STRING, "XMLin": STRING, "OptionsIn": STRING, "CapabilitiesIn": STRING}
QUERY = {"WMLtypeIn": STRING, "QueryIn": STRING, "OptionsIn": STRING, "CapabilitiesIn": STRING}
DONE = {"Result": SHORT, "SuppMsgOut": STRING}
PARTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "WMLS_GetVersion": ({}, {"Result": STRING}),
    "WMLS_GetCap": (
        {"OptionsIn": STRING},
        {"Result": SHORT, "CapabilitiesOut": STRING, "SuppMsgOut": STRING},
    ),
    "WMLS_GetBaseMsg": ({"ReturnValueIn": SHORT}, {"Result": STRING}),
    "WMLS_GetFromStore": (QUERY, {"Result": SHORT, "XMLout": STRING, "SuppMsgOut": STRING}),
    "WMLS_AddToStore": (WRITE, DONE),
    "WMLS_UpdateInStore": (WRITE, DONE),
    "WMLS_DeleteFromStore": (QUERY, DONE),
}


def parts_of(envelope: bytes, name: str) -> dict[str, str]:
    """Type by part, in order, of the one call in a body."""
    root = etree.fromstring(envelope)
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    assert root.tag == f"{{{space}}}Envelope"
    (body,) = root
    assert body.tag == f"{{{space}}}Body"
    style = body.get(f"{{{space}}}encodingStyle")
    assert style == "http://schemas.xmlsoap.org/soap/encoding/"
    (call,) = body
    assert call.tag == f"{{http://www.witsml.org/message/120}}{name}"
    assert call.nsmap["xsd"] == "http://www.w3.org/2001/XMLSchema"
    instance = "{http://www.w3.org/2001/XMLSchema-instance}type"
    return {str(part.tag): part.get(instance, "") for part in call}


def test_the_client_sends_what_the_wsdl_says(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, tuple[bytes, Mapping[str, str]]] = {}
    post = Connection.post

    def noted(self: Connection, body: bytes, headers: Mapping[str, str]) -> bytes:
        sent[headers["SOAPAction"]] = (body, {**self._headers(), **headers})
        return post(self, body, headers)

    monkeypatch.setattr(Connection, "post", noted)
    store = connect(user="rig", password="geheim")
    store.get_version()
    store.base_message(-401)
    calls: list[Any] = [store.get, store.add, store.update, store.delete]
    for call in calls:
        with pytest.raises(WitsmlError):
            call("well", "<wells/>")
    assert len(sent) == len(PARTS)
    for name, (parts, _) in PARTS.items():
        body, headers = sent[f'"http://www.witsml.org/action/120/Store.{name}"']
        asked = parts_of(body, name)
        assert asked == parts
        assert list(asked) == list(parts)
        assert headers["User-Agent"].startswith("Wellhead/")
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        assert headers["Authorization"] == "Basic cmlnOmdlaGVpbQ=="


def call_by_hand(server: StoreServer, name: str, **headers: str) -> tuple[int, bytes]:
    """A call written as a string, as another client would send it."""
    parts = "".join(
        f'<{part} xsi:type="{kind}">{-472 if kind == SHORT else ""}</{part}>'
        for part, kind in PARTS[name][0].items()
    )
    envelope = (
        '<?xml version="1.0"?><SOAP-ENV:Envelope'
        ' xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        '<SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<NS1:{name} xmlns:NS1="http://www.witsml.org/message/120">{parts}</NS1:{name}>'
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.netloc, timeout=10)
    action = f'"http://www.witsml.org/action/120/Store.{name}"'
    connection.request("POST", where.path, envelope, {"SOAPAction": action, **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("name", PARTS)
def test_the_store_answers_a_client_of_another_make(server: StoreServer, name: str) -> None:
    status, body = call_by_hand(server, name, **{"User-Agent": "Hand/1.0"})
    assert status == 200
    assert parts_of(body, f"{name}Response") == PARTS[name][1]


def test_a_client_without_a_name_is_refused(server: StoreServer) -> None:
    _, body = call_by_hand(server, "WMLS_GetCap")
    _, parts = soap.read_message(body)
    assert parts["Result"] == "-472"
    _, body = call_by_hand(server, "WMLS_GetBaseMsg")
    _, parts = soap.read_message(body)
    assert "User-Agent" in parts["Result"]


def test_a_fault_is_told_in_the_words_of_the_server(store: Store) -> None:
    with pytest.raises(ReplyError, match="no function WMLS_Nothing"):
        store._call("WMLS_Nothing", {})


@pytest.mark.parametrize("body", [b"<html/>", b"", soap.message("X", {})[:-20]])
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(ReplyError):
        soap.read_message(body)
