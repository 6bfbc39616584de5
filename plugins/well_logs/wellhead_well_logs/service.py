"""Logs: opened, written to row by row, revised. Other plugins may call these functions.

They work in the caller's tenant and transaction and do not commit. Rows go over a psycopg
connection, the caller's own or that of the session (`connection_of`), so that a process which
polls a store of a rig writes rows and its cursor in one transaction.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from wellhead import sdk
from wellhead_well_logs import store
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.described import NewCurve as NewCurve
from wellhead_well_logs.described import NewLog as NewLog
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.mnemonics import DEPTH_UNITS, TIME_UNITS, known_unit, quantity_of
from wellhead_well_logs.models import Curve, Log
from wellhead_well_logs.nulls import without_nulls
from wellhead_well_logs.rows import Rows
from wellhead_well_logs.vocabulary import DATETIME, DataType, LogKind, State
from wellhead_wells.models import Wellbore

AnySession = Session | scoped_session[Any]
MOST_CURVES = 2_000
_MOST_INDEX = 9e15
"""Microseconds since 1970 are whole numbers up to here; no depth comes near."""


def open_log(bore: Wellbore, new: NewLog) -> Log:
    """The wellbore's growing log of this name, run and source: made when it is not there, and given
    those of the curves (by mnemonic, without case) that it does not have.

    Raises ApiError 409 where the current log of this name and run is of another source, kind or
    index unit, or no longer grows; WellheadError for a description that cannot be.
    """
    log = current_log(bore, new.name, new.run)
    if log is None:
        return create_log(bore, new)
    same = (log.source, log.kind, log.index_unit) == (new.source, new.kind, new.index_unit)
    if not (same and log.growing):
        raise refused_name(log)
    known = {curve.mnemonic.upper() for curve in log.curves}
    for curve in new.curves:
        if curve.mnemonic.upper() not in known:
            known.add(curve.mnemonic.upper())
            log.curves.append(_curve(curve, len(log.curves)))
    sdk.db.session.flush()
    return log


def create_log(
    bore: Wellbore, new: NewLog, *, replaces: Log | None = None, reason: str | None = None
) -> Log:
    """A new log without rows, or the next revision of `replaces`, which must be its wellbore's.

    Raises ApiError 409 where the wellbore has a current log of this name and run that it does not
    replace, or `replaces` has been replaced already, 404 where that has gone meanwhile;
    WellheadError for what cannot be.
    """
    revision = 1
    if replaces is not None:
        _supersede(bore, replaces)
        revision = replaces.revision + 1
    taken = current_log(bore, new.name, new.run)
    if taken is not None:
        raise refused_name(taken)
    unit = _index_unit(new)
    if len(new.curves) > MOST_CURVES:
        raise sdk.WellheadError(
            f"a log has at most {MOST_CURVES} curves",
            field="curves",
            value=len(new.curves),
            remedy="Make several logs of it",
        )
    log = Log(
        wellbore_id=bore.id,
        name=new.name,
        kind=new.kind.value,
        run=new.run,
        index_mnemonic=new.index_mnemonic,
        index_unit=new.index_unit,
        index_known_unit=unit,
        depth_datum=_datum(bore, new),
        direction=new.direction.value,
        step=new.step,
        service_company=new.service_company,
        logged_on=new.logged_on,
        null_value=new.null_value,
        source=new.source.value,
        source_name=new.source_name,
        source_sha256=new.source_sha256,
        header=dict(new.header),
        growing=new.growing,
        revision=revision,
        replaces=None if replaces is None else replaces.id,
        reason=reason,
        state=State.CURRENT.value,
        created_by=sdk.current_actor().email,
        curves=[_curve(curve, position) for position, curve in enumerate(new.curves)],
    )
    sdk.db.session.add(log)
    sdk.db.session.flush()
    return log


def append_rows(
    connection: store.Connection | AnySession,
    log: uuid.UUID,
    index: Floats,
    values: Floats,
    curves: Sequence[str],
    texts: Mapping[str, Texts] | None = None,
) -> None:
    """Put rows into a log, by index: a row that is there gets these values, so the same rows again
    change nothing.

    connection: psycopg's inside a tenant, or a session; rows are in its transaction
    index: float64[n], none NaN, in any order, in the log's index unit (µs since 1970 UTC for
        `datetime`); of two rows with the same index the last counts
    values: float64[k, n], a row a curve of `curves` (mnemonics, without case); what is not finite
        is null. Curves that are not named keep what they have
    texts: of text curves, mnemonic → n texts, None = null
    Raises WellheadError for a curve that the log does not have, or lengths that differ.
    """
    raw = _raw(connection)
    known = _hold(raw, log)
    index = np.asarray(index, np.float64)
    if len(values) != len(curves) or any(len(column) != len(index) for column in values):
        raise sdk.WellheadError(
            f"a row a curve and a column an index: {len(curves)} curves, {len(index)} indexes",
            field="values",
            value=str(np.shape(values)),
        )
    rows = Rows(
        index,
        {
            _found(known, name, DataType.NUMBER): without_nulls(np.asarray(column, np.float64), ())
            for name, column in zip(curves, values, strict=True)
        },
        {
            _found(known, name, DataType.TEXT): list(column)
            for name, column in (texts or {}).items()
        },
    )
    put_rows(raw, log, rows, known)


def put_rows(
    connection: store.Connection, log: uuid.UUID, rows: Rows, known: Mapping[str, Any] | None = None
) -> None:
    """`append_rows` of columns by the curves' ids; known: as `_hold` gives them, by who holds the
    log."""
    known = _hold(connection, log) if known is None else known
    if not (np.abs(rows.index) < _MOST_INDEX).all():
        raise sdk.WellheadError(
            f"an index is a number of less than {_MOST_INDEX:.0e}",
            field="index",
            remedy="Send depths and times in the log's index unit",
        )
    store.upsert(
        connection,
        log,
        rows,
        [key for key, kind in known.values() if kind == DataType.NUMBER],
        [key for key, kind in known.values() if kind == DataType.TEXT],
    )


def last_index(connection: store.Connection | AnySession, log: uuid.UUID) -> float | None:
    """The greatest index that the log has a row of, in its unit; None while it has none."""
    statement = "SELECT last_index FROM well_logs_log WHERE id = %s"
    row = _raw(connection).execute(statement, [log]).fetchone()
    found: float | None = None if row is None else row[0]
    return found


def connection_of(session: AnySession) -> store.Connection:
    """psycopg's connection under a session, in its transaction and tenant."""
    session.flush()
    raw: store.Connection | None = session.connection().connection.driver_connection
    assert raw is not None
    return raw


def _raw(connection: store.Connection | AnySession) -> store.Connection:
    return connection if isinstance(connection, psycopg.Connection) else connection_of(connection)


def current_log(bore: Wellbore, name: str, run: str | None) -> Log | None:
    """The wellbore's log of this name and run that no other has replaced."""
    return sdk.db.session.scalar(
        select(Log).where(
            Log.wellbore_id == bore.id,
            Log.name == name,
            Log.run.is_not_distinct_from(run),
            Log.state == State.CURRENT,
        )
    )


def refused_name(log: Log) -> sdk.ApiError:
    """409: there is a log of this name and run."""
    return sdk.conflict(
        f"the wellbore has a current log of this name and run, {log.id}",
        field="name",
        value=log.name,
        remedy="Name it in `replaces` to make its next revision, or choose another name or run",
    )


def _supersede(bore: Wellbore, old: Log) -> None:
    locked = select(Log).where(Log.id == old.id).with_for_update(of=Log)
    fresh = locked.execution_options(populate_existing=True)
    if sdk.db.session.scalars(fresh).one_or_none() is None:
        raise sdk.not_found("well log", old.id)
    if old.wellbore_id != bore.id:
        raise sdk.WellheadError(
            "is a log of another wellbore",
            field="replaces",
            value=str(old.id),
            remedy="Name a log of this wellbore",
        )
    if old.state != State.CURRENT:
        raise sdk.conflict(
            "has been replaced already",
            field="replaces",
            value=str(old.id),
            remedy="Replace the newest revision",
        )
    old.state = State.SUPERSEDED.value
    old.growing = False
    sdk.db.session.flush()


def _index_unit(new: NewLog) -> str | None:
    """The index unit as Wellhead writes it, None for one that it does not know."""
    if new.kind is LogKind.TIME and new.index_unit == DATETIME:
        return DATETIME
    unit = known_unit(new.index_unit)
    fitting = DEPTH_UNITS if new.kind is LogKind.DEPTH else TIME_UNITS
    return unit if unit in fitting else None


def _datum(bore: Wellbore, new: NewLog) -> str | None:
    if new.kind is not LogKind.DEPTH:
        return None
    return new.depth_datum or bore.depth_datum or bore.well.depth_datum


def _curve(new: NewCurve, position: int) -> Curve:
    unit = known_unit(new.unit)
    return Curve(
        position=position,
        mnemonic=new.mnemonic,
        unit=new.unit or None,
        known_unit=unit,
        quantity=quantity_of(new.mnemonic, unit),
        description=new.description or None,
        data_type=new.data_type.value,
        dimension=new.dimension,
        element=new.element,
    )


def _hold(connection: store.Connection, log: uuid.UUID) -> dict[str, tuple[uuid.UUID, str]]:
    """The log's curves by mnemonic in capitals, (id, data type); the log locked to the end of the
    transaction: two writers of the same rows would each lose the other's."""
    locked = connection.execute(
        "SELECT id FROM well_logs_log WHERE id = %s AND state = 'current' FOR UPDATE", [log]
    )
    if locked.fetchone() is None:
        raise sdk.WellheadError(
            "there is no such log, or a later revision has replaced it",
            field="log",
            value=str(log),
            remedy="Write to the current revision",
        )
    found = connection.execute(
        "SELECT mnemonic, id, data_type FROM well_logs_curve WHERE log_id = %s ORDER BY position",
        [log],
    )
    return {mnemonic.upper(): (key, kind) for mnemonic, key, kind in found}


def _found(known: Mapping[str, tuple[uuid.UUID, str]], name: str, data_type: DataType) -> uuid.UUID:
    key, kind = known.get(name.upper(), (None, None))
    if key is None or kind != data_type:
        raise sdk.WellheadError(
            f"the log has no {data_type} curve of this name",
            field="curves",
            value=name,
            remedy="Open the log with it first",
        )
    return key
