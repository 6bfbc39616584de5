"""SOAP 1.1, rpc/encoded, as the store interface 1.2.0 wants it.

Written with lxml rather than a SOAP library: stores check xsi:type and the User-Agent, of which the
common client sends none and its own.
"""

from collections.abc import Mapping

from lxml import etree

from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import parse

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
MESSAGES = "http://www.witsml.org/message/120"
ACTIONS = "http://www.witsml.org/action/120/Store."
CONTENT_TYPE = "text/xml; charset=utf-8"
_PREFIXES = {"soap": ENVELOPE, "xsi": INSTANCE, "xsd": SCHEMA, "m": MESSAGES}


def action(function: str) -> str:
    """The SOAPAction header of a function, with its quotes."""
    return f'"{ACTIONS}{function}"'


def message(name: str, parts: Mapping[str, str | int]) -> bytes:
    """An envelope around one call or answer. name: `WMLS_GetCap`, `WMLS_GetCapResponse`

    parts: in the order of the WSDL; a whole number is an xsd:short, a text an xsd:string
    """
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=_PREFIXES)
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    body.set(f"{{{ENVELOPE}}}encodingStyle", ENCODING)
    call = etree.SubElement(body, f"{{{MESSAGES}}}{name}")
    for part, value in parts.items():
        element = etree.SubElement(call, part)
        element.set(f"{{{INSTANCE}}}type", "xsd:short" if isinstance(value, int) else "xsd:string")
        element.text = str(value)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def fault(text: str) -> bytes:
    """An envelope that says that the server failed."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=_PREFIXES)
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    found = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(found, "faultcode").text = "soap:Server"
    etree.SubElement(found, "faultstring").text = text
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read_message(data: bytes) -> tuple[str, dict[str, str]]:
    """(name, parts) of an envelope; a part that is nil or empty is the empty text.

    Raises ReplyError for what is no SOAP envelope with one call in it, and for a fault.
    """
    root = parse(data)
    body = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or body is None or len(body) == 0:
        raise ReplyError("is no SOAP 1.1 envelope", field="XML", value=str(root.tag))
    call = body[0]
    if call.tag == f"{{{ENVELOPE}}}Fault":
        text = (call.findtext("faultstring") or call.findtext("{*}faultstring") or "").strip()
        raise ReplyError(f"is a SOAP fault: {text or 'without a text'}", field="XML")
    parts = {etree.QName(part).localname: part.text or "" for part in call}
    return etree.QName(call).localname, parts
