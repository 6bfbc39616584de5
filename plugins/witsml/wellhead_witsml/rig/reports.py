"""What the rig puts into its store, as objects: the hole and its logs, surveys, runs and words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from wellhead_witsml.objects.common import Common, Measure
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.mud_logs import GeologyInterval, Lithology, MudLog
from wellhead_witsml.objects.operations import BhaRun, DrillingParameters, Message, Risk
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.objects.trajectories import Station, Trajectory
from wellhead_witsml.objects.tubulars import Bit, Tubular, TubularComponent
from wellhead_witsml.objects.wells import Location, Well, Wellbore, WellDatum
from wellhead_witsml.rig import physics

WELL = Well(
    uid="sim-well",
    name="SIM-1",
    field="Simulated field",
    country="NO",
    operator="Wellhead",
    status="drilling",
    purpose="development",
    time_zone="+00:00",
    water_depth=Measure(98.0, "m"),
    datums=(
        WellDatum("KB", "Kelly bushing", "KB", Measure(25.0, "m", "SL"), default=True),
        WellDatum("SL", "Mean sea level", "SL", None, default=False),
    ),
    locations=(Location("1", "EPSG:4326", 58.441, 1.887, None, None, "slot 3"),),
)
DEPTH_CURVES = ("ROP", "WOB", "TQ", "SPP", "ECD", "GR")
NULL = "-999.25"
_SHALE = 75.0
_CHANNELS = {channel.mnemonic: channel for channel in physics.CHANNELS}


def metres(value: float) -> Measure:
    """A measured depth, to the centimetre."""
    return Measure(round(value, 2), "m", "KB")


@dataclass(frozen=True, slots=True)
class Hole:
    """A wellbore of the rig's well and what is written about it. number: from 1"""

    number: int

    def below(self, kind: str, name: str) -> dict[str, Any]:
        """Identity of an object of this hole."""
        return {
            "uid": f"{kind}-{self.number}",
            "name": name,
            "uid_well": WELL.uid,
            "name_well": WELL.name,
            "uid_wellbore": self.uid,
            "name_wellbore": self.name,
        }

    @property
    def uid(self) -> str:
        return f"hole-{self.number}"

    @property
    def name(self) -> str:
        """The first hole has the well's name, its sidetracks T2, T3 …"""
        return WELL.name if self.number == 1 else f"{WELL.name} T{self.number}"

    def wellbore(self, time: datetime, start: float) -> Wellbore:
        first = self.number == 1
        parent = Hole(self.number - 1)
        depths = {"mdKickoff": metres(start), "tvdKickoff": metres(physics.vertical_depth(start))}
        return Wellbore(
            uid=self.uid,
            name=self.name,
            uid_well=WELL.uid,
            name_well=WELL.name,
            parent_uid=None if first else parent.uid,
            parent_name=None if first else parent.name,
            type="initial" if first else "sidetrack",
            status="drilling",
            purpose="development",
            shape="deviated",
            kickoff_time=None if first else time,
            depths={} if first else depths,
        )

    def time_log(self, time: datetime) -> Log:
        curves = [Curve(uid="TIME", mnemonic="TIME", unit="s", type="date time")]
        curves += [_curve(channel.mnemonic) for channel in physics.CHANNELS]
        curves.append(Curve(uid="ACT", mnemonic="ACT", type="string", description="Activity"))
        return Log(
            **self.below("time", "Rig sensors by time"),
            index_type="date time",
            index_curve="TIME",
            created=time,
            growing=True,
            null_value=NULL,
            service_company="Wellhead",
            curves=tuple(curves),
        )

    def depth_log(self, time: datetime) -> Log:
        curves = [Curve(uid="DEPTH", mnemonic="DEPTH", unit="m", type="double")]
        curves += [_curve(mnemonic) for mnemonic in DEPTH_CURVES]
        return Log(
            **self.below("depth", "Drilling by depth"),
            index_type="measured depth",
            index_curve="DEPTH",
            created=time,
            growing=True,
            null_value=NULL,
            service_company="Wellhead",
            run_number=str(self.number),
            curves=tuple(curves),
        )

    def time_row(self, time: datetime, values: dict[str, float | None], activity: str) -> LogData:
        names = (*(channel.mnemonic for channel in physics.CHANNELS), "ACT")
        index = np.array([microseconds(time)], dtype=np.int64)
        cells = _column([values[channel.mnemonic] for channel in physics.CHANNELS] + [None])
        units = (*(channel.unit for channel in physics.CHANNELS), None)
        return LogData(names, units, index, "s", cells, {len(names) - 1: (activity,)})

    def depth_rows(self, rows: list[tuple[float, dict[str, float | None]]]) -> LogData:
        index = np.array([depth for depth, _ in rows])
        cells = np.hstack([_column([row[name] for name in DEPTH_CURVES]) for _, row in rows])
        units = tuple(_CHANNELS[name].unit for name in DEPTH_CURVES)
        return LogData(DEPTH_CURVES, units, index, "m", cells, {})

    def trajectory(self, time: datetime, *depths: float, growing: bool = True) -> Trajectory:
        """With a station at each of these measured depths, m."""
        return Trajectory(
            **self.below("survey", "MWD survey"),
            growing=growing,
            start_time=time,
            service_company="Wellhead",
            declination=Measure(-0.6, "dega"),
            grid_correction=Measure(-0.9, "dega"),
            azimuth_reference="grid north",
            definitive=True,
            stations=tuple(_station(time, depth) for depth in depths),
        )

    def run(self, time: datetime, start: float, stop: float, *, done: bool = False) -> BhaRun:
        """The run so far. start, stop: measured depths of the hole, m"""
        reached = {"mdHoleStart": metres(start), "mdHoleStop": metres(stop)}
        return BhaRun(
            **self.below("run", f"Run {self.number}"),
            tubular_uid=f"tubular-{self.number}",
            tubular_name="12 1/4 in rotary steerable",
            status="final" if done else "progress",
            bit_run_number=str(self.number),
            string_run_number=str(self.number),
            stop_time=time if done else None,
            reason_for_trip="Total depth" if done else None,
            objective="Drill to total depth",
            parameters=(DrillingParameters("section", reached, None),),
        )

    def tubular(self, *, pulled: bool = False) -> Tubular:
        """The assembly; its bit is graded once it is pulled."""
        grades = ("2", "3", "WT", "A", "X", "I", "NO", "TD")
        names = ("Inner", "Outer", "Dull", "Location", "Bearing", "Gauge", "Other", "Reason")
        dull = {f"condFinal{name}": grade for name, grade in zip(names, grades, strict=True)}
        inches = {"id": Measure(3.0, "in"), "od": Measure(9.5, "in"), "len": Measure(4.2, "m")}
        bit = Bit(str(self.number), "PDC", "Wellhead", "M323", {"diaBit": Measure(12.25, "in")}, {})
        parts = (("bit PDC fixed cutter", bit), ("rotary steering tool", None))
        return Tubular(
            **self.below("tubular", "12 1/4 in rotary steerable"),
            type="drilling",
            hole_diameter=Measure(12.25, "in"),
            components=tuple(
                TubularComponent(
                    uid=str(place),
                    type=kind,
                    sequence=place,
                    description=None,
                    vendor="Wellhead",
                    model=None,
                    measures=inches,
                    bit=part and (replace(part, dull=dull) if pulled else part),
                    nozzles=(),
                )
                for place, (kind, part) in enumerate(parts, 1)
            ),
        )

    def interval(self, time: datetime, top: float, gamma: float) -> MudLog:
        """Ten metres of cuttings. top: measured depth, m; gamma: gAPI"""
        shale = round(min(max((gamma - 30.0) * 100.0 / 90.0, 0.0), 100.0))
        rocks = (("shale", shale), ("sandstone", 100 - shale))
        part = GeologyInterval(
            uid=f"md-{top:.0f}",
            type="cuttings",
            top_md=metres(top),
            bottom_md=metres(top + 10.0),
            time=time,
            description="grey shale" if gamma > _SHALE else "fine sandstone",
            lithologies=tuple(
                Lithology(f"{place}", rock, None, float(share), None)
                for place, (rock, share) in enumerate(rocks, 1)
                if share
            ),
            measures={},
            gases={"methAv": Measure(round(2000.0 - 15.0 * gamma, 0), "ppm")},
            show=None,
        )
        return MudLog(
            **self.below("mud", "Mud log"), growing=True, company="Wellhead", intervals=(part,)
        )

    def message(self, time: datetime, number: int, text: str, md: float) -> Message:
        identity = {**self.below("message", text[:60]), "uid": f"message-{self.number}-{number}"}
        return Message(
            **identity,
            common=Common(source="driller", created=time),
            time=time,
            type="informational",
            text=text,
            md=metres(md),
        )

    def risk(self, time: datetime, start: float, end: float) -> Risk:
        return Risk(
            **self.below("risk", "Losses in the sandstone"),
            type="risk",
            category="mud",
            subcategories=("loss circulation",),
            start_time=time,
            start_md=metres(start),
            end_md=metres(end),
            severity=3,
            probability=2,
            summary="Losses are likely where the sandstone is depleted",
            mitigations=("Keep ECD below 1.45 g/cm3",),
        )


def _curve(mnemonic: str) -> Curve:
    channel = _CHANNELS[mnemonic]
    return Curve(
        uid=mnemonic,
        mnemonic=mnemonic,
        unit=channel.unit,
        description=channel.description,
        type="double",
    )


def _station(time: datetime, depth: float) -> Station:
    return Station(
        uid=f"md-{depth:.1f}",
        type="magnetic MWD",
        time=time,
        md=metres(depth),
        tvd=metres(physics.vertical_depth(depth)),
        inclination=Measure(round(physics.inclination(depth), 2), "dega"),
        azimuth=Measure(round(physics.azimuth(depth), 2), "dega"),
        north=None,
        east=None,
        vertical_section=None,
        dogleg_severity=None,
        status="position",
    )


def _column(values: list[float | None]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """float64[k, 1], NaN where there is none"""
    return np.array([[np.nan if value is None else value] for value in values])
