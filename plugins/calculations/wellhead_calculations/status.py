"""How the calculator is doing, for the health page."""

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_calculations.models import Calculation, Dirty, State

_MANY = 10_000


def calculator_health() -> sdk.Health:
    """Whether marks are taken and expressions can be evaluated, in the default tenant."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return _look()
    except SQLAlchemyError as error:
        return sdk.Health("calculator", False, f"cannot be read: {error.__cause__ or error}")


def _look() -> sdk.Health:
    session = sdk.db.session
    count = session.scalar(select(func.count()).select_from(Calculation)) or 0
    if not count:
        return sdk.Health("calculator", True, "no calculated tags")
    waiting = session.scalar(select(func.count()).select_from(Dirty)) or 0
    if waiting > _MANY:
        return sdk.Health(
            "calculator",
            False,
            f"{waiting} marks wait: see that `wellhead calculator` runs for this tenant",
        )
    broken = session.scalar(select(func.count()).select_from(State).where(State.error.is_not(None)))
    if broken:
        return sdk.Health("calculator", False, f"{broken} of {count} calculations have errors")
    return sdk.Health("calculator", True, f"{count} calculated tags, {waiting} marks wait")
