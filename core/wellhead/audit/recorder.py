"""Every ORM write leaves its audit row in the same transaction, with no code in the models.

Objects: before an UPDATE or DELETE the row is read and locked, so `old` is what the database really
held, and not what this process loaded some time ago; `new` is what was written. The rows of one
flush go out as one statement at its end. Statements over many rows (`update(Model)…`) leave one row
with their count. Statements on bare tables (`update(Model.__table__)`) leave none: they are for
bookkeeping that is not a change anybody asked for, and say so where they are used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Result, RowMapping, Table, event, insert, select
from sqlalchemy.orm import (
    InstanceState,
    Mapper,
    ORMExecuteState,
    Session,
    UOWTransaction,
    object_session,
)
from sqlalchemy.orm.attributes import instance_state

from wellhead.audit.actor import current_actor
from wellhead.audit.models import AuditEntry, PlatformAuditEntry
from wellhead.audit.statements import summary_of
from wellhead.audit.values import column_value
from wellhead.database.extension import metadata
from wellhead.database.scope import PLATFORM_SCHEMA

_KEY = "wellhead.audit"
_AUDIT_TABLES = {"core_audit": AuditEntry.__table__, PLATFORM_SCHEMA: PlatformAuditEntry.__table__}


@dataclass(slots=True)
class _Flush:
    """What one flush has read and written so far."""

    before: dict[InstanceState[Any], RowMapping] = field(default_factory=dict)
    entries: list[tuple[Table, dict[str, Any]]] = field(default_factory=list)


def install_audit() -> None:
    """Switch the audit on for every session of this process; more than once does no harm."""
    if event.contains(Session, "before_flush", _begin):
        return
    event.listen(Session, "before_flush", _begin)
    event.listen(Mapper, "before_update", _before_update)
    event.listen(Mapper, "before_delete", _before_delete)
    event.listen(Mapper, "after_insert", _after_insert)
    event.listen(Mapper, "after_update", _after_update)
    event.listen(Mapper, "after_delete", _after_delete)
    event.listen(Session, "after_flush", _write)
    event.listen(Session, "do_orm_execute", _statement)


def _begin(session: Session, context: UOWTransaction, instances: Any) -> None:
    session.info[_KEY] = _Flush()


def _before_update(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is not None and session.is_modified(target, include_collections=False):
        _before_delete(mapper, connection, target)


def _before_delete(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    flush = _flush_of(mapper, target)
    if flush is not None:
        row = _read(mapper, connection, target, _columns(mapper), lock=True)
        if row is not None:
            flush.before[instance_state(target)] = row


def _after_insert(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    flush = _flush_of(mapper, target)
    if flush is not None:
        new = _values(mapper, connection, target, _columns(mapper))
        shown = {column.name: column_value(column, value) for column, value in new.items()}
        _add(flush, mapper, target, "insert", None, shown)


def _after_update(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    flush = _flush_of(mapper, target)
    before = flush.before.pop(instance_state(target), None) if flush else None
    if flush is None or before is None:
        return
    # what the database sets at each update (updated_at) says nothing that `at` does not
    columns = [c for c in _columns(mapper) if c.onupdate is None and c.server_onupdate is None]
    after = _values(mapper, connection, target, columns)
    changed = [column for column in columns if before[column] != after[column]]
    if changed:
        old = {column.name: column_value(column, before[column]) for column in changed}
        new = {column.name: column_value(column, after[column]) for column in changed}
        _add(flush, mapper, target, "update", old, new)


def _after_delete(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    flush = _flush_of(mapper, target)
    before = flush.before.pop(instance_state(target), None) if flush else None
    if flush is not None and before is not None:
        old = {column.name: column_value(column, before[column]) for column in _columns(mapper)}
        _add(flush, mapper, target, "delete", old, None)


def _write(session: Session, context: UOWTransaction) -> None:
    flush: _Flush = session.info.pop(_KEY)
    _insert(session, flush.entries)


def _statement(state: ORMExecuteState) -> Result[Any] | None:
    mapper = state.bind_mapper
    writes = state.is_insert or state.is_update or state.is_delete
    if not (writes and state.is_orm_statement and mapper is not None and _ours(mapper)):
        return None
    action, summary = summary_of(state)
    result = state.invoke_statement()
    if "rows" not in summary:
        rows = getattr(result, "rowcount", -1)
        summary["rows"] = rows if rows >= 0 else None
    table = _table(mapper)
    _insert(state.session, [(table, _entry(table, action, None, None, summary))])
    return result


def _insert(session: Session, entries: Iterable[tuple[Table, dict[str, Any]]]) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {}
    for table, entry in entries:
        target = _AUDIT_TABLES[PLATFORM_SCHEMA if table.schema == PLATFORM_SCHEMA else "core_audit"]
        rows.setdefault(target, []).append(entry)
    for target, values in rows.items():
        session.connection().execute(insert(target), values)


def _add(
    flush: _Flush,
    mapper: Mapper[Any],
    target: Any,
    action: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
) -> None:
    table = _table(mapper)
    record = ",".join(str(part) for part in mapper.primary_key_from_instance(target))
    flush.entries.append((table, _entry(table, action, record, old, new)))


def _entry(
    table: Table,
    action: str,
    record: str | None,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
) -> dict[str, Any]:
    actor = current_actor()
    return {
        "actor_id": actor.user_id,
        "actor_email": actor.email,
        "request_id": actor.request_id,
        "source": actor.source,
        "action": action,
        "table_name": table.name,
        "record_id": record,
        "old": old,
        "new": new,
    }


def _flush_of(mapper: Mapper[Any], target: Any) -> _Flush | None:
    session = object_session(target)
    if session is None or not _ours(mapper):
        return None
    flush: _Flush | None = session.info.get(_KEY)
    return flush


def _ours(mapper: Mapper[Any]) -> bool:
    """Other libraries' tables in this process are none of our business."""
    table = mapper.local_table
    return (
        isinstance(table, Table)
        and table.metadata is metadata
        and table not in _AUDIT_TABLES.values()
    )


def _table(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    assert isinstance(table, Table)
    return table


def _columns(mapper: Mapper[Any]) -> list[Column[Any]]:
    return [
        attribute.columns[0]
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0], Column)
    ]


def _values(
    mapper: Mapper[Any], connection: Connection, target: Any, columns: list[Column[Any]]
) -> dict[Column[Any], Any]:
    """What was written; what the database worked out itself is read back."""
    known = instance_state(target).dict
    keys = {column: mapper.get_property_by_column(column).key for column in columns}
    values = {column: known[key] for column, key in keys.items() if key in known}
    missing = [column for column in columns if column not in values]
    if missing:
        row = _read(mapper, connection, target, missing, lock=False)
        values |= {column: row[column] if row is not None else None for column in missing}
    return values


def _read(
    mapper: Mapper[Any],
    connection: Connection,
    target: Any,
    columns: list[Column[Any]],
    *,
    lock: bool,
) -> RowMapping | None:
    # the identity, not the attributes: a changed primary key must find the row as it is now
    state = instance_state(target)
    identity = state.identity if lock else mapper.primary_key_from_instance(target)
    if identity is None:
        return None
    query = select(*columns).select_from(mapper.persist_selectable)
    for column, part in zip(mapper.primary_key, identity, strict=True):
        query = query.where(column == part)
    return connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
