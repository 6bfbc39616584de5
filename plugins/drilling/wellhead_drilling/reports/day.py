"""What other records say of a report's day: the hole, what was in it, the mud, where it went.

A report repeats none of it: it is entered once, where it belongs, and shown here. Approval keeps it
as it was.
"""

from typing import Any

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_drilling.depths import TOLERANCE_M, Depth, below, depth_of
from wellhead_drilling.models import BitRecord, CasingString, DailyReport, MudReport, Run, Section
from wellhead_wells.surveys.service import definitive_survey


def figures_of(report: DailyReport) -> dict[str, Any]:
    """The day's records, by the fields of `DaySchema`, each in the order of the hole or of time."""
    runs = _under_way(report, Run, Run.time_in, Run.time_out)
    bits = select(BitRecord).where(BitRecord.run_id.in_([run.id for run in runs]))
    return {
        "sections": _under_way(report, Section, Section.start_at, Section.end_at),
        "runs": runs,
        "bits": list(sdk.db.session.scalars(bits.order_by(BitRecord.created_at))),
        "mud_reports": _at_some_time(report, MudReport, MudReport.reported_at),
        "casing_strings": _at_some_time(report, CasingString, CasingString.set_at),
        "survey_stations": _stations(report),
    }


def _under_way(report: DailyReport, model: Any, begun: Any, ended: Any) -> list[Any]:
    """Records of the wellbore that share an instant with the report day, by number."""
    found = (
        select(model)
        .where(model.wellbore_id == report.wellbore_id, begun < report.ends_at)
        .where(or_(ended.is_(None), ended > report.begins_at))
        .order_by(model.number)
    )
    return list(sdk.db.session.scalars(found))


def _at_some_time(report: DailyReport, model: Any, time: Any) -> list[Any]:
    """Records of the wellbore whose time is in the report day, in its order."""
    found = (
        select(model)
        .where(model.wellbore_id == report.wellbore_id)
        .where(time >= report.begins_at, time < report.ends_at)
        .order_by(time)
    )
    return list(sdk.db.session.scalars(found))


def _stations(report: DailyReport) -> list[dict[str, Any]]:
    """Stations of the definitive survey in the hole made that day, with the survey's units."""
    survey = definitive_survey(report.wellbore)
    start, end = depth_of(report, "depth_start"), depth_of(report, "depth_end")
    if survey is None or start is None or end is None:
        return []
    well = report.wellbore.well
    names = ("depth_unit", "depth_datum", "azimuth_reference")
    told = {name: getattr(survey, name) for name in names}
    found = []
    for md, inclination, azimuth in zip(survey.md, survey.inclination, survey.azimuth, strict=True):
        depth = Depth(md, survey.depth_unit, survey.depth_datum)
        made, left = below(well, depth, start), below(well, depth, end)
        if made is not None and left is not None and made > TOLERANCE_M >= left:
            found.append({"md": md, "inclination": inclination, "azimuth": azimuth} | told)
    return found
