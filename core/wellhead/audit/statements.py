"""What a statement over many rows did, in one audit row."""

from typing import Any

from sqlalchemy import Column, Delete, Insert, Update
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.visitors import iterate

from wellhead.audit.values import MASK, column_value, plain

_DIALECT = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]


def summary_of(state: ORMExecuteState) -> tuple[str, dict[str, Any]]:
    """(action, summary): `set` = column → value for an update, `where` and its `parameters`, and
    `rows` where the parameters tell it before the statement runs."""
    statement = state.statement
    summary: dict[str, Any] = {}
    if isinstance(state.parameters, list):
        summary["rows"] = len(state.parameters)
    if isinstance(statement, Insert):
        return "insert", summary
    if isinstance(statement, Update):
        summary["set"] = _assignments(statement)
        action = "update"
    else:
        action = "delete"
    if isinstance(statement, Update | Delete) and statement.whereclause is not None:
        summary |= _condition(statement.whereclause)
    return action, summary


def _assignments(statement: Update) -> dict[str, Any]:
    shown = {}
    pairs = dict(statement._values or {}).items()
    for column, value in pairs:
        name = getattr(column, "name", str(column))
        plain_column = statement.table.c.get(name)
        if isinstance(value, BindParameter):
            value = value.value
        if not isinstance(plain_column, Column):
            shown[name] = MASK
        elif isinstance(value, ClauseElement):
            shown[name] = MASK if plain_column.info.get("secret") else _sql(value)[0]
        else:
            shown[name] = column_value(plain_column, value)
    return shown


def _condition(clause: ClauseElement) -> dict[str, Any]:
    text, parameters = _sql(clause)
    secret = any(isinstance(part, Column) and part.info.get("secret") for part in iterate(clause))
    return {"where": text, "parameters": MASK if secret else parameters}


def _sql(clause: ClauseElement) -> tuple[str, Any]:
    compiled = clause.compile(dialect=_DIALECT)
    return str(compiled), plain(dict(compiled.params))
