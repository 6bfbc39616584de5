"""The store interface: one function a WMLS call, from parts to parts."""

import threading
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from lxml import etree

from wellhead_witsml.protocol import options
from wellhead_witsml.protocol.compression import compressed
from wellhead_witsml.protocol.options import ReturnElements
from wellhead_witsml.store import changing
from wellhead_witsml.store.answering import Answer
from wellhead_witsml.store.asking import GROWING, KINDS, read_document, read_options
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.refusals import TEXTS, Refusal
from wellhead_witsml.store.shelf import Shelf, Uids
from wellhead_witsml.store.versions import SPACES, to_version

Parts = dict[str, str | int]
_API = {"1.3.1.1": ("1.3.1", "131"), "1.4.1.1": ("1.4.1", "141")}
_WRITES = ("WMLS_AddToStore", "WMLS_UpdateInStore", "WMLS_DeleteFromStore")


@dataclass(frozen=True, slots=True)
class Rules:
    """How a store behaves when nothing is wrong.

    versions: schema versions it speaks
    zone: of times that 1.3.1.1 writes without one
    max_nodes: rows, stations or intervals in one answer or request
    max_points: rows times columns in one answer
    growing_timeout_s: an object that got no data for so long grows no more
    change_detection_s: reads of one log's data closer than this are answered −485; 0 = never
    """

    versions: tuple[str, ...] = ("1.3.1.1", "1.4.1.1")
    zone: tzinfo = UTC
    max_nodes: int = 10_000
    max_points: int = 1_000_000
    growing_timeout_s: float = 600.0
    change_detection_s: float = 0.0
    gzip: bool = True


class StoreFunctions:
    """A store without its web server. Safe for threads."""

    def __init__(self, rules: Rules | None = None, file: Path | None = None) -> None:
        self.rules = rules or Rules()
        self.faults = Faults()
        self._shelf = Shelf(file)
        self._lock = threading.Lock()
        self._read: dict[str, float] = {}
        self._functions: Mapping[str, Callable[[Mapping[str, str]], Parts]] = {
            "WMLS_GetVersion": lambda _: {"Result": ",".join(self.rules.versions)},
            "WMLS_GetBaseMsg": self._base_message,
            "WMLS_GetCap": self._capabilities,
            "WMLS_GetFromStore": self._get,
            "WMLS_AddToStore": self._write,
            "WMLS_UpdateInStore": self._write,
            "WMLS_DeleteFromStore": self._write,
        }

    def close(self) -> None:
        with self._lock:
            self._shelf.close()

    def call(self, function: str, parts: Mapping[str, str]) -> Parts | None:
        """The answer's parts in the order of the WSDL; None for a function that is none."""
        found = self._functions.get(function)
        if found is None:
            return None
        with self._lock, self._shelf:
            return found({**parts, "function": function})

    def _base_message(self, parts: Mapping[str, str]) -> Parts:
        try:
            return {"Result": TEXTS.get(int(parts.get("ReturnValueIn", "")), "")}
        except ValueError:
            return {"Result": ""}

    def _capabilities(self, parts: Mapping[str, str]) -> Parts:
        try:
            version = options.from_text(parts.get("OptionsIn", "")).get("dataVersion")
            if version is None:
                raise Refusal(-424)
            if version not in self.rules.versions:
                raise Refusal(-423, version)
        except Refusal as refusal:
            return {
                "Result": refusal.number,
                "CapabilitiesOut": "",
                "SuppMsgOut": refusal.detail,
            }
        return {"Result": 1, "CapabilitiesOut": self._about(version), "SuppMsgOut": ""}

    def _about(self, version: str) -> str:
        api, space = _API[version]
        name = f"http://www.witsml.org/api/{space}"
        root = etree.Element(f"{{{name}}}capServers", nsmap={None: name}, version=api)
        server = etree.SubElement(root, f"{{{name}}}capServer", apiVers=api)

        def put(tag: str, text: str, **attributes: str) -> None:
            etree.SubElement(server, f"{{{name}}}{tag}", attributes).text = text

        put("name", "small store")
        put("vendor", "Wellhead")
        put("version", "1")
        put("schemaVersion", version)
        if version == "1.4.1.1":
            put("changeDetectionPeriod", str(round(self.rules.change_detection_s)))
            timeout = str(round(self.rules.growing_timeout_s))
            for kind in GROWING:
                put("growingTimeoutPeriod", timeout, dataObject=kind)
            if self.rules.gzip:
                put("compressionMethod", "gzip")
        for function in ("WMLS_GetFromStore", *_WRITES):
            one = etree.SubElement(server, f"{{{name}}}function", name=function)
            for kind in KINDS:
                limits = {}
                if version == "1.4.1.1" and kind in GROWING:
                    limits = {
                        "maxDataNodes": str(self.rules.max_nodes),
                        "maxDataPoints": str(self.rules.max_points),
                    }
                etree.SubElement(one, f"{{{name}}}dataObject", limits).text = kind
        return etree.tostring(root, encoding="unicode")

    def _get(self, parts: Mapping[str, str]) -> Parts:
        try:
            kind = parts.get("WMLtypeIn", "")
            query = read_document(kind, parts.get("QueryIn", ""))
            asked = read_options(kind, parts.get("OptionsIn", ""))
            self._check_pace(kind, query.root, asked.elements)
            answer = Answer(
                self._shelf,
                asked,
                query.version,
                self.rules.zone,
                self.rules.max_nodes,
                self.rules.max_points,
                self.faults,
            )
            self._stop_growing(kind)
            for template in query.root.iterchildren(etree.Element):
                answer.fill(kind, template)
        except Refusal as refusal:
            return {"Result": refusal.number, "XMLout": "", "SuppMsgOut": refusal.detail}
        space = SPACES[query.version]
        root = etree.Element(f"{{{space}}}{kind}s", nsmap={None: space}, version=query.version)
        for found in answer.objects:
            root.append(to_version(found, query.version, self.rules.zone))
        document = self._spoilt(etree.tostring(root, encoding="unicode"))
        return {
            "Result": 2 if answer.partial else 1,
            "XMLout": compressed(document) if asked.gzip else document,
            "SuppMsgOut": "",
        }

    def _write(self, parts: Mapping[str, str]) -> Parts:
        kind, function = parts.get("WMLtypeIn", ""), parts["function"]
        said = ""
        try:
            document = read_document(kind, parts.get("XMLin", parts.get("QueryIn", "")))
            zone, most = self.rules.zone, self.rules.max_nodes
            if function == "WMLS_AddToStore":
                said = changing.add(self._shelf, kind, document, zone, most)
            elif function == "WMLS_UpdateInStore":
                changing.update(self._shelf, kind, document, zone, most)
            else:
                changing.delete(self._shelf, kind, document, zone)
        except Refusal as refusal:
            return {"Result": refusal.number, "SuppMsgOut": refusal.detail}
        return {"Result": 1, "SuppMsgOut": said}

    def _check_pace(self, kind: str, query: etree._Element, elements: ReturnElements) -> None:
        if kind != "log" or elements not in (ReturnElements.ALL, ReturnElements.DATA_ONLY):
            return
        if self.faults.too_fast:
            raise Refusal(-485)
        log = etree.tostring(query, encoding="unicode")
        now = time.monotonic()
        if now - self._read.get(log, -1e9) < self.rules.change_detection_s:
            raise Refusal(-485)
        self._read[log] = now

    def _stop_growing(self, kind: str) -> None:
        """Objects whose last data is older than the time-out."""
        if kind not in GROWING:
            return
        for found in self._shelf.find(kind, Uids()):
            growing = found.element.find("objectGrowing")
            if growing is None or growing.text != "true":
                continue
            if time.time() - found.changed > self.rules.growing_timeout_s:
                changed = deepcopy(found.element)
                element = changed.find("objectGrowing")
                assert element is not None
                element.text = "false"
                self._shelf.change(found.id, changed, found.changed)

    def _spoilt(self, document: str) -> str:
        if self.faults.malformed:
            return document[: len(document) * 2 // 3]
        if self.faults.doctype:
            return f'<!DOCTYPE x [<!ENTITY e "{"e" * 100}">]>{document}'
        return document
