"""Mud reports: creating and changing them. Like `rigs`, these functions do not commit."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from wellhead import sdk
from wellhead_drilling.calc.hydraulics import bingham
from wellhead_drilling.depths import refuse_outside, settle_depths
from wellhead_drilling.models import MudReport, Run
from wellhead_drilling.records import held_wellbore, of_wellbore
from wellhead_wells.models import Wellbore

_READINGS = ("theta600", "theta300", "theta200", "theta100", "theta6", "theta3")
_GELS = ("gel_30min", "gel_10min", "gel_10s")
_CONTENTS = ("solids", "water", "oil")
_CALCULATED = (("plastic_viscosity", "cP"), ("yield_point", "lbf_100ft2"))
_ROUNDING = 1.0
"""What a person's arithmetic on dial readings may differ by, in cP and in lbf/100 ft²."""


def create_mud_report(data: Mapping[str, Any]) -> MudReport:
    """A check of the mud. data: as `MudReportSchema` loads it.

    Raises WellheadError for readings, gels or contents that contradict each other.
    """
    bore = held_wellbore(data["wellbore_id"])
    report = MudReport(**{"mud_type": "other"} | dict(data))
    _check(report, bore, data)
    sdk.db.session.add(report)
    sdk.db.session.flush()
    return report


def change_mud_report(report: MudReport, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_mud_report` does."""
    bore = held_wellbore(report.wellbore_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(report, data, fixed=("wellbore_id",))
        _check(report, bore, data)


def _check(report: MudReport, bore: Wellbore, sent: Mapping[str, Any]) -> None:
    of_wellbore(Run, report.run_id, "run_id", bore)
    settle_depths(report, bore, ("md",))
    refuse_outside(report, bore, ("md",))
    _refuse_rising(report, _READINGS, "A faster rotor never reads less")
    _refuse_rising(report, _GELS, "A gel never grows weaker by standing")
    contents = [getattr(report, name) for name in _CONTENTS]
    if None not in contents and abs(sum(contents) - 100) > _ROUNDING:
        raise sdk.WellheadError(
            f"solids, water and oil make {sum(contents):g} % and not 100",
            field="solids",
            value=report.solids,
            remedy="Correct one of the three",
        )
    _calculate(report, sent)


def _refuse_rising(report: MudReport, names: tuple[str, ...], remedy: str) -> None:
    known = [(name, getattr(report, name)) for name in names]
    for (more, upper), (less, lower) in pairwise(row for row in known if row[1] is not None):
        bound = lower.to(upper.unit) if isinstance(lower, sdk.Quantity) else lower
        most = upper.value if isinstance(upper, sdk.Quantity) else upper
        if bound > most:
            raise sdk.WellheadError(f"is more than {more}", field=less, value=bound, remedy=remedy)


def _calculate(report: MudReport, sent: Mapping[str, Any]) -> None:
    """Plastic viscosity and yield point by the readings; what was sent must agree with them."""
    if report.theta600 is None or report.theta300 is None:
        return
    viscosity, point = bingham(report.theta600, report.theta300)
    found = (sdk.Quantity(float(viscosity), "Pa*s"), sdk.Quantity(float(point), "Pa"))
    for (name, unit), value in zip(_CALCULATED, found, strict=True):
        given = sent.get(name)
        if given is None:
            setattr(report, name, sdk.Quantity(round(value.to(unit), 6), unit))
        elif abs(given.to(unit) - value.to(unit)) > _ROUNDING:
            raise sdk.WellheadError(
                f"is not {value.to(unit):g} {unit}, which the readings make",
                field=name,
                value=given.value,
                remedy="Leave it out, or correct the readings",
            )
