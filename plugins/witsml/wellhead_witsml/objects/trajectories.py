"""Trajectories: the surveys of a wellbore, as the rig's store has them."""

from dataclasses import dataclass
from datetime import datetime

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject


@dataclass(frozen=True, slots=True)
class Station:
    """One station. inclination and azimuth carry their unit (dega, rad)"""

    uid: str
    type: str | None
    time: datetime | None
    md: Measure | None
    tvd: Measure | None
    inclination: Measure | None
    azimuth: Measure | None
    north: Measure | None
    east: Measure | None
    vertical_section: Measure | None
    dogleg_severity: Measure | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory(WitsmlObject):
    """A trajectory.

    azimuth_reference: what azimuths count from: magnetic north, true north, grid north
    declination, grid_correction: that were applied to get there
    growing: the store still adds stations; None in 1.3.1.1
    """

    growing: bool | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    start_md: Measure | None = None
    end_md: Measure | None = None
    service_company: str | None = None
    declination: Measure | None = None
    grid_correction: Measure | None = None
    section_azimuth: Measure | None = None
    azimuth_reference: str | None = None
    definitive: bool | None = None
    memory: bool | None = None
    final: bool | None = None
    stations: tuple[Station, ...] = ()


def read_trajectory(of: Reader) -> Trajectory:
    """A `trajectory` of either version."""
    return Trajectory(
        growing=of.flag("objectGrowing"),
        start_time=of.time("dTimTrajStart"),
        end_time=of.time("dTimTrajEnd"),
        start_md=of.measure("mdMn"),
        end_md=of.measure("mdMx"),
        service_company=of.text("serviceCompany"),
        declination=of.measure("magDeclUsed"),
        grid_correction=of.measure("gridCorUsed", "gridConUsed"),
        section_azimuth=of.measure("aziVertSect"),
        azimuth_reference=of.text("aziRef"),
        definitive=of.flag("definitive"),
        memory=of.flag("memory"),
        final=of.flag("finalTraj"),
        stations=tuple(_station(station) for station in of.inner("trajectoryStation")),
        **of.identity(),
    )


def _station(of: Reader) -> Station:
    return Station(
        uid=of.attribute("uid") or "",
        type=of.text("typeTrajStation"),
        time=of.time("dTimStn"),
        md=of.measure("md"),
        tvd=of.measure("tvd"),
        inclination=of.measure("incl"),
        azimuth=of.measure("azi"),
        north=of.measure("dispNs"),
        east=of.measure("dispEw"),
        vertical_section=of.measure("vertSect"),
        dogleg_severity=of.measure("dls"),
        status=of.text("statusTrajStation"),
    )
