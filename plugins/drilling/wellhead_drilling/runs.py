"""BHA runs: creating, changing and deleting them. Like `rigs`, these functions do not commit."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_drilling.channels import check_channels
from wellhead_drilling.depths import refuse_above, refuse_outside, settle_depths
from wellhead_drilling.models import Run, Section
from wellhead_drilling.records import (
    held_wellbore,
    of_wellbore,
    refuse_before,
    refuse_taken_number,
    require_rig,
)
from wellhead_wells.models import Wellbore

_DEPTHS = ("depth_in", "depth_out")
_RANGES = ("weight_on_bit", "flow")


def create_run(data: Mapping[str, Any]) -> Run:
    """A new BHA run. data: as `RunSchema` loads it.

    Raises WellheadError for depths, times or ranges that cannot be, ApiError 409 for a number that
    another run of the wellbore has.
    """
    bore = held_wellbore(data["wellbore_id"])
    if data.get("rig_id") is not None:
        require_rig(data["rig_id"])
    run = Run(**{"components": [], "channels": []} | dict(data))
    _check(run, bore)
    check_channels(run.channels, run, bore)
    sdk.db.session.add(run)
    sdk.db.session.flush()
    return run


def change_run(run: Run, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_run` does."""
    bore = held_wellbore(run.wellbore_id)
    if data.get("rig_id") is not None:
        require_rig(data["rig_id"])
    with sdk.db.session.no_autoflush:
        sdk.set_fields(run, data, fixed=("wellbore_id",))
        _check(run, bore)
        check_channels(data.get("channels", ()), run, bore)


def _check(run: Run, bore: Wellbore) -> None:
    refuse_taken_number(run, "run")
    section: Section | None = of_wellbore(Section, run.section_id, "section_id", bore)
    settle_depths(run, bore, _DEPTHS)
    refuse_above(run, bore.well, *_DEPTHS)
    refuse_outside(run, bore, _DEPTHS)
    refuse_before(run, "time_in", "time_out")
    _check_hours(run)
    for name in _RANGES:
        _check_range(run, name)
    low, high = run.rotary_speed_min, run.rotary_speed_max
    if low is not None and high is not None and low > high:
        raise sdk.WellheadError(
            f"is less than rotary_speed_min, {low:g} rpm",
            field="rotary_speed_max",
            value=high,
            remedy="Correct one of the two",
        )
    _check_components(run, section)


def _check_hours(run: Run) -> None:
    if run.time_in is None or run.time_out is None:
        return
    trip = (run.time_out - run.time_in).total_seconds() / 3600
    spent = (run.drilling_hours or 0) + (run.circulating_hours or 0)
    if spent > trip + 0.01:
        raise sdk.WellheadError(
            f"drilling and circulating, {spent:g} h, take longer than the run, {trip:g} h",
            field="drilling_hours",
            value=run.drilling_hours,
            remedy="Correct the hours, time_in or time_out",
        )


def _check_range(run: Run, name: str) -> None:
    low, high = getattr(run, f"{name}_min"), getattr(run, f"{name}_max")
    if low is not None and high is not None and low.to(high.unit) > high.value:
        raise sdk.WellheadError(
            f"is less than {name}_min, {low.value:g} {low.unit}",
            field=f"{name}_max",
            value=high.value,
            remedy="Correct one of the two, or its unit",
        )


def _check_components(run: Run, section: Section | None) -> None:
    for place, part in enumerate(run.components):
        outer, inner = part.get("outer_diameter"), part.get("inner_diameter")
        if outer is None:
            continue
        if inner is not None and inner.to("m") >= outer.to("m"):
            raise sdk.WellheadError(
                "is not less than the outer diameter",
                field=f"components.{place}.inner_diameter",
                value=inner.value,
                remedy="Correct one of the two, or its unit",
            )
        if section is not None and outer.to("m") > section.diameter.to("m") + 1e-6:
            raise sdk.WellheadError(
                f"is more than the diameter of the section, {section.diameter.value:g} "
                f"{section.diameter.unit}",
                field=f"components.{place}.outer_diameter",
                value=outer.value,
                remedy="Correct it, its unit, or the section of the run",
            )
