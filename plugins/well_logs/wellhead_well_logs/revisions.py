"""Revisions: a log that is complete is never written over, what changes it makes the next one."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_well_logs import store
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.models import Log
from wellhead_well_logs.service import (
    NewCurve,
    NewLog,
    append_rows,
    connection_of,
    create_log,
)
from wellhead_well_logs.vocabulary import DataType, Direction, LogKind, Source, State

_MOST = 1e300


def revise(log: Log, reason: str) -> Log:
    """The next revision of a log, with the same curves and rows. Raises as `create_log` does."""
    new = NewLog(
        name=log.name,
        kind=LogKind(log.kind),
        index_mnemonic=log.index_mnemonic,
        index_unit=log.index_unit,
        curves=[
            NewCurve(
                curve.mnemonic,
                curve.unit,
                curve.description,
                DataType(curve.data_type),
                curve.dimension,
                curve.element,
            )
            for curve in log.curves
        ],
        source=Source(log.source),
        run=log.run,
        depth_datum=log.depth_datum,
        direction=Direction(log.direction),
        step=log.step,
        service_company=log.service_company,
        logged_on=log.logged_on,
        null_value=log.null_value,
        source_name=log.source_name,
        source_sha256=log.source_sha256,
        header=log.header,
    )
    made = create_log(log.bore, new, replaces=log, reason=reason)
    store.copy_blocks(connection_of(sdk.db.session), log.id, made.id)
    return made


def write_rows(
    log: Log, index: Sequence[float], columns: Mapping[str, Sequence[Any]], reason: str | None
) -> Log:
    """Put rows that a person sent into a log; the log itself while it grows, else its next
    revision. Raises WellheadError for values that cannot be, and without a reason for a revision.
    """
    numbers, texts = _sorted_columns(log, len(index), columns)
    if not log.growing:
        if reason is None:
            raise sdk.WellheadError(
                "the log is complete, so these rows make a new revision, which needs a reason",
                field="reason",
                remedy="Say why the values change",
            )
        log = revise(log, reason)
    connection = connection_of(sdk.db.session)
    values = np.array(list(numbers.values())).reshape(len(numbers), len(index))
    append_rows(connection, log.id, np.array(index, np.float64), values, list(numbers), texts)
    return log


def delete_log(log: Log) -> None:
    """Delete a revision that no other replaces; the one that it replaced counts again."""
    if log.state != State.CURRENT:
        raise sdk.conflict(
            "a later revision replaces it",
            field="id",
            value=str(log.id),
            remedy="Delete that one first",
        )
    before = log.replaces
    sdk.db.session.delete(log)
    sdk.db.session.flush()
    if before is not None:
        old = sdk.db.session.scalars(select(Log).where(Log.id == before)).one()
        old.state = State.CURRENT.value


def _sorted_columns(
    log: Log, count: int, columns: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, Floats], dict[str, Texts]]:
    types = {curve.mnemonic.upper(): curve.data_type for curve in log.curves}
    numbers: dict[str, Floats] = {}
    texts: dict[str, Texts] = {}
    for name, cells in columns.items():
        if len(cells) != count:
            raise sdk.WellheadError(
                f"has {len(cells)} values, index has {count}", field=f"columns.{name}"
            )
        of_texts = types.get(name.upper()) == DataType.TEXT
        for place, cell in enumerate(cells):
            if cell is not None and not (isinstance(cell, str) if of_texts else _is_number(cell)):
                raise sdk.WellheadError(
                    f"is no {DataType.TEXT if of_texts else DataType.NUMBER}",
                    field=f"columns.{name}.{place}",
                    value=cell,
                    remedy="Send null where there is none",
                )
        if of_texts:
            texts[name] = list(cells)
        else:
            numbers[name] = np.array([math.nan if cell is None else cell for cell in cells], float)
    return numbers, texts


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < _MOST
