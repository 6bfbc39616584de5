"""Hole sections: creating, changing and deleting them, and their order down the hole.

Like `rigs`, these functions work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_drilling.depths import (
    TOLERANCE_M,
    below,
    depth_of,
    refuse_above,
    refuse_outside,
    settle_depths,
)
from wellhead_drilling.models import Section
from wellhead_drilling.records import (
    held_wellbore,
    refuse_before,
    refuse_taken_number,
)
from wellhead_wells.models import Wellbore

_DEPTHS = ("planned_top_md", "planned_bottom_md", "top_md", "bottom_md")
_DRILLED = ("top_md", "bottom_md")


def create_section(data: Mapping[str, Any]) -> Section:
    """A new hole section. data: as `SectionSchema` loads it.

    Raises WellheadError for depths, times or a diameter that cannot be beside those of the other
    sections, ApiError 409 for a number that another section has.
    """
    bore = held_wellbore(data["wellbore_id"])
    section = Section(**data)
    _check(section, bore)
    sdk.db.session.add(section)
    sdk.db.session.flush()
    return section


def change_section(section: Section, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_section` does."""
    bore = held_wellbore(section.wellbore_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(section, data, fixed=("wellbore_id",))
        _check(section, bore)


def _check(section: Section, bore: Wellbore) -> None:
    refuse_taken_number(section, "section")
    settle_depths(section, bore, _DEPTHS)
    refuse_above(section, bore.well, "planned_top_md", "planned_bottom_md")
    refuse_above(section, bore.well, "top_md", "bottom_md")
    refuse_outside(section, bore, _DRILLED)
    refuse_before(section, "start_at", "end_at")
    if (
        section.planned_start
        and section.planned_end
        and section.planned_end < section.planned_start
    ):
        raise sdk.WellheadError(
            f"is before planned_start, {section.planned_start}",
            field="planned_end",
            value=str(section.planned_end),
            remedy="Correct one of the two days",
        )
    others = sdk.db.session.scalars(
        select(Section).where(
            Section.wellbore_id == bore.id, Section.id.is_distinct_from(section.id)
        )
    )
    _check_order(sorted([section, *others], key=lambda one: one.number), section, bore)


def _check_order(sections: Iterable[Section], changed: Section, bore: Wellbore) -> None:
    for upper, lower in pairwise(sections):
        if changed not in (upper, lower):
            continue
        if lower.diameter.to("m") > upper.diameter.to("m") + 1e-6:
            raise sdk.WellheadError(
                f"section {lower.number} would be wider than section {upper.number} above it",
                field="diameter",
                value=changed.diameter.value,
                remedy="Correct the diameter, its unit or the number of the section",
            )
        for top, bottom in (("planned_top_md", "planned_bottom_md"), _DRILLED):
            ends, begins = depth_of(upper, bottom), depth_of(lower, top)
            if ends and begins and (below(bore.well, ends, begins) or 0) > TOLERANCE_M:
                raise sdk.WellheadError(
                    f"section {lower.number} would begin at {begins}, above the end of section "
                    f"{upper.number}, {ends}",
                    field=bottom if changed is upper else top,
                    value=getattr(changed, bottom if changed is upper else top),
                    remedy="Sections are numbered from the top and do not overlap",
                )
