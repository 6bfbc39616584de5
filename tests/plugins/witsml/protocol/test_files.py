"""Files of WITSML's objects, of the versions that stores speak and of 2.0."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from wellhead_witsml.objects.common import Measure
from wellhead_witsml.objects.reading import read_file
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.errors import ReplyError

from .test_objects import OBJECTS

HEAD = """<{kind} xmlns="http://www.energistics.org/energyml/data/witsmlv2"
  xmlns:eml="http://www.energistics.org/energyml/data/commonv2"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" schemaVersion="2.0"
  uuid="00000000-0000-0000-0000-000000000001">
  <eml:Aliases authority="1.4.1.1"><eml:Identifier>x-7</eml:Identifier></eml:Aliases>
  <eml:Citation><eml:Title>X 7</eml:Title><eml:Originator>rig</eml:Originator>
  <eml:Creation>2018-01-23T08:19:21.668-06:00</eml:Creation></eml:Citation>"""
ABOVE = """<Wellbore><eml:ContentType>wellbore</eml:ContentType><eml:Title>A-42</eml:Title>
  <eml:Uuid>00000000-0000-0000-0000-000000000000</eml:Uuid>
  <eml:UuidAuthority>B-01</eml:UuidAuthority></Wellbore>"""
INNER = {
    "Well": """<NameLegal>Company Legal Name</NameLegal><NumAPI>123-543-987AZ</NumAPI>
  <StatusWell>drilling</StatusWell><DTimSpud>2001-05-31T08:15:00Z</DTimSpud>
  <WaterDepth uom="ft">520</WaterDepth>
  <GeographicLocationWGS84 uid="loc-1"><Latitude uom="dega">59.5</Latitude>
  <Longitude uom="dega">1.5</Longitude><Crs xsi:type="eml:GeodeticEpsgCrs">
  <eml:EpsgCode>4326</eml:EpsgCode></Crs></GeographicLocationWGS84>
  <WellDatum uid="KB"><Name>Kelly Bushing</Name><Code>kelly bushing</Code>
  <Elevation uom="ft" datum="SL">78.5</Elevation></WellDatum><PcInterest uom="%">65</PcInterest>""",
    "Wellbore": """<Number>1234-0987</Number><SuffixAPI>02</SuffixAPI>
  <TypeWellbore>initial</TypeWellbore><MdPlanned uom="ft" datum="unknown">15800</MdPlanned>
  <Well><eml:Title>6507/7-A-42</eml:Title><eml:UuidAuthority>W-12</eml:UuidAuthority></Well>""",
    "BhaRun": f"""<DTimStart>2001-05-15T13:08:00Z</DTimStart>
  <PlanDogleg uom="dega/ft">1.3</PlanDogleg><NumBitRun>7</NumBitRun><DrillingParams uid="dp1">
  <MdHoleStart uom="ft" datum="kelly bushing">6000</MdHoleStart></DrillingParams>{ABOVE}
  <Tubular><eml:Title>TubAssy001</eml:Title><eml:UuidAuthority>45t12</eml:UuidAuthority>
  </Tubular>""",
    "Tubular": f"""<TypeTubularAssy>drilling</TypeTubularAssy>
  <TubularComponent uid="tc-1"><TypeTubularComponent>bit PDC fixed cutter</TypeTubularComponent>
  <Sequence>1</Sequence><Od uom="in">3.5</Od><BitRecord uid="1"><NumBit>Bit no. 1</NumBit>
  <CondFinalDull>BC</CondFinalDull></BitRecord></TubularComponent>{ABOVE}""",
    "Log": f"""<RunNumber>12</RunNumber>
  <StartIndex xsi:type="DepthIndexValue"><Depth>499</Depth></StartIndex>{ABOVE}
  <ChannelSet><Index><IndexType>measured depth</IndexType><Uom>m</Uom>
  <Direction>decreasing</Direction><Mnemonic>DEPTH</Mnemonic></Index>
  <Channel uuid="c"><Mnemonic>ROP</Mnemonic><DataType>double</DataType><Uom>m/h</Uom>
  <eml:Citation><eml:Title>Drill rate</eml:Title></eml:Citation></Channel></ChannelSet>""",
}
BELOW = {"uid_wellbore": "B-01", "name_wellbore": "A-42"}
EXPECTED: dict[str, Mapping[str, Any]] = {
    "Well": {
        "api_number": "123-543-987AZ",
        "spud_time": datetime(2001, 5, 31, 8, 15, tzinfo=UTC),
        "water_depth": Measure(520.0, "ft"),
    },
    "Wellbore": {
        "uid_well": "W-12",
        "name_well": "6507/7-A-42",
        "depths": {"mdPlanned": Measure(15800.0, "ft", "unknown")},
    },
    "BhaRun": {**BELOW, "tubular_uid": "45t12", "tubular_name": "TubAssy001"},
    "Tubular": {**BELOW, "type": "drilling"},
    "Log": {
        **BELOW,
        "index_curve": "DEPTH",
        "start_index": Measure(499.0, "m"),
        "decreasing": True,
    },
}


@pytest.mark.parametrize("kind", INNER)
def test_an_object_of_version_2_is_read_from_its_file(kind: str) -> None:
    (found,) = read_file(f"{HEAD.format(kind=kind)}{INNER[kind]}</{kind}>")
    assert type(found).__name__ == kind
    assert (found.uid, found.name, found.common.source) == ("x-7", "X 7", "rig")
    assert found.problems == ()
    assert {name: getattr(found, name) for name in EXPECTED[kind]} == EXPECTED[kind]


def test_places_datums_and_what_is_unread_of_version_2() -> None:
    (well,) = read_file(f"{HEAD.format(kind='Well')}{INNER['Well']}</Well>")
    (place,) = well.locations  # type: ignore[attr-defined]
    assert (place.crs, place.latitude, place.longitude) == ("WGS84", 59.5, 1.5)
    (datum,) = well.datums  # type: ignore[attr-defined]
    assert datum.elevation == Measure(78.5, "ft", "SL")
    assert well.unread["PcInterest"] == "65"


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
def test_a_file_of_a_stores_version_is_read_whatever_is_in_it(version: str) -> None:
    for of in OBJECTS:
        assert read_file(write_object(of, version)) == [of]


@pytest.mark.parametrize("text", ["<html/>", "<well/>", "<rigs/>", "<s/>", "wells"])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ReplyError):
        read_file(text)
