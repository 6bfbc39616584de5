"""How the store is doing, for the health page."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_historian.models import Gap, Ledger, Text

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
    most = int(sdk.plugin_config("historian")["max_texts"])
    if (session.scalar(select(func.max(Text.id))) or 0) >= most:  # numbers may have holes: count
        texts = session.scalar(select(func.count()).select_from(Text)) or 0
        if texts >= most:
            return sdk.Health(
                "store",
                False,
                f"the dictionary is full with {texts} texts, readings with new ones are stored "
                "without them: raise max_texts in [plugins.historian]",
            )
    last = session.scalar(select(func.max(Ledger.updated_at)))
    if last is None:
        return sdk.Health("store", True, "no reading has been stored yet")
    return sdk.Health("store", True, f"last stored {(now - last).total_seconds():.0f} s ago")
