"""Files of WITSML 2.0, put into the shape of 1.4.1.1 so that the same readers take them.

Stores of the version 2 speak another protocol; their documents come as files. Names differ by their
first letter, which readers do not mind; what stands elsewhere is moved here.
"""

from lxml import etree

SPACE = "http://www.energistics.org/energyml/data/witsmlv2"


def is_version2(root: etree._Element) -> bool:
    """Whether it is one object of version 2; others are documents of several."""
    return etree.QName(root).namespace == SPACE


def to_version1(root: etree._Element) -> etree._Element:
    """The object with name, identifiers and references where 1.4.1.1 has them, in place."""
    for one in root.iter(etree.Element):
        one.tag = etree.QName(one).localname
    root.set("uid", _own_uid(root))
    for above in ("Well", "Wellbore"):
        _point(root, above)
    _cite(root)
    _assembly(root)
    for place in root.findall("GeographicLocationWGS84"):
        place.tag = "wellLocation"
        system = place.find("Crs")
        if system is not None:
            place.remove(system)
        etree.SubElement(place, "wellCRS").text = "WGS84"
    for channels in root.findall("ChannelSet"):
        _log(root, channels)
    return root


def _point(root: etree._Element, kind: str) -> None:
    """A reference to the object above becomes its name and uid."""
    for reference in root.findall(kind):
        root.set(f"uid{kind}", _uid(reference))
        etree.SubElement(root, f"name{kind}").text = reference.findtext("Title")
        root.remove(reference)


def _own_uid(element: etree._Element) -> str:
    """The uid that the object had in version 1, which its references use; else its own."""
    return element.findtext("Aliases/Identifier") or str(element.get("uuid", ""))


def _uid(reference: etree._Element) -> str:
    return reference.findtext("UuidAuthority") or reference.findtext("Uuid") or ""


def _cite(root: etree._Element) -> None:
    citation = root.find("Citation")
    if citation is None:
        return
    etree.SubElement(root, "name").text = citation.findtext("Title")
    common = etree.SubElement(root, "commonData")
    for old, new in (
        ("Originator", "sourceName"),
        ("Creation", "dTimCreation"),
        ("LastUpdate", "dTimLastChange"),
        ("Description", "comments"),
    ):
        etree.SubElement(common, new).text = citation.findtext(old)
    root.remove(citation)


def _assembly(root: etree._Element) -> None:
    """A run's reference to its tubular."""
    for reference in root.findall("Tubular"):
        if reference.find("Title") is not None:
            reference.set("uidRef", _uid(reference))
            reference.text = reference.findtext("Title")
            del reference[:]


def _log(root: etree._Element, channels: etree._Element) -> None:
    """The index and the channels of a set are a log's header. Values are JSON there, not rows of
    text; they stay unread."""
    index = channels.find("Index")
    if index is not None:
        for old, new in (
            ("IndexType", "indexType"),
            ("Direction", "direction"),
            ("Mnemonic", "indexCurve"),
        ):
            etree.SubElement(root, new).text = index.findtext(old)
        unit = index.findtext("Uom")
        for bound in ("StartIndex", "EndIndex"):
            for found in root.findall(bound):
                found.text = found.findtext("Depth") or found.findtext("Time")
                found.set("uom", unit or "")
                del found[:]
    for channel in channels.findall("Channel"):
        curve = etree.SubElement(root, "logCurveInfo")
        curve.set("uid", _own_uid(channel))
        for old, new in (("Mnemonic", "mnemonic"), ("Uom", "unit"), ("DataType", "typeLogData")):
            etree.SubElement(curve, new).text = channel.findtext(old)
        etree.SubElement(curve, "curveDescription").text = channel.findtext("Citation/Title")
        channels.remove(channel)
