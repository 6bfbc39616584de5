"""Making steps in the transaction of `db.session`: for requests and jobs."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada.commands.steps import Statement, Step


def run(statement: Statement) -> Mapping[str, Any] | None:
    """The first row of what a statement returns; None when it returns none."""
    text, values = statement
    result = sdk.db.session.connection().exec_driver_sql(text, values)
    row = result.mappings().first() if result.returns_rows else None
    return None if row is None else dict(row)


def make(step: Step) -> bool:
    """Make a step, not committed; False when the command was not in a state that it may follow,
    or its condition does not hold."""
    made = run(step.update())
    if made is None:
        return False
    for entry in step.entries(sdk.current_tenant(), made):
        run(entry)
    return True
