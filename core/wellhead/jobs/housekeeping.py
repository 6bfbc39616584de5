"""The core's own jobs: what has served its time is deleted."""

import datetime as dt
from typing import Any

import structlog
from sqlalchemy import delete, func

from wellhead.auth.models import LoginSession
from wellhead.database.extension import platform_session
from wellhead.database.scope import current_tenant
from wellhead.jobs import ledger

_KEEP_DAYS = 30
log = structlog.get_logger(__name__)


def forget_job_runs() -> None:
    """Of the tenant that is set."""
    _say("job runs", ledger.forget(current_tenant(), _KEEP_DAYS))


def forget_platform_runs() -> None:
    """Of the platform's jobs."""
    _say("job runs of the platform", ledger.forget(None, _KEEP_DAYS))


def forget_sessions() -> None:
    """Logins nobody can go on with; their live tickets go with them. A bare table: that they
    ended was audited when it happened."""
    table: Any = LoginSession.__table__
    with platform_session() as session:
        done: Any = session.execute(
            delete(table).where(table.c.expires_at < func.now() - dt.timedelta(days=_KEEP_DAYS))
        )
    _say("logins", done.rowcount)


def _say(what: str, count: int) -> None:
    if count:
        log.info("forgotten", what=what, count=count)
