"""Every object is read from both versions, written back, and nothing of it is lost."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from lxml import etree

from wellhead_witsml.objects.common import Common, Measure, WitsmlObject
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.mud_logs import GeologyInterval, Lithology, MudLog
from wellhead_witsml.objects.operations import BhaRun, DrillingParameters, Message, Risk
from wellhead_witsml.objects.queries import data_query, objects_query
from wellhead_witsml.objects.reading import KINDS, read_objects
from wellhead_witsml.objects.trajectories import Station, Trajectory
from wellhead_witsml.objects.tubulars import Bit, Tubular, TubularComponent
from wellhead_witsml.objects.wells import Location, Well, Wellbore, WellDatum
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import parse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BELOW: dict[str, Any] = {
    "uid": "x1",
    "name": "X 1",
    "uid_well": "w1",
    "name_well": "A-1",
    "uid_wellbore": "b1",
    "name_wellbore": "A-1 T2",
}
COMMON = Common("rig", NOON, NOON + timedelta(hours=1), "actual", "all & <well>")


def metres(value: float) -> Measure:
    return Measure(value, "m")


WELL = Well(
    uid="w1",
    name="6507/7-A-42",
    common=COMMON,
    api_number="0042301",
    field="Big Field",
    time_zone="-06:00",
    operator="Operating Company",
    status="drilling",
    purpose="exploration",
    spud_time=NOON,
    water_depth=Measure(520, "ft"),
    datums=(
        WellDatum("KB", "Kelly Bushing", "KB", Measure(78.5, "ft", "SL"), default=False),
        WellDatum("SL", "Sea Level", "SL", None, default=False),
    ),
    locations=(
        Location(
            "1", "ED50 / UTM Zone 31N", None, None, metres(425353.84), metres(6623785.69), "slot"
        ),
        Location("2", "ED50", 59.743844, 1.67198083, None, None, None),
    ),
)
STATION = Station(
    "s1", "magnetic MWD", NOON, metres(1500), metres(1499.5), Measure(12.5, "dega"),
    Measure(271.25, "dega"), metres(-1.5), metres(3), metres(2), Measure(0.5, "dega/m"), "position",
)  # fmt: skip
INTERVAL = GeologyInterval(
    "i1",
    "cuttings",
    metres(1000),
    metres(1010),
    NOON,
    "grey shale",
    (Lithology("l1", "shale", "SH", 80, None), Lithology("l2", "sandstone", None, 20.5, "fine")),
    {"ropAv": Measure(20, "m/h"), "calcite": Measure(3, "%")},
    {"methAv": Measure(120, "ppm")},
    None,
)
OBJECTS: list[WitsmlObject] = [
    WELL,
    Wellbore(
        uid="b1",
        name="A-42 T2",
        uid_well="w1",
        name_well="A-42",
        common=COMMON,
        parent_uid="b0",
        parent_name="A-42",
        status="active",
        type="sidetrack",
        kickoff_time=NOON,
        depths={"md": Measure(3000, "ft", "KB"), "mdKickoff": Measure(2000, "ft")},
    ),
    Trajectory(
        **BELOW,
        start_time=NOON,
        declination=Measure(-1.2, "dega"),
        azimuth_reference="grid north",
        definitive=True,
        stations=(STATION,),
    ),
    MudLog(**BELOW, time=NOON, company="Geo", start_md=metres(1000), intervals=(INTERVAL,)),
    BhaRun(
        **BELOW,
        tubular_uid="t1",
        tubular_name="Assembly",
        start_time=NOON,
        status="progress",
        bit_run_number="7",
        reason_for_trip="worn",
        measures={"actDogleg": Measure(1.2, "dega/ft")},
        parameters=(DrillingParameters("dp1", {"wobAv": Measure(12.5, "klbf")}, "steady"),),
    ),
    Tubular(
        **BELOW,
        type="drilling",
        hole_diameter=Measure(12.25, "in"),
        components=(
            TubularComponent(
                "tc-1",
                "bit roller cone",
                1,
                "bit",
                "Hycalog",
                "DS 130",
                {"od": Measure(12.25, "in"), "len": Measure(1.75, "ft")},
                Bit(
                    "1",
                    "roller cone",
                    "Hycalog",
                    "517",
                    {"diaBit": Measure(12.25, "in")},
                    {"condFinalInner": "4", "condFinalReason": "DMF"},
                ),
                (Measure(12.0, "in"), Measure(13.0, "in")),
            ),
        ),
    ),
    Message(**BELOW, time=NOON, type="alarm", text="Transfer <21> & 26", md=metres(1500)),
    Risk(
        **BELOW,
        type="risk",
        category="hydraulics",
        subcategories=("gas kick",),
        affected=("tool pusher", "company man"),
        start_md=Measure(200, "ft"),
        severity=3,
        probability=4,
        mitigations=("Call the boss", "Run for cover"),
        measures={"diaHole": Measure(12, "in")},
    ),
]


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
@pytest.mark.parametrize("of", OBJECTS, ids=lambda of: type(of).__name__)
def test_an_object_that_is_written_is_read_again(of: WitsmlObject, version: str) -> None:
    (found,) = read_objects(type(of), write_object(of, version))
    assert found == of


def test_a_growing_trajectory_says_so_in_141_alone() -> None:
    growing = Trajectory(**BELOW, growing=True)
    (newer,) = read_objects(Trajectory, write_object(growing, "1.4.1.1"))
    (older,) = read_objects(Trajectory, write_object(growing, "1.3.1.1"))
    assert (newer.growing, older.growing) == (True, None)


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
def test_a_log_with_data_is_read_again(version: str) -> None:
    times = np.array([0, 1_500_000], dtype=np.int64) + int(NOON.timestamp() * 1e6)
    values = np.array([[1.5, np.nan], [np.nan, np.nan]])
    written = Log(
        **BELOW,
        index_type="date time",
        index_curve="TIME",
        growing=True,
        null_value="-999.25",
        curves=(
            Curve(uid="t", mnemonic="TIME", unit="s", type="date time"),
            Curve(uid="w", mnemonic="WOB", unit="klbf", type="double"),
            Curve(uid="a", mnemonic="ACT", type="string"),
        ),
        data=(
            LogData(("WOB", "ACT"), ("klbf", None), times, "s", values, {1: ("drilling", None)}),
        ),
    )
    (found,) = read_objects(Log, write_object(written, version))
    (block,) = found.data
    assert block.index.tolist() == times.tolist()
    np.testing.assert_array_equal(block.values, values)
    assert block.texts == {1: ("drilling", None)}
    assert block.mnemonics == ("WOB", "ACT")
    assert found.by_time
    assert found.growing is (True if version == "1.4.1.1" else None)


def test_the_reference_system_of_a_place_is_named() -> None:
    document = """<wells xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">
      <well uid="w"><name>W</name>
      <wellLocation uid="1"><wellCRS uidRef="proj1"/><easting uom="m">1</easting></wellLocation>
      <wellLocation uid="2"><wellCRS uidRef="geog1">ED50</wellCRS></wellLocation>
      <wellCRS uid="proj1"><name>ED50 / UTM Zone 31N</name></wellCRS></well></wells>"""
    (well,) = read_objects(Well, document)
    assert [place.crs for place in well.locations] == ["ED50 / UTM Zone 31N", "ED50"]


def test_what_cannot_be_read_is_told_and_what_is_not_known_is_kept() -> None:
    document = """<wells xmlns="http://www.witsml.org/schemas/131" version="1.3.1.1">
      <well uid="w"><name>W</name><dTimSpud>yesterday</dTimSpud><numAPI>123-543-987AZ</numAPI>
      <waterDepth uom="m">1,5</waterDepth><dTimPa>2001-07-15T15:30:00</dTimPa>
      <commonData><acquisitionTimeZone>-06:00</acquisitionTimeZone></commonData>
      <customData><a><b>7</b><b>8</b></a></customData></well></wells>"""
    (well,) = read_objects(Well, document, timezone(timedelta(hours=2)))
    assert well.api_number == "123-543-987AZ"
    assert well.plugged_time == datetime(2001, 7, 15, 13, 30, tzinfo=UTC)
    assert well.spud_time is None
    assert well.water_depth is None
    assert [(one.path, one.text) for one in well.problems] == [
        ("dTimSpud", "yesterday"),
        ("waterDepth", "1,5"),
    ]
    assert well.unread == {
        "customData/a/b": "7; 8",
        "commonData/acquisitionTimeZone": "-06:00",
    }


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(ReplyError, match="is no document of wells"):
        read_objects(Well, "<logs/>")


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_query_names_what_is_selected(kind: type[WitsmlObject], version: str) -> None:
    root = parse(objects_query(kind, version, uid_well="w", uid_wellbore="b", uid="x"))
    name = KINDS[kind][0]
    assert etree.QName(root).localname == f"{name}s"
    assert root.get("version") == version
    (one,) = root
    expected = {"uid": "x"}
    expected |= {} if kind is Well else {"uidWell": "w"}
    expected |= {} if kind in (Well, Wellbore) else {"uidWellbore": "b"}
    assert dict(one.attrib) == expected


def test_a_query_of_131_speaks_the_time_of_the_store() -> None:
    header = Log(**BELOW, index_type="date time", index_curve="T")
    zone = timezone(timedelta(hours=-6))
    for version, text in (
        ("1.4.1.1", "2026-03-01T12:00:00.000Z"),
        ("1.3.1.1", "2026-03-01T06:00:00.000000"),
    ):
        root = parse(data_query(header, version, NOON, zone=zone))
        assert root.findtext(".//{*}startDateTimeIndex") == text
