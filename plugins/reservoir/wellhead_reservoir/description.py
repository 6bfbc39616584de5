"""Fluid contacts and rock: entering them, and which contacts hold on a day.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.models import Contact, Reservoir, Rock
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import Certainty, ContactKind, ContactMethod, RockMethod
from wellhead_wells.depths import convert

_ORDER = (ContactKind.GAS_OIL, ContactKind.OIL_WATER)
"""From the top down; a gas-water contact has neither of them beside it."""


def create_contact(data: Mapping[str, Any]) -> Contact:
    """A new contact. data: as `ContactSchema` loads it.

    Raises WellheadError for one that cannot lie where it does beside the others of its day,
    ApiError 409 for a second of its kind from the same day.
    """
    held_reservoir(data["reservoir_id"])
    usual = {"certainty": Certainty.OBSERVED.value, "method": ContactMethod.ASSUMED.value}
    contact = Contact(**usual | dict(data))
    _check_contact(contact)
    sdk.db.session.add(contact)
    sdk.db.session.flush()
    return contact


def change_contact(contact: Contact, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_contact` does."""
    held_reservoir(contact.reservoir_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(contact, data, fixed=("reservoir_id",))
        _check_contact(contact)


def contacts_of(reservoir: Reservoir) -> list[Contact]:
    """All contacts of the reservoir, in the order of the days from which they are there."""
    rows = select(Contact).where(Contact.reservoir_id == reservoir.id)
    return list(sdk.db.session.scalars(rows.order_by(Contact.as_of.asc().nulls_first())))


def holding(contacts: Iterable[Contact], day: dt.date | None) -> dict[str, Contact]:
    """By kind, the contact that holds on a day: the newest from that day or before it; None =
    before anything was produced. contacts: as `contacts_of` gives them"""
    return {
        row.kind: row
        for row in contacts
        if row.as_of is None or (day is not None and row.as_of <= day)
    }


def depth_ft(contact: Contact) -> float:
    """ft TVD subsea."""
    return convert(contact.depth, contact.depth_unit, "ft")


def _check_contact(contact: Contact) -> None:
    taken = select(Contact.id).where(
        Contact.reservoir_id == contact.reservoir_id,
        Contact.kind == contact.kind,
        Contact.as_of.is_not_distinct_from(contact.as_of),
        Contact.id.is_distinct_from(contact.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"the reservoir has a {contact.kind} contact from this day already",
            field="as_of",
            value=None if contact.as_of is None else contact.as_of.isoformat(),
            remedy="Change that one, or give the day from which this one is there",
        )
    reservoir = sdk.db.session.get_one(Reservoir, contact.reservoir_id)
    beside = holding(contacts_of(reservoir), contact.as_of) | {contact.kind: contact}
    upper, lower = (beside.get(kind) for kind in _ORDER)
    if ContactKind.GAS_WATER in beside and (upper or lower):
        raise sdk.WellheadError(
            "gas lies on water, or on oil that lies on water, and this day would have both",
            field="kind",
            value=contact.kind,
            remedy="Delete the contact that is none, or make another reservoir of that part",
        )
    if upper is not None and lower is not None and depth_ft(upper) > depth_ft(lower):
        raise sdk.WellheadError(
            "the gas-oil contact would lie below the oil-water contact of that day",
            field="depth",
            value=contact.depth,
            remedy="Correct the depth, its unit or the day",
        )


def create_rock(data: Mapping[str, Any]) -> Rock:
    """New rock. data: as `RockSchema` loads it. Raises ApiError 409 for a part described before."""
    held_reservoir(data["reservoir_id"])
    rock = Rock(**{"part": "all", "method": RockMethod.ASSUMED.value} | dict(data))
    _check_rock(rock)
    sdk.db.session.add(rock)
    sdk.db.session.flush()
    return rock


def change_rock(rock: Rock, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_rock` does."""
    held_reservoir(rock.reservoir_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(rock, data, fixed=("reservoir_id",))
        _check_rock(rock)


def _check_rock(rock: Rock) -> None:
    taken = select(Rock.id).where(
        Rock.reservoir_id == rock.reservoir_id,
        Rock.part == rock.part,
        Rock.id.is_distinct_from(rock.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "this part of the reservoir is described already",
            field="part",
            value=rock.part,
            remedy="Change that record, or name another part",
        )
