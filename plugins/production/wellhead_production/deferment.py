"""What downtime cost: volumes that wells would have made, by production day."""

from typing import Any

from wellhead import sdk
from wellhead_production.allocation.inputs import validated_rates
from wellhead_production.calc.day_hours import deferred
from wellhead_production.conditions import volume_factor
from wellhead_production.downtime import days_of, hours_down
from wellhead_production.models import DowntimeEvent, Facility
from wellhead_production.vocabulary import CANONICAL_VOLUME, Fluid

_RATE = "Sm3/d"


def deferment_of(event: DowntimeEvent) -> dict[str, Any]:
    """Hours and deferred volumes of an event by production day, in Sm3 at its facility's
    conditions: potential rate / 24 · hours. Null where neither the event nor a validated test
    before it knows the rate."""
    facility = sdk.db.session.get_one(Facility, event.facility_id)
    rates, basis = _potential(event, facility)
    days = days_of(event, facility)
    hours = hours_down(event.well_id, facility, days, [event])
    volumes = {
        fluid: None if rate is None else deferred(rate, hours) for fluid, rate in rates.items()
    }
    return {
        "event_id": event.id,
        "basis": basis,
        "standard_conditions": facility.standard_conditions,
        "hours": float(hours.sum()),
        **{fluid: None if of is None else float(of.sum()) for fluid, of in volumes.items()},
        "unit": CANONICAL_VOLUME,
        "gas_unit": CANONICAL_VOLUME,
        "days": [
            {
                "production_date": day,
                "hours": float(hours[place]),
                **{
                    fluid: None if of is None else float(of[place]) for fluid, of in volumes.items()
                },
                "unit": CANONICAL_VOLUME,
                "gas_unit": CANONICAL_VOLUME,
            }
            for place, day in enumerate(days)
        ],
    }


def _potential(
    event: DowntimeEvent, facility: Facility
) -> tuple[dict[str, float | None], str | None]:
    """(Sm3/d by fluid at the facility's conditions, where they are from)."""
    entered: dict[str, sdk.Quantity | None] = {
        fluid.value: getattr(event, f"potential_{fluid}") for fluid in Fluid
    }
    if any(entered.values()):
        rates = {name: None if rate is None else rate.to(_RATE) for name, rate in entered.items()}
        return rates, "entered with the event"
    test = validated_rates([event.well_id], event.start_at).get(event.well_id)
    if test is None:
        return dict.fromkeys(entered), None
    stated = test["standard_conditions"]
    rates = {
        fluid.value: None
        if test[fluid.value] is None
        else test[fluid.value] * volume_factor(fluid, stated, facility.standard_conditions)
        for fluid in Fluid
    }
    return rates, f"validated test of {test['tested_at'].isoformat()}"
