"""Curves of a log as tags below the wellbore's asset: made when they are first seen."""

from collections.abc import Sequence
from typing import Any

from wellhead import sdk
from wellhead_historian import api
from wellhead_witsml.models import Curve, Log
from wellhead_witsml.objects import logs as witsml
from wellhead_witsml.polling.columns import Place
from wellhead_witsml.units import known_unit

TEXT_TYPES = ("string", "string16", "string40", "date time")
_NUMBER, _TEXT = "float64", "string"
_MOST_NAME = 200
MOST_CURVES = 2_000
"""Of one log: a store that invents new names would have tags made without end."""


def places_of(log: Log, header: witsml.Log, *, tags: bool) -> tuple[dict[str, Place], list[str]]:
    """(where each curve goes, by mnemonic in small letters, what is odd about them). Curves that
    are new, or have another unit now, are kept, with a tag of their own where `tags` says so.

    Flushed, not committed: tags and their mapping are in the caller's transaction.
    """
    known = {curve.mnemonic.lower(): curve for curve in log.curves}
    index = header.index_curve.lower()
    named = {one.mnemonic.lower(): one for one in reversed(header.curves)}  # the first of a name
    wanted = [one for one in header.curves if named[one.mnemonic.lower()] is one]
    wanted = [one for one in wanted if one.mnemonic.lower() != index]
    warnings = []
    new = []
    more = False
    for position, one in enumerate(wanted):
        curve = known.get(one.mnemonic.lower())
        if tags and curve is not None and curve.unit != one.unit:
            warnings.append(f"{one.mnemonic}: its unit was {curve.unit!r} and is {one.unit!r} now")
            curve.unit = one.unit
            new.append((curve, one))
        elif curve is None and len(known) >= MOST_CURVES:
            more = True
        elif curve is None and one.mnemonic:
            curve = Curve(
                mnemonic=one.mnemonic,
                position=position,
                unit=one.unit,
                description=one.description,
                is_text=(one.type or "").lower() in TEXT_TYPES,
            )
            known[one.mnemonic.lower()] = curve
            log.curves.append(curve)
            new.append((curve, one))
    if more:
        warnings.append(f"it has more than {MOST_CURVES} curves: those beyond are left out")
    if tags:
        _make_tags(log, new)
    sdk.db.session.flush()
    for curve in log.curves:
        reason = known_unit(curve.unit)[1]
        if reason is not None:
            warnings.append(f"{curve.mnemonic}: {reason}")
    places = {
        curve.mnemonic.lower(): Place(
            curve.mnemonic, curve.unit, curve.is_text, curve.tag_id or curve.position
        )
        for curve in log.curves
    }
    return places, warnings


def _make_tags(log: Log, curves: Sequence[tuple[Curve, witsml.Curve]]) -> None:
    """All at once, so that a log of many curves costs one statement and one audit row."""
    if not curves:
        return
    names = api.free_names([_name(log, curve.mnemonic) for curve, _ in curves])
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "datatype": _TEXT if curve.is_text else _NUMBER,
            "unit": None if curve.is_text else known_unit(curve.unit)[0],
            "quantity": None,
            "asset_id": log.wellbore.asset_id,
            "description": _description(log, one),
            "states": None,
            "step": None,
        }
        for (curve, one), name in zip(curves, names, strict=True)
    ]
    for (curve, _), tag in zip(curves, api.create_tags(rows), strict=True):
        curve.tag_id = tag


def _name(log: Log, mnemonic: str) -> str:
    name = "".join(c if c.isprintable() else " " for c in f"{log.tag_prefix}{mnemonic}")
    return " ".join(name.split())[: _MOST_NAME - 10]


def _description(log: Log, of: witsml.Curve) -> str:
    said = f"{of.description}. " if of.description else ""
    unit = f", unit {of.unit}" if of.unit and known_unit(of.unit)[0] is None else ""
    return f"{said}Curve {of.mnemonic} of the WITSML log {log.name}{unit}"[:1000]
