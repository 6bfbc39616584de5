"""How the store is doing, for the health page."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_historian.models import Gap, Ledger

_RECENT = dt.timedelta(hours=24)


def store_health() -> sdk.Health:
    """When readings were last stored, and whether any were lost lately, in the default tenant."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return _look()
    except SQLAlchemyError as error:
        return sdk.Health("store", False, f"cannot be read: {error.__cause__ or error}".strip())


def _look() -> sdk.Health:
    session = sdk.db.session
    now = session.scalar(select(func.now()))
    assert now is not None
    lost = session.scalar(
        select(func.coalesce(func.sum(Gap.readings), 0)).where(Gap.ends > now - _RECENT)
    )
    if lost:
        return sdk.Health(
            "store", False, f"a full spool lost {lost} readings in the last 24 h: see historian_gap"
        )
    last = session.scalar(select(func.max(Ledger.updated_at)))
    if last is None:
        return sdk.Health("store", True, "no reading has been stored yet")
    return sdk.Health("store", True, f"last stored {(now - last).total_seconds():.0f} s ago")
