"""Bit records: creating and changing them. Like `rigs`, these functions do not commit."""

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
from wellhead_drilling.dull import check_code, check_grade
from wellhead_drilling.models import BitRecord, Run, Section
from wellhead_drilling.records import held_wellbore, require_run
from wellhead_wells.models import Well

_DEPTHS = ("depth_in", "depth_out")


def create_bit_record(data: Mapping[str, Any]) -> BitRecord:
    """A bit on a run. data: as `BitRecordSchema` loads it.

    Raises WellheadError for codes that the IADC has not, or not for such a bit, and for depths
    outside the run's.
    """
    run = require_run(data["run_id"])
    defaults = {"bit_type": "unknown", "nozzles": [], "wellbore_id": run.wellbore_id}
    record = BitRecord(**defaults | dict(data))
    _check(record, run)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    return record


def change_bit_record(record: BitRecord, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_bit_record` does."""
    with sdk.db.session.no_autoflush:
        sdk.set_fields(record, data, fixed=("run_id",))
        _check(record, sdk.db.session.get_one(Run, record.run_id))


def _check(record: BitRecord, run: Run) -> None:
    bore = held_wellbore(run.wellbore_id)
    if record.iadc_code is not None:
        check_code(record.iadc_code, record.bit_type)
    if record.dull_grade is not None:
        check_grade(record.dull_grade, record.bit_type)
    settle_depths(record, bore, _DEPTHS)
    refuse_above(record, bore.well, *_DEPTHS)
    refuse_outside(record, bore, _DEPTHS)
    _check_run(record, run, bore.well)
    section = sdk.db.session.get(Section, run.section_id) if run.section_id else None
    if section is not None and record.size.to("m") > section.diameter.to("m") + 1e-6:
        raise sdk.WellheadError(
            f"is more than the diameter of the section, {section.diameter.value:g} "
            f"{section.diameter.unit}",
            field="size",
            value=record.size.value,
            remedy="Correct it, its unit, or the section of the run",
        )


def _check_run(record: BitRecord, run: Run, well: Well) -> None:
    for name, sign in (("depth_in", -1), ("depth_out", 1)):
        mine, whole = depth_of(record, name), depth_of(run, name)
        if mine is None or whole is None:
            continue
        if sign * (below(well, mine, whole) or 0) > TOLERANCE_M:
            raise sdk.WellheadError(
                f"is outside of run {run.number}, whose {name} is {whole}",
                field=name,
                value=mine.value,
                remedy="Correct it, or the run first",
            )
