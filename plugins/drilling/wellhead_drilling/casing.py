"""Casing strings and pressure tests: creating and changing them; these functions do not commit."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_drilling.depths import (
    TOLERANCE_M,
    below,
    depth_of,
    refuse_above,
    refuse_outside,
    settle_depths,
)
from wellhead_drilling.models import CasingString, PressureTest, Section
from wellhead_drilling.records import held_wellbore, of_wellbore
from wellhead_wells.models import Wellbore

_DEPTHS = ("top_md", "shoe_md")
_TALLY_M, _TALLY_SHARE = 0.1, 0.001
"""What a tally may miss the setting depth by: 0.1 m and one in a thousand, as tapes stretch."""


def create_casing_string(data: Mapping[str, Any]) -> CasingString:
    """A casing string. data: as `CasingStringSchema` loads it.

    Raises WellheadError for one wider than its hole, for depths that cannot be, and for a tally
    that is not as long as from top to shoe.
    """
    bore = held_wellbore(data["wellbore_id"])
    string = CasingString(**{"string_type": "other", "joints": []} | dict(data))
    _check_string(string, bore)
    sdk.db.session.add(string)
    sdk.db.session.flush()
    return string


def change_casing_string(string: CasingString, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_casing_string` does."""
    bore = held_wellbore(string.wellbore_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(string, data, fixed=("wellbore_id",))
        _check_string(string, bore)


def create_pressure_test(data: Mapping[str, Any]) -> PressureTest:
    """A pressure test. Raises WellheadError for depths or a casing that cannot be."""
    bore = held_wellbore(data["wellbore_id"])
    test = PressureTest(**data)
    _check_test(test, bore)
    sdk.db.session.add(test)
    sdk.db.session.flush()
    return test


def change_pressure_test(test: PressureTest, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_pressure_test` does."""
    bore = held_wellbore(test.wellbore_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(test, data, fixed=("wellbore_id",))
        _check_test(test, bore)


def _check_string(string: CasingString, bore: Wellbore) -> None:
    section: Section | None = of_wellbore(Section, string.section_id, "section_id", bore)
    settle_depths(string, bore, _DEPTHS)
    refuse_above(string, bore.well, *_DEPTHS)
    refuse_outside(string, bore, _DEPTHS)
    inner = string.inner_diameter
    if inner is not None and inner.to("m") >= string.size.to("m"):
        raise sdk.WellheadError(
            "is not less than the size, which is the outer diameter",
            field="inner_diameter",
            value=inner.value,
            remedy="Correct one of the two, or its unit",
        )
    if section is not None:
        _check_hole(string, section, bore)
    _check_tally(string)


def _check_hole(string: CasingString, section: Section, bore: Wellbore) -> None:
    hole = section.diameter
    if string.size.to("m") >= hole.to("m"):
        raise sdk.WellheadError(
            f"is not less than the diameter of the section, {hole.value:g} {hole.unit}",
            field="size",
            value=string.size.value,
            remedy="Correct the size, its unit or the section",
        )
    shoe, bottom = depth_of(string, "shoe_md"), depth_of(section, "bottom_md")
    if shoe and bottom and (below(bore.well, shoe, bottom) or 0) > TOLERANCE_M:
        raise sdk.WellheadError(
            f"lies below the end of the section, {bottom}",
            field="shoe_md",
            value=shoe.value,
            remedy="Correct the depth, or the section first",
        )


def _check_tally(string: CasingString) -> None:
    tally, difference = string.tally_length, string.tally_difference
    if tally is None or difference is None:
        return
    if abs(difference.to("m")) > _TALLY_M + _TALLY_SHARE * tally.to("m"):
        raise sdk.WellheadError(
            f"{len(string.joints)} joints are {tally.value:.2f} {tally.unit} long, which is "
            f"{difference.value:+.2f} {tally.unit} beside the length from top to shoe",
            field="joints",
            value=round(tally.value, 2),
            remedy="Correct a joint, the stick_up, top_md or shoe_md",
        )


def _check_test(test: PressureTest, bore: Wellbore) -> None:
    of_wellbore(CasingString, test.casing_string_id, "casing_string_id", bore)
    settle_depths(test, bore, ("md", "tvd"))
    refuse_outside(test, bore, ("md",))
    if test.md is not None and test.tvd is not None and test.tvd > test.md:
        raise sdk.WellheadError(
            "is deeper than md", field="tvd", value=test.tvd, remedy="Correct one of the two"
        )
