"""Closing a month: what stands against it, and the record of what was reported."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.allocation.statement import statement_of
from wellhead_production.allocation.states import State, states_of
from wellhead_production.closing import closed_among
from wellhead_production.facilities import day_of
from wellhead_production.models import ClosedMonth, Facility, Network
from wellhead_production.months.calendar import days_of
from wellhead_production.months.frozen import fingerprint_of
from wellhead_production.months.hours import unexplained


def month_of(facility: Facility, month: dt.date) -> dict[str, Any]:
    """How a month stands, as `MonthSchema` shows it: what keeps it from being closed (`problems`),
    and what should be looked at before (`warnings`)."""
    networks = _networks(facility.id)
    if closed_among(facility.id, [month]):
        return {"month": month, "state": "closed", "problems": [], "warnings": []}
    problems = _not_over(facility, month)
    warnings: list[str] = []
    if not any(table["rows"] for table in fingerprint_of(facility.id, month).values()):
        warnings.append(f"{month.isoformat()[:7]}: nothing is known of any of its days")
    if not problems:
        for network in networks:
            for row in states_of(network, days_of(month)):
                problems += _problems(network, row)
                warnings += [f"{row['production_date']}: {word}" for word in row["warnings"]]
        warnings += unexplained(facility, days_of(month))
    return {"month": month, "state": "open", "problems": problems, "warnings": warnings}


def close_month(
    facility: Facility, month: dt.date, *, remark: str | None, accept_warnings: bool
) -> ClosedMonth:
    """Make a month's numbers final. It does not commit.

    Raises ApiError 409 `month_closed` for one that is, 422 `month_incomplete` naming each day that
    is not allocated, no longer fits or has volumes that no well was given, and `month_has_warnings`
    naming all of them while they are not accepted.
    """
    held = select(Facility.id).where(Facility.id == facility.id).with_for_update()
    sdk.db.session.execute(held)
    found = month_of(facility, month)
    if found["state"] == "closed":
        raise sdk.ApiError(409, "month_closed", f"{month:%Y-%m} is closed already.")
    if found["problems"]:
        first = found["problems"][0]["message"]
        raise sdk.ApiError(
            422, "month_incomplete", f"The month cannot be closed: {first}.", found["problems"]
        )
    if found["warnings"] and not accept_warnings:
        details = [
            {"field": "accept_warnings", "message": word, "remedy": "Look at it, or accept it"}
            for word in found["warnings"]
        ]
        words = f"{len(details)} warnings are to be looked at, or accepted."
        raise sdk.ApiError(422, "month_has_warnings", words, details)
    sdk.db.session.flush()
    actor = sdk.current_actor()
    closed = ClosedMonth(
        facility_id=facility.id,
        month=month,
        closed_at=dt.datetime.now(dt.UTC),
        closed_by=actor.email or actor.source,
        remark=remark,
        accepted=found["warnings"],
        content=[_reported(network, month) for network in _networks(facility.id)],
        fingerprint=fingerprint_of(facility.id, month),
    )
    sdk.db.session.add(closed)
    return closed


def _networks(facility_id: uuid.UUID) -> list[Network]:
    asked = select(Network).where(Network.facility_id == facility_id).order_by(Network.name)
    return list(sdk.db.session.scalars(asked))


def _not_over(facility: Facility, month: dt.date) -> list[dict[str, Any]]:
    _, end = day_of(facility, days_of(month)[-1], "month")
    if end <= dt.datetime.now(dt.UTC):
        return []
    return [
        {
            "field": "month",
            "value": f"{month:%Y-%m}",
            "message": f"its last production day ends at {end.isoformat()}",
            "remedy": "Close it after that",
        }
    ]


def _problems(network: Network, row: dict[str, Any]) -> list[dict[str, Any]]:
    """What keeps one day of a network from being final."""
    day = row["production_date"].isoformat()
    known = {"field": "networks", "value": f"{network.name} {day}"}
    for meter in row["missing"]:
        return [
            known
            | {
                "message": f"{network.name}: meter {meter} has no total of {day}",
                "remedy": "Calculate it from its tag, or enter it",
            }
        ]
    if row["state"] == State.NONE and row["expected"]:
        return [
            known | {"message": f"{network.name}: {day} is not allocated", "remedy": "Allocate it"}
        ]
    if row["state"] == State.STALE:
        return [
            known
            | {
                "message": f"{network.name}: {day} was allocated from other inputs than are known",
                "remedy": "Allocate it again; its state says what has changed",
            }
        ]
    if row["unallocated"]:
        return [
            known
            | {
                "message": f"{network.name}: of {day} there is a volume that no well was given",
                "remedy": "Correct hours, tests or meters, and allocate it again",
            }
        ]
    return []


def _reported(network: Network, month: dt.date) -> dict[str, Any]:
    """The network's statement as plain values, for good."""
    return {
        "network_id": str(network.id),
        "name": network.name,
        "lines": [
            {name: _plain(value) for name, value in line.items()}
            for line in statement_of(network, month)
        ],
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else _number(value)


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else float(value)
