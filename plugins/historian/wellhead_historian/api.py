"""What other plugins ask of the historian. Everything runs inside the tenant that is set."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy import exc, exists, insert, select

from wellhead import sdk
from wellhead_historian.http.measures import check_measure, check_states
from wellhead_historian.models import Source, Tag, TagSource
from wellhead_historian.query.past import Past
from wellhead_historian.retention.classes import DEFAULT, check_class, kept_from, tag_classes
from wellhead_historian.store.choice import Kind, kind_of, make_reader
from wellhead_historian.store.interface import Reader, Readings
from wellhead_historian.store.latest import read_latest
from wellhead_historian.store.texts import TEXT, read_texts, with_texts

__all__ = [
    "Readings",
    "are_past",
    "create_source",
    "create_tag",
    "create_tags",
    "describe_tag",
    "free_names",
    "history",
    "hold_tag",
    "latest",
    "reader",
    "reader_of_one_moment",
    "texts",
]


def create_tag(
    *,
    name: str,
    datatype: str,
    unit: str | None = None,
    quantity: str | None = None,
    asset_id: uuid.UUID | None = None,
    description: str | None = None,
    states: dict[str, str] | None = None,
    tag_class: str = DEFAULT,
    step: bool | None = None,
) -> Tag:
    """A new tag, flushed (it has its id) but not committed. Raises IntegrityError when the name is
    taken or the asset is not there, WellheadError for an unknown unit, quantity or class, and for a
    state that is named as another number."""
    check_measure(unit, quantity, datatype)
    check_class(tag_class)
    check_states(states)
    tag = Tag(
        name=name,
        datatype=datatype,
        unit=unit,
        quantity=quantity,
        asset_id=asset_id,
        description=description,
        states=states,
        tag_class=tag_class,
        step=step,
    )
    sdk.db.session.add(tag)
    sdk.db.session.flush()
    return tag


def free_names(wanted: Sequence[str]) -> list[str]:
    """These names for tags that are to be made, with ` (2)` or more behind one that is taken."""
    taken = set(sdk.db.session.scalars(select(Tag.name).where(Tag.name.in_(wanted))))
    names = []
    for name in wanted:
        free, number = name, 1
        while free in taken or (number > 1 and _is_taken(free)):
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        names.append(free)
    return names


def _is_taken(name: str) -> bool:
    return bool(sdk.db.session.scalar(select(exists().where(Tag.name == name))))


def create_tags(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of many new tags, with the arguments of `create_tag` each, in order; one audit row
    in all. Raises as `create_tag` does."""
    for row in rows:
        check_measure(row["unit"], row["quantity"], row["datatype"])
    if not rows:
        return []
    statement = insert(Tag).returning(Tag.id, sort_by_parameter_order=True)
    return list(sdk.db.session.scalars(statement, [dict(row) for row in rows]))


def describe_tag(tag: Tag, data: dict[str, Any]) -> None:
    """Change fields of a tag. Raises WellheadError for another unit, or a text that becomes a
    number or the other way, once there are readings, for unknown units, quantities and classes, for
    a state that is named as another number, and for an asset that is not there."""
    if "unit" in data and data["unit"] != tag.unit and _has_readings(tag.id):
        raise sdk.WellheadError(
            "the tag has readings in its unit",
            field="unit",
            value=data["unit"],
            remedy=f"Keep {tag.unit!r}, or create another tag for the new unit",
        )
    datatype = data.get("datatype", tag.datatype)
    if (datatype == TEXT) != (tag.datatype == TEXT) and _has_readings(tag.id):
        raise sdk.WellheadError(
            f"the tag has readings, of {tag.datatype}: texts and numbers cannot be mixed",
            field="datatype",
            value=datatype,
            remedy=f"Keep {tag.datatype!r}, or create another tag",
        )
    if {"unit", "quantity", "datatype"} & data.keys():
        unit, quantity = data.get("unit", tag.unit), data.get("quantity", tag.quantity)
        check_measure(unit, quantity, datatype)
    if "tag_class" in data:
        check_class(data["tag_class"])
    if data.get("states") != tag.states:
        check_states(data.get("states"))
    if "asset_id" in data:
        sdk.require_asset(data["asset_id"])
    for name, value in data.items():
        setattr(tag, name, value)


def hold_tag(tag_id: int) -> Tag | None:
    """The tag as it is now, which nobody else changes until the transaction ends; None when it is
    not there. For who compares a tag with what is kept of it elsewhere, before either is changed:
    whoever has a lock on a record of theirs takes that first, and this after it."""
    return sdk.db.session.get(
        Tag, tag_id, populate_existing=True, with_for_update={"key_share": True}
    )


def _has_readings(tag: int) -> bool:
    return bool(sdk.db.session.scalar(select(exists().where(TagSource.tag_id == tag))))


def create_source(name: str) -> int:
    """The id of the source of that name, made when there is none; flushed, not committed."""
    source = sdk.db.session.scalar(select(Source).where(Source.name == name))
    if source is None:
        source = Source(name=name)
        sdk.db.session.add(source)
        sdk.db.session.flush()
    return source.id


def latest(tag_ids: npt.NDArray[np.int32]) -> sdk.Batch:
    """The newest reading of each of these tags that has one: columns sorted by tag, source 0. Good
    ones that a plugin doubts (hook `doubtful`) are uncertain."""
    with driver_connection() as connection:
        newest = read_latest(connection, tag_ids, lambda: make_reader(connection))
        found = with_texts(connection, newest)
    if not len(found):
        return found
    doubted = [tag for _, tags in sdk.ask("doubtful", tags=found.tags) for tag in tags]
    if not doubted:
        return found
    old = np.isin(found.tags, doubted) & sdk.quality.is_good(found.qualities)
    qualities = np.where(old, np.int16(sdk.quality.UNCERTAIN_LAST_USABLE), found.qualities)
    return replace(found, qualities=qualities)


def history(tag_id: int, start: int, end: int, limit: int = 100_000) -> Readings:
    """Readings of one tag with start ≤ time < end (microseconds UTC), at most `limit`; `next` says
    where to go on."""
    with reader() as found:
        return found.read(tag_id, start, end, limit)


def are_past(tag: Tag, start: int, end: int) -> bool:
    """Whether readings of start <= time < end (microseconds UTC) may be removed already: the tag's
    class keeps none so old, or roll-ups know of some that are not left. Ask after reading them, for
    what must not take a part for the whole."""
    known = tag_classes(sdk.plugin_config("historian")).get(tag.tag_class)
    keep_days = None if known is None else known.keep_days
    if keep_days is not None and start < kept_from(time.time_ns() // 1000, keep_days):
        return True
    with reader() as found:
        gone = Past(found, tag.id, estimates=False).buckets(start, end)
        return any(len(buckets) for buckets, _ in gone)


@contextmanager
def reader() -> Iterator[Reader]:
    """The way to the readings, inside the transaction of `db.session`."""
    with driver_connection() as connection:
        yield make_reader(connection)


@contextmanager
def reader_of_one_moment() -> Iterator[Reader]:
    """As `reader`; all that is read is of one moment, and what came before in the transaction is
    let go. Of hypertables each statement is of its own: in a snapshot, readings are missing that
    TimescaleDB makes columns of anew meanwhile."""
    sdk.db.session.rollback()  # a snapshot begins with its transaction
    sdk.db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    with driver_connection() as connection:
        whole = kind_of(connection) is Kind.PACKED
    if not whole:
        sdk.db.session.rollback()
    with reader() as found:
        yield found


def texts(values: npt.NDArray[np.float64]) -> list[str | None]:
    """What readings of a tag of texts say, in order, by their values (of `history`)."""
    with driver_connection() as connection:
        return read_texts(connection, values)


@contextmanager
def driver_connection() -> Iterator[psycopg.Connection[Any]]:
    """The psycopg connection of `db.session`'s transaction, for columns; its errors look like
    SQLAlchemy's."""
    connection = sdk.db.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        yield connection
    except psycopg.OperationalError as error:
        raise exc.OperationalError(None, None, error) from error
