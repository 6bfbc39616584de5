"""The job `acme.find_overdue`."""

import datetime as dt

from sqlalchemy import or_, select

from wellhead import sdk

from .models import Gauge


def find_overdue() -> None:
    """Mark the gauges that were not checked for `check_days` days, or never."""
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(days=sdk.plugin_config("acme")["check_days"])
    late = or_(Gauge.checked_at.is_(None), Gauge.checked_at < oldest)
    for gauge in sdk.db.session.scalars(select(Gauge).where(Gauge.overdue.is_distinct_from(late))):
        gauge.overdue = not gauge.overdue
    sdk.db.session.commit()
