"""A WITSML store, function by function."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from lxml import etree

from wellhead import sdk
from wellhead_witsml.protocol import options, soap
from wellhead_witsml.protocol.capabilities import Capabilities, read_capabilities
from wellhead_witsml.protocol.compression import compressed, uncompressed
from wellhead_witsml.protocol.errors import ReplyError, WitsmlError
from wellhead_witsml.protocol.http import Connection, Site
from wellhead_witsml.protocol.options import Options
from wellhead_witsml.protocol.results import return_error

Version = Literal["1.3.1.1", "1.4.1.1"]
VERSIONS: tuple[Version, ...] = ("1.4.1.1", "1.3.1.1")

_DOCUMENTS = {"XMLout", "CapabilitiesOut"}
_MOST_TEXT = 2_000
_MOST_RESULT = 2**15 - 1
OK, PARTIAL, WARNINGS, PARTIAL_WARNINGS = 1, 2, 1001, 1002
_CLIENT_API = {"1.3.1.1": "1.3.1", "1.4.1.1": "1.4.1"}
_CLIENT_SPACE = {
    "1.3.1.1": "http://www.witsml.org/api/131",
    "1.4.1.1": "http://www.witsml.org/api/141",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What GetFromStore brought.

    document: XML, still to be read; empty when the store sent none
    message: the store's supplementary message, which warnings are explained in
    """

    result: int
    document: str | bytes
    message: str

    @property
    def partial(self) -> bool:
        """Whether data is missing that another request, from the last row, would bring."""
        return self.result in (PARTIAL, PARTIAL_WARNINGS)

    @property
    def warning(self) -> str | None:
        """What the store warns of; None when it does not."""
        if self.result in (WARNINGS, PARTIAL_WARNINGS):
            return self.message or "the store warns without a text"
        return None


class Store:
    """One store in one version of WITSML. Not for use by two threads at once.

    Every method raises StoreUnreachable, StoreRefused, ReplyError or ReturnError.
    """

    def __init__(self, site: Site, allowed: sdk.AllowList, version: Version = "1.4.1.1") -> None:
        self.version = version
        self._connection = Connection(site, allowed)
        self._texts: dict[int, str] = {}
        self._capabilities: Capabilities | None = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def get_version(self) -> tuple[str, ...]:
        """Schema versions that the store speaks, the oldest first."""
        text = self._call("WMLS_GetVersion", {}).get("Result", "")
        return tuple(filter(None, (part.strip() for part in text.split(","))))

    def get_cap(self) -> Capabilities:
        """What the store can do, asked anew."""
        asked = options.to_text({"dataVersion": self.version})
        parts = self._call("WMLS_GetCap", {"OptionsIn": asked})
        self._result(parts)
        self._capabilities = read_capabilities(parts.get("CapabilitiesOut", ""))
        return self._capabilities

    @property
    def capabilities(self) -> Capabilities:
        """What the store can do; asked once."""
        return self._capabilities or self.get_cap()

    def get(self, kind: str, query: str, asked: Options | None = None, columns: int = 1) -> Reply:
        """GetFromStore. kind: WMLtypeIn, `log` say; query: QueryIn; columns: of the data, if any

        The most data nodes are never more than the store gives at once, by their number or by that
        of their values. A store that compresses is asked to.
        """
        pairs = self._within_limits(kind, asked or Options(), columns).pairs()
        if self.capabilities.gzip:
            pairs["compressionMethod"] = "gzip"
        parts = self._call("WMLS_GetFromStore", self._parts(kind, "QueryIn", query, pairs))
        result = self._result(parts)
        document = uncompressed(parts.get("XMLout", ""))
        return Reply(result, document, parts.get("SuppMsgOut", "").strip())

    def add(self, kind: str, document: str) -> str:
        """AddToStore. Returns the store's message, which may be the uid that it gave."""
        return self._write("WMLS_AddToStore", kind, document)

    def update(self, kind: str, document: str) -> str:
        """UpdateInStore. Returns the store's message."""
        return self._write("WMLS_UpdateInStore", kind, document)

    def delete(self, kind: str, query: str) -> str:
        """DeleteFromStore. Returns the store's message."""
        parts = self._call("WMLS_DeleteFromStore", self._parts(kind, "QueryIn", query, {}))
        self._result(parts)
        return parts.get("SuppMsgOut", "").strip()

    def base_message(self, number: int) -> str:
        """GetBaseMsg: the store's own words for a result, asked once; empty when it has none."""
        if number not in self._texts:
            parts = self._call("WMLS_GetBaseMsg", {"ReturnValueIn": number})
            self._texts[number] = parts.get("Result", "").strip()
        return self._texts[number]

    def _write(self, function: str, kind: str, document: str) -> str:
        pairs = {}
        if self.capabilities.gzip:
            pairs["compressionMethod"] = "gzip"
            document = compressed(document)
        parts = self._call(function, self._parts(kind, "XMLin", document, pairs))
        self._result(parts)
        return parts.get("SuppMsgOut", "").strip()

    def _parts(
        self, kind: str, name: str, document: str, pairs: dict[str, str]
    ) -> dict[str, str | int]:
        return {
            "WMLtypeIn": kind,
            name: document,
            "OptionsIn": options.to_text(pairs),
            "CapabilitiesIn": self._about_us(),
        }

    def _within_limits(self, kind: str, asked: Options, columns: int) -> Options:
        if asked.max_return_nodes is None:
            return asked
        most = self.capabilities.limit("WMLS_GetFromStore", kind).rows(columns)
        if most is None or asked.max_return_nodes <= most:
            return asked
        return replace(asked, max_return_nodes=most)

    def _about_us(self) -> str:
        """capClients: what this client understands."""
        space = _CLIENT_SPACE[self.version]
        api = _CLIENT_API[self.version]
        root = etree.Element(f"{{{space}}}capClients", nsmap={None: space}, version=api)
        client = etree.SubElement(root, f"{{{space}}}capClient", apiVers=api)
        etree.SubElement(client, f"{{{space}}}name").text = "Wellhead"
        if self.version == "1.4.1.1":
            etree.SubElement(client, f"{{{space}}}schemaVersion").text = self.version
        return etree.tostring(root, encoding="unicode")

    def _call(self, function: str, parts: dict[str, str | int]) -> dict[str, str]:
        headers = {"Content-Type": soap.CONTENT_TYPE, "SOAPAction": soap.action(function)}
        data = self._connection.post(soap.message(function, parts), headers)
        try:
            name, answer = soap.read_message(data)
        except ReplyError as error:
            error.message = self._told(error.message)
            raise
        for part in answer.keys() - _DOCUMENTS:
            answer[part] = self._told(answer[part])
        if name != f"{function}Response":
            raise ReplyError(f"is no answer to {function}", field="XML", value=name)
        return answer

    def _told(self, text: str) -> str:
        """What the store says to people, who may read it in logs and answers."""
        return self._connection.hidden(text)[:_MOST_TEXT]

    def _result(self, parts: dict[str, str]) -> int:
        """The result when it is no error. Raises ReturnError with the store's own words."""
        text = parts.get("Result", "")
        try:
            result = int(text)
        except ValueError:
            raise ReplyError("is no whole number", field="Result", value=text[:80]) from None
        if abs(result) > _MOST_RESULT:
            raise ReplyError("is no result of WITSML", field="Result", value=text[:80])
        if result > 0:
            return result
        base = ""
        with suppress(WitsmlError):  # the error itself is known already
            base = self.base_message(result)
        raise return_error(result, parts.get("SuppMsgOut", "").strip(), base)
