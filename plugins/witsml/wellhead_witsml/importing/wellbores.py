"""A store's wellbores as wellbores."""

from typing import Any

from wellhead import sdk
from wellhead_wells.depths import convert
from wellhead_wells.identifiers import IdentifierKind
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.records import set_identifiers
from wellhead_wells.vocabulary import WellboreType, WellStatus
from wellhead_wells.wellbores import change_wellbore, create_wellbore
from wellhead_witsml.importing.links import wellbore_of
from wellhead_witsml.importing.outcome import Outcome
from wellhead_witsml.importing.values import datum, given, length, line, word
from wellhead_witsml.models import Store
from wellhead_witsml.objects import wells as witsml

_DEPTHS = {"md": "md", "tvd": "tvd", "mdKickoff": "kickoff_md"}
_LEAVES = (WellboreType.SIDETRACK, WellboreType.BYPASS)


def import_wellbore(
    store: Store, of: witsml.Wellbore, outcome: Outcome, well: Well, known: Wellbore | None
) -> Wellbore:
    """The new wellbore of `well`, or `known` changed. Raises WellheadError and ApiError."""
    data = _data(store, of, outcome, well)
    identifiers = _identifiers(of, outcome)
    if known is None:
        return create_wellbore(well, {**data, "identifiers": identifiers}, imported=True)
    change_wellbore(known, data)
    set_identifiers(known, identifiers, imported=True)
    return known


def _data(store: Store, of: witsml.Wellbore, outcome: Outcome, well: Well) -> dict[str, Any]:
    data = given(
        name=line(outcome, "name", of.name or of.uid),
        number=line(outcome, "numWellbore", of.number),
        status=word(outcome, "statusWellbore", of.status, WellStatus),
        wellbore_type=word(outcome, "typeWellbore", of.type, WellboreType),
    )
    if of.parent_uid:
        try:
            data["parent_id"] = wellbore_of(store, of.uid_well, of.parent_uid).id
        except sdk.WellheadError:
            outcome.warn("parentWellbore", of.parent_uid, "was not imported, so it was left out")
    data |= _depths(of, outcome, well)
    if "parent_id" not in data:
        data.pop("kickoff_md", None)
    if data.get("wellbore_type") in _LEAVES and not {"parent_id", "kickoff_md"} <= data.keys():
        outcome.warn("typeWellbore", of.type, "needs its parent and where it leaves it: unknown")
        data["wellbore_type"] = WellboreType.UNKNOWN.value
    return data


def _depths(of: witsml.Wellbore, outcome: Outcome, well: Well) -> dict[str, Any]:
    """All in one unit and from one datum, as records of wells are."""
    found = {}
    code = None
    for element, name in _DEPTHS.items():
        measure = of.depths.get(element)
        if measure is not None and measure.value == 0:
            continue  # what stores write for what they do not know
        depth = length(outcome, element, measure)
        if depth is not None and measure is not None:
            found[name] = depth
            code = code or datum(outcome, element, measure.datum)
    if not found:
        return {}
    code = code or well.depth_datum
    if code is None:
        outcome.warn("md", found, "names no datum and its well has none, so depths were left out")
        return {}
    unit = next(iter(found.values()))[1]
    depths = {name: convert(value, own, unit) for name, (value, own) in found.items()}
    return {**depths, "depth_unit": unit, "depth_datum": code}


def _identifiers(of: witsml.Wellbore, outcome: Outcome) -> list[dict[str, str]]:
    number = line(outcome, "numGovt", of.government_number, most=64)
    return [] if number is None else [{"kind": IdentifierKind.OTHER.value, "value": number}]
