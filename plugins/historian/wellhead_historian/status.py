"""How the store is doing, for the health page."""

import datetime as dt
from collections.abc import Sequence

import structlog
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_historian.models import Gap, Hot, Ledger, Packing, Source, Store, Text
from wellhead_historian.store.choice import Kind, check

log = structlog.get_logger(__name__)
_RECENT = dt.timedelta(hours=24)
_BEHIND = dt.timedelta(hours=3)
"""An hour is packed when it has been over for 5 minutes, so that 65 minutes are usual."""


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
    gaps, lost = session.execute(
        select(func.count(), func.sum(Gap.readings)).where(Gap.ends > now - _RECENT)
    ).one()
    if lost:
        return sdk.Health(
            "store", False, f"a full spool lost {lost} readings in the last 24 h: see historian_gap"
        )
    if gaps:
        return sdk.Health(
            "store",
            False,
            "readings were lost in the last 24 h, nobody knows how many: a spool's "
            "file was damaged, or the database is an older one: see historian_gap",
        )
    try:
        check_store()
    except sdk.WellheadError as error:
        return sdk.Health("store", False, f"{error}")
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


def check_store() -> None:
    """Raises WellheadError when another store is configured than the tenant's readings are in. They
    go on being stored and read where they are: nothing is lost by a wrong line."""
    kind = sdk.db.session.scalar(select(Store.kind))
    if kind is not None:
        check(Kind(kind), sdk.plugin_config("historian")["store"])


def say_store() -> None:
    """At start: that the configured store is refused, where it is."""
    try:
        check_store()
    except sdk.WellheadError as error:
        log.error("historian: another store is configured", problem=str(error))


def store_findings(tenants: Sequence[str]) -> list[sdk.Finding]:
    """For `wellhead doctor`: one finding a tenant whose store is not the configured one."""
    found = []
    for tenant in tenants:
        try:
            with sdk.tenant(tenant):
                check_store()
        except sdk.WellheadError as error:
            text = f"tenant {tenant}: {error.message}, but store = {error.value!r} is configured"
            found.append(sdk.Finding("historian", "action", text, error.remedy or ""))
    return found


def packing_health() -> sdk.Health:
    """Until when readings are packed, in the default tenant, and how many rows wait."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return _look_at_packing()
    except SQLAlchemyError as error:
        return sdk.Health("packing", False, f"cannot be read: {error.__cause__ or error}".strip())


def _look_at_packing() -> sdk.Health:
    session = sdk.db.session
    # Source by source, which the index answers at once.
    of_source = select(func.min(Hot.ts)).where(Hot.source_id == Source.id).scalar_subquery()
    oldest, now = session.execute(select(func.min(of_source), func.now()).select_from(Source)).one()
    table = cast(Hot.__tablename__, REGCLASS)
    size = session.scalar(select(func.pg_total_relation_size(table))) or 0
    through = session.scalar(select(Packing.through))
    waits = f"the hot table has {size >> 20} MB"
    since = through or oldest
    if oldest is not None and oldest < now - _BEHIND and since < now - _BEHIND:
        hours = (now - since).total_seconds() / 3600
        return sdk.Health(
            "packing",
            False,
            f"{hours:.0f} hours behind, {waits}: see the job historian.pack",
        )
    if through is None:
        return sdk.Health("packing", True, f"not needed yet, {waits}")
    return sdk.Health("packing", True, f"packed until {through:%Y-%m-%d %H:%M}Z, {waits}")
