"""A store's BHA runs, for the plugin that keeps such: what they say in plain values."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_wells.depths import convert
from wellhead_wells.models import Wellbore
from wellhead_witsml.importing import links
from wellhead_witsml.importing.channels import channels_of
from wellhead_witsml.importing.outcome import CREATED, UNCHANGED, UPDATED, Outcome
from wellhead_witsml.importing.values import datum, given, length, prose
from wellhead_witsml.models import Store
from wellhead_witsml.objects.common import Measure
from wellhead_witsml.objects.operations import BhaRun
from wellhead_witsml.units import unit_of

_RANGES = {"weight_on_bit_min": "wobMn", "weight_on_bit_max": "wobMx"}
_SPEEDS = {"rotary_speed_min": "rpmMn", "rotary_speed_max": "rpmMx"}


def import_bha_run(store: Store, bore: Wellbore, of: BhaRun, outcome: Outcome) -> None:
    """Hand the run to the plugin that keeps runs. Raises as `keeper_of_runs`, and what that plugin
    raises."""
    importer = keeper_of_runs().load()
    link = links.link_of(store, links.BHA_RUN, *links.place_of(links.BHA_RUN, of))
    known: uuid.UUID | None = None if link is None else link.record_id
    if known is not None and link.digest == links.digest_of(of) and importer.has(known):
        outcome.outcome, outcome.record_id = UNCHANGED, known
        return
    values = _values(of, outcome) | {"channels": channels_of(bore)}
    record, new = importer.bring(bore.id, values, known)
    links.keep_link(store, links.BHA_RUN, of, record)
    outcome.outcome, outcome.record_id = (CREATED if new else UPDATED), record


def keeper_of_runs() -> sdk.Lazy:
    """The importer of the plugin that keeps runs. Raises WellheadError when there is none."""
    kept = [importer for _, importer in sdk.ask("bha_run_importer") if importer is not None]
    if not kept:
        raise sdk.WellheadError(
            "no enabled plugin keeps BHA runs",
            field="object_type",
            value="bhaRun",
            remedy="Enable the plugin drilling",
        )
    found: sdk.Lazy = kept[0]
    return found


def _values(of: BhaRun, outcome: Outcome) -> dict[str, Any]:
    parameters: dict[str, Measure] = {}
    for part in of.parameters:
        for name, measure in part.measures.items():
            parameters.setdefault(name, measure)
    return given(
        number=_number(of),
        objective=prose(of.objective, 500),
        time_in=of.start_time,
        time_out=of.stop_time,
        drilling_hours=_in_unit(parameters.get("eTimOpBit"), "h"),
        **_depths(of, outcome),
        **{
            name: found
            for name, element in _RANGES.items()
            if (found := _quantity(outcome, element, parameters)) is not None
        },
        **{name: _in_unit(parameters.get(element), "rpm") for name, element in _SPEEDS.items()},
    )


def _number(of: BhaRun) -> int:
    """The run's number, of what stores number it by."""
    for text in (of.string_run_number, of.name, of.bit_run_number, of.uid):
        digits = re.findall(r"\d+", text or "")
        if digits and int(digits[-1][:6]) > 0:
            return int(digits[-1][:6])
    raise sdk.WellheadError(
        "a run without a number",
        field="numStringRun",
        value=of.name,
        remedy="Give it a number in the store",
    )


def _in_unit(measure: Measure | None, unit: str) -> float | None:
    """Its value in `unit`; None where it is in no such unit."""
    known = None if measure is None else unit_of(measure.uom)
    if measure is None or known is None:
        return None
    try:
        return sdk.units.convert(measure.value, known, unit)
    except sdk.WellheadError:
        return None


def _depths(of: BhaRun, outcome: Outcome) -> dict[str, Any]:
    """depth_in and depth_out: the least and the greatest of all its parameters."""
    found: list[tuple[float, str]] = []
    code = None
    for part in of.parameters:
        for element in ("mdHoleStart", "mdHoleStop"):
            measure = part.measures.get(element)
            depth = length(outcome, element, measure)
            if depth is not None and measure is not None:
                found.append(depth)
                code = code or datum(outcome, element, measure.datum)
    if not found:
        return {}
    unit = found[0][1]
    depths = [convert(value, own, unit) for value, own in found]
    return given(depth_in=min(depths), depth_out=max(depths), depth_unit=unit, depth_datum=code)


def _quantity(
    outcome: Outcome, element: str, parameters: Mapping[str, Measure]
) -> sdk.Quantity | None:
    measure = parameters.get(element)
    unit = None if measure is None else unit_of(measure.uom)
    if measure is None or unit is None:
        return None
    try:
        return sdk.Quantity(measure.value, sdk.units.check_unit(unit))
    except sdk.WellheadError as error:
        outcome.warn(element, f"{measure.value} {measure.uom}", f"{error.message}: left out")
        return None
