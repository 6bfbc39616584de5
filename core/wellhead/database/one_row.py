"""A record and its short lists, read in one row.

SQLAlchemy's session reads a record at several times what its statement costs, and each list by a
statement of its own, or joined, in rows that multiply. Here a list comes as one array for each of
its columns, the driver reads the row, and the session gets the record as if it had read it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ARRAY, Float, FromClause, bindparam, func, inspect, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Mapper, RelationshipDirection, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeEngine

from wellhead.database.driver import first_row
from wellhead.database.extension import db
from wellhead.errors import WellheadError

_DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_FLOAT8, _NUMERIC = 701, 1700
"""PostgreSQL's numbers of the types, which SQLAlchemy asks for what is a number to it."""


class OneRow:
    """model: a mapped class whose key is one column
    lists: relationships of it, `Well.datums`, to records of other kinds that have it as their one
    parent. Raises WellheadError for others."""

    def __init__(self, model: type[Any], lists: Sequence[Any] = ()) -> None:
        mapper = inspect(model)
        self._model = model
        self._record = _Shape(mapper)
        self._lists = [(each.key, _Shape(each.property.mapper)) for each in lists]
        statement = select(*self._record.columns).select_from(model)
        for each, (_, shape) in zip(lists, self._lists, strict=True):
            arrays = _arrays(model, each, shape)
            statement = statement.add_columns(*arrays.c).outerjoin(arrays, true())
        key = mapper.primary_key[0]
        statement = statement.where(key == bindparam("key", type_=key.type))
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        self._statement, self._given = str(compiled), compiled.params

    def read(self, key: Any) -> Any:
        """The record of `db.session`, or None. What the session has read before stays as it is."""
        session = db.session()
        if len(session.identity_map):
            return session.get(self._model, key)
        pooled = session.connection().connection
        row = first_row(db.engine, pooled, self._statement, {**self._given, "key": key})
        if row is None:
            return None
        begin = len(self._record.names)
        record = self._record.made(row[:begin])
        for name, shape in self._lists:
            end = begin + len(shape.names)
            arrays, begin = row[begin:end], end
            items = [] if arrays[0] is None else list(map(shape.made, zip(*arrays, strict=True)))
            set_committed_value(record, name, items)
        session.add(record)
        return record


class _Shape:
    """How values become records of a mapped class."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        attributes = [each for each in mapper.column_attrs if not each.deferred]
        self.names = [each.key for each in attributes]
        self.columns = [getattr(mapper.class_, name) for name in self.names]
        self._new: Callable[[], Any] = mapper.class_manager.new_instance
        self._converted = {
            column.key: convert
            for column in self.columns
            if (convert := _converter(column.type)) is not None
        }

    def made(self, values: Sequence[Any]) -> Any:
        """A record that is in the database, for a session to be added to."""
        record = self._new()
        loaded = record.__dict__
        loaded.update(zip(self.names, values, strict=True))
        for name, convert in self._converted.items():
            loaded[name] = convert(loaded[name])
        make_transient_to_detached(record)
        return record


def _converter(of: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes of the driver's value the attribute's; None where they are the same."""
    number = _FLOAT8 if isinstance(of, Float) else _NUMERIC
    kept = of.dialect_impl(_DIALECT)
    return kept.result_processor(_DIALECT, number)


def _arrays(model: type[Any], of: Any, shape: _Shape) -> FromClause:
    """The items of one record's list: an array for each column, in the list's order."""
    if of.property.direction is not RelationshipDirection.ONETOMANY:
        raise _unreadable("has items that may be in several lists", of)
    if of.property.mapper.local_table is inspect(model).local_table:
        raise _unreadable("has items of the record's own kind", of)
    for column in shape.columns:
        if isinstance(column.type, ARRAY):
            raise _unreadable(f"has arrays in its items ({column}), which may differ in length", of)
    order = of.property.order_by or of.property.mapper.primary_key
    gathered = [
        func.array_agg(aggregate_order_by(column, *order)).label(f"{of.key}_{column.key}")
        for column in shape.columns
    ]
    return select(*gathered).where(of.property.primaryjoin).correlate(model).lateral(of.key)


def _unreadable(why: str, of: Any) -> WellheadError:
    return WellheadError(
        f"the list {of} {why}, and is not read in one row with its record",
        field="lists",
        value=str(of),
        remedy="Leave it out of lists; it is then read by itself",
    )
