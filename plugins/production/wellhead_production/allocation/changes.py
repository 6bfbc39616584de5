"""What one version of an allocated day has other than the version before."""

from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.allocation.divide import unit_of
from wellhead_production.allocation.inputs import differences
from wellhead_production.models import AllocatedVolume, AllocationDay
from wellhead_production.vocabulary import Fluid


def changes_of(day: AllocationDay) -> dict[str, Any]:
    """As `DayChangesSchema` shows it; of the first version everything is new, and nothing listed
    of its inputs."""
    before = sdk.db.session.scalar(
        select(AllocationDay).where(
            AllocationDay.network_id == day.network_id,
            AllocationDay.production_date == day.production_date,
            AllocationDay.version == day.version - 1,
        )
    )
    was, now = ({} if before is None else _shares(before)), _shares(day)
    return {
        "version": day.version,
        "before": before and before.version,
        "inputs": [] if before is None else differences(before.inputs, day.inputs),
        "volumes": [
            {
                "well_name": name,
                "fluid": fluid,
                "was": was.get((name, fluid)),
                "now": now.get((name, fluid)),
                "unit": unit_of(day.inputs, fluid),
            }
            for name, fluid in sorted(was.keys() | now.keys())
            if was.get((name, fluid)) != now.get((name, fluid))
        ],
    }


def _shares(day: AllocationDay) -> dict[tuple[str, str], Any]:
    asked = select(AllocatedVolume).where(AllocatedVolume.day_id == day.id)
    return {
        (row.well_name, str(fluid)): getattr(row, str(fluid))
        for row in sdk.db.session.scalars(asked)
        for fluid in Fluid
    }
