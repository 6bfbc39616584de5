"""R9 and S12: what a store sends becomes objects or a declared error, soon, in little memory."""

import base64
import gzip
import random
import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.log_data import MAX_CELLS
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.reading import read_objects
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol import soap
from wellhead_witsml.protocol.capabilities import read_capabilities
from wellhead_witsml.protocol.compression import compressed, inflated, uncompressed
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_TAGS, parse

from .test_objects import OBJECTS

PAYLOADS = 10_000
LONGEST_S = 0.05
MEMORY_BYTES = 4 * 2**20
SEED = 20261128

LOGS = """<logs xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">
<log uidWell="w" uidWellbore="b" uid="l"><name>L</name><indexType>date time</indexType>
<direction>decreasing</direction><indexCurve>TIME</indexCurve><nullValue>-999.25</nullValue>
<logCurveInfo uid="1"><mnemonic>WOB</mnemonic><unit>klbf</unit><nullValue>-1</nullValue>
<minIndex uom="m">1</minIndex><typeLogData>double</typeLogData></logCurveInfo>
<logData><mnemonicList>TIME,WOB,ACT</mnemonicList><unitList>s,klbf,</unitList>
<data>2026-03-01T12:00:02Z,1.5,drilling</data><data>2026-03-01T13:00:01+01:00,-1,</data>
<data>2026-03-01T12:00:00.25Z,None</data><data>x,1,2,3</data></logData></log></logs>"""
ODD = [b"", b"\0", b"\xff", b"<", b">", b"&", b"&#0;", b"&lol;", b"]]>", b"<!DOCTYPE x>", b"1e999"]
ODD += [b'"', b"=", b"9" * 40, b"-", b",", b"<data>", b"</log>", b"\xed\xa0\x80", b"NaN", b"<a/>"]


WORDS = ["", " ", "NaN", "1e999", "-999.25", "9" * 400, "None", "TRUE", ",,,,", "1_0", "\u0663"]
WORDS += ["2026-13-45T99:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "2026-W01-1"]
WORDS += ["TIME,TIME", "2026-03-01T12:00:02Z,1.5,drilling"]
NO_XML = re.compile("[^\t\r\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LEAF = re.compile('(?<=>)[^<]*(?=</)|(?<==")[^"]*(?=")')
"""A text or an attribute"""


def samples() -> list[tuple[type[WitsmlObject], str]]:
    found: list[tuple[type[WitsmlObject], str]] = [(Log, LOGS)] * 6
    found += [(type(of), write_object(of, v)) for of in OBJECTS for v in ("1.3.1.1", "1.4.1.1")]
    return found


def spoilt(chance: random.Random, data: bytes) -> bytes:
    """Nearly the same bytes, or noise; half of them still XML."""
    if chance.random() < 0.5:
        text = data.decode()
        leaves = list(LEAF.finditer(text))
        for leaf in sorted(chance.sample(leaves, min(3, len(leaves))), key=lambda one: -one.end()):
            text = text[: leaf.start()] + chance.choice(WORDS) + text[leaf.end() :]
        return text.encode()
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(300))
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(data) + 1)
        to = min(at + chance.randrange(1, 60), len(data))
        match chance.randrange(5):
            case 0:
                data = data[:at] + chance.choice(ODD) + data[at:]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:to] + data[at:]
            case 3:
                data = data[:at] + chance.randbytes(1) + data[at + 1 :]
            case 4:
                data = data[:at] if chance.random() < 0.3 else data[:at] + data[at:].upper()
    return data


class Trial:
    """Answers of a store, one after the other. read, refused: how they ended"""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._samples = samples()
        self.read = self.refused = 0
        self.slowest = 0.0

    def run(self, payloads: int) -> None:
        for _ in range(payloads):
            kind, document = self._chance.choice(self._samples)
            answer = self._answer(document)
            seconds = self._take(kind, answer)
            if seconds > LONGEST_S:  # the payload's own cost, or a moment of the machine's?
                seconds = min(self._take(kind, answer, time.thread_time) for _ in range(3))
            self.slowest = max(self.slowest, seconds)

    def _take(
        self, kind: type[WitsmlObject], answer: bytes, clock: Callable[[], float] = time.monotonic
    ) -> float:
        """Seconds by `clock`: CPU's takes longer to ask than many an answer to read. Anything but a
        declared error fails the test."""
        begun = clock()
        try:
            _, parts = soap.read_message(answer)
            xml = uncompressed(parts.get("XMLout", ""))
            read_objects(kind, xml)
            self.read += 1
            read_capabilities(xml)
        except ReplyError:
            self.refused += 1
        return clock() - begun

    def _answer(self, document: str) -> bytes:
        """Spoilt within the envelope, so that the document is reached, or as a whole."""
        within = self._chance.random() < 0.8
        if within:
            document = spoilt(self._chance, document.encode()).decode(errors="replace")
            document = NO_XML.sub("", document)
        if self._chance.random() < 0.1:
            document = compressed(document)
        parts: dict[str, str | int] = {"Result": 1, "XMLout": document, "SuppMsgOut": ""}
        envelope = soap.message("WMLS_GetFromStoreResponse", parts)
        return envelope if within else spoilt(self._chance, envelope)


@pytest.mark.usefixtures("other_objects_at_rest")
def test_r9_witsml_ten_thousand_answers_are_read_or_refused() -> None:
    trial = Trial()
    trial.run(PAYLOADS)
    print(f"seed {SEED}: {trial.read} read, {trial.refused} refused, {trial.slowest * 1000:.1f} ms")
    assert trial.read > PAYLOADS / 10
    assert trial.refused > PAYLOADS / 4
    assert trial.slowest <= LONGEST_S
    tracemalloc.start()  # not before: it makes everything several times slower
    before, _ = tracemalloc.get_traced_memory()
    trial.run(PAYLOADS // 50)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most - before <= MEMORY_BYTES


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds, MiB by which the process's memory, libxml2's included, grew at most)."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before = _status("VmRSS")
    begun = time.thread_time()
    work()
    return time.thread_time() - begun, (_status("VmHWM") - before) / 1024


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def bomb(levels: int) -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE wells [<!ENTITY e0 "lol">{entities}]><wells a="&e{levels - 1};"/>'


def utf16(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


BOMBS: dict[str, tuple[str | bytes, str]] = {
    "a DOCTYPE": ("<!DOCTYPE wells><wells/>", "DOCTYPE"),
    "a DOCTYPE of a file": (
        '<!DOCTYPE wells [<!ENTITY f SYSTEM "file:///etc/passwd">]><wells>&f;</wells>',
        "DOCTYPE",
    ),
    "a DOCTYPE of a server": (
        '<!DOCTYPE wells SYSTEM "http://192.0.2.1/x.dtd"><wells/>',
        "DOCTYPE",
    ),
    "a DOCTYPE after a comment": ("<!-- <wells> --> <!DOCTYPE wells><wells/>", "DOCTYPE"),
    "a DOCTYPE in UTF-16": (utf16(bomb(3)), "DOCTYPE"),
    "an encoding that hides it": (
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE wells+AD4-<wells/>',
        "encoding",
    ),
    "a billion laughs": (bomb(10), "DOCTYPE"),
    "quadratic blow-up": (
        f'<!DOCTYPE w [<!ENTITY e "{"x" * 50_000}">]><w>{"&e;" * 50_000}</w>',
        "DOCTYPE",
    ),
    "an entity nobody declared": ("<wells>&lol;</wells>", "is no XML"),
    "nesting": ("<a>" * 200_000, "is no XML|nested"),
    "nesting that is closed": ("<a>" * 200 + "</a>" * 200, "nested deeper"),
    "too many elements": ("<a>" + "<b/>" * (2 * MAX_TAGS) + "</a>", "elements"),
    "too many attributes": (
        "<a " + " ".join(f'b{n}=""' for n in range(MAX_ATTRIBUTES + 1)) + "/>",
        "attributes",
    ),
}


@pytest.mark.parametrize("case", BOMBS)
def test_s12_a_dangerous_document_is_refused_soon_and_in_little_memory(case: str) -> None:
    document, says = BOMBS[case]

    def refused() -> None:
        with pytest.raises(ReplyError, match=says):
            parse(document)

    seconds, grown = cost(refused)
    assert seconds < 0.1
    assert grown <= 16


def test_s12_a_gzip_bomb_is_refused_soon_and_in_little_memory() -> None:
    packed = gzip.compress(b"<wells>" + b" " * (16 << 20))
    text = base64.b64encode(packed).decode()

    def refused() -> None:
        with pytest.raises(ReplyError, match="times its size"):
            uncompressed(text)

    seconds, grown = cost(refused)
    assert seconds < 0.1
    assert grown <= 16


def test_s12_a_document_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(ReplyError, match="larger than"):
        parse(" " * (MAX_BYTES + 1))
    with pytest.raises(ReplyError, match="larger than"):
        inflated(gzip.compress(random.Random(1).randbytes(3 << 20)), 2 << 20)
    with pytest.raises(ReplyError, match="is cut short"):
        inflated(gzip.compress(b"<wells/>" * 100)[:-9])


def test_members_one_behind_the_other_are_one_document() -> None:
    """As a server sends that flushes by ending one, and a proxy that puts pieces together."""
    packed = gzip.compress(b"<wells>") + gzip.compress(b"") + gzip.compress(b"</wells>")
    assert inflated(packed) == b"<wells></wells>"
    assert uncompressed(base64.b64encode(packed).decode()) == b"<wells></wells>"
    half = random.Random(2).randbytes(1 << 20)
    assert inflated(gzip.compress(half) * 2, 2 << 20) == half * 2
    with pytest.raises(ReplyError, match="larger than 2 MiB"):
        inflated(gzip.compress(half) * 2 + gzip.compress(b"x"), 2 << 20)
    with pytest.raises(ReplyError, match="times its size"):
        inflated(gzip.compress(bytes(1 << 20)) * 8)


def test_s12_a_short_row_of_many_columns_costs_nothing() -> None:
    names = ",".join(f"C{number}" for number in range(9_000))
    rows = "<data>1</data>" * (MAX_CELLS // 9_000 + 1)
    block = f"<logData><mnemonicList>{names}</mnemonicList>{rows}</logData>"
    begun = time.thread_time()
    with pytest.raises(ReplyError, match="more than 8000000 values"):
        read_objects(Log, f"<logs><log uid='l'>{block}</log></logs>")
    assert time.thread_time() - begun < 0.1


def test_a_document_that_is_deep_enough_and_in_another_encoding_is_read() -> None:
    deep = parse("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH)
    assert deep.tag == "a"
    assert parse(utf16("<a>Ø</a>")).text == "Ø"
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Ø</a>'
    assert parse(latin.encode("latin-1")).text == "Ø"
    assert parse("\ufeff" + latin).text == "Ø"
    assert parse(b"\xef\xbb\xbf<a>\xc3\x98</a>").text == "Ø"
