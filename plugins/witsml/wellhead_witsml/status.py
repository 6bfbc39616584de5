"""How the stores of the default tenant are doing, for the health page."""

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_witsml.models import Log, LogState, Store

_WELL = ("growing", "ended", "waiting")


def stores_health() -> list[sdk.Health]:
    """One part a store that is switched on: does it answer, and how many of its logs go well."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return _look()
    except SQLAlchemyError as error:
        return [sdk.Health("WITSML", False, f"cannot be read: {error.__cause__ or error}".strip())]


def _look() -> list[sdk.Health]:
    session = sdk.db.session
    counts = {
        store: (logs, well)
        for store, logs, well in session.execute(
            select(
                Log.store_id,
                func.count(),
                func.count().filter(func.coalesce(LogState.state, "waiting").in_(_WELL)),
            )
            .outerjoin(LogState)
            .where(Log.enabled)
            .group_by(Log.store_id)
        )
    }
    found = []
    for store in session.scalars(select(Store).where(Store.enabled).order_by(Store.name)):
        status = store.status
        logs, well = counts.get(store.id, (0, 0))
        detail, connected = status["state"], status["state"] == "connected"
        if connected:
            detail += f", {well} of {logs} logs go well"
        if status["reason"]:
            detail += f": {status['reason']}"
        found.append(sdk.Health(f"WITSML store {store.name}", connected and well == logs, detail))
    return found
