"""Wells by whatever people call them: a name, an alias, or a number in any of its spellings."""

import re
import uuid
from contextlib import suppress

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import QueryableAttribute

from wellhead import sdk
from wellhead_wells.identifiers import IdentifierKind, read
from wellhead_wells.models import Well, WellAlias, Wellbore, WellboreIdentifier, WellIdentifier
from wellhead_wells.us_well_number import WELL_DIGITS

_SEPARATORS = r"[^A-Z0-9]"
_SHORTEST = 4
"""Characters of a part of a number: fewer are in most of them."""


def wells_called(statement: Select[Well], texts: list[str]) -> Select[Well]:
    """The statement with the wells only that one of the texts finds: part of a name or alias of the
    well, of a name of a wellbore, or of a number of either, however it is spelled."""
    return statement.where(or_(*map(_found_by, texts)))


def find_named(text: str, field: str) -> Well:
    """The one well of this name, alias or number, exactly, that the caller may see.

    Raises WellheadError naming `field` when there is none, or more than one.
    """
    named = select(Well).where(
        or_(
            Well.name == text,
            Well.id.in_(select(WellAlias.well_id).where(WellAlias.name == text)),
            Well.id.in_(_of_number(text)),
        )
    )
    found = sdk.db.session.scalars(sdk.only_visible(named, Well.asset_id).limit(2)).all()
    if len(found) != 1:
        raise sdk.WellheadError(
            "several wells are called so" if found else "no well is called so",
            field=field,
            value=text,
            remedy="Give the name, an alias or a number of one of GET /api/v1/wells, or its id",
        )
    return found[0]


def _of_number(text: str) -> Select[uuid.UUID]:
    return select(WellIdentifier.well_id).where(
        tuple_(WellIdentifier.kind, WellIdentifier.normalised).in_(readings(text))
        | (
            (WellIdentifier.kind == IdentifierKind.US_WELL_NUMBER)
            & WellIdentifier.key.in_(
                [
                    number[:WELL_DIGITS]
                    for kind, number in readings(text)
                    if kind == IdentifierKind.US_WELL_NUMBER
                ]
            )
        )
    )


def readings(text: str) -> list[tuple[str, str]]:
    """(kind, normalised) of each sort of identifier that a text may be."""
    found = []
    for kind in IdentifierKind:
        with suppress(sdk.WellheadError):
            found.append((kind.value, read(kind, text).normalised or ""))
    return found


def _found_by(text: str) -> ColumnElement[bool]:
    of_bores = select(Wellbore.well_id).where(Wellbore.name.icontains(text, autoescape=True))
    aliases = select(WellAlias.well_id).where(WellAlias.name.icontains(text, autoescape=True))
    conditions = [
        Well.name.icontains(text, autoescape=True),
        Well.id.in_(aliases),
        Well.id.in_(of_bores),
        Well.id.in_(_of_number(text)),
    ]
    part = re.sub(_SEPARATORS, "", text.upper())
    if len(part) >= _SHORTEST:
        of_wells = select(WellIdentifier.well_id).where(_holds(WellIdentifier.value, part))
        of_bores = (
            select(Wellbore.well_id)
            .join(WellboreIdentifier, WellboreIdentifier.wellbore_id == Wellbore.id)
            .where(_holds(WellboreIdentifier.value, part))
        )
        conditions += [Well.id.in_(of_wells), Well.id.in_(of_bores)]
    return or_(*conditions)


def _holds(column: QueryableAttribute[str], part: str) -> ColumnElement[bool]:
    bare = func.regexp_replace(func.upper(column), _SEPARATORS, "", "g")
    found: ColumnElement[bool] = bare.contains(part, autoescape=True)
    return found
