"""What was made of a simulated field's volumes: its last whole month divided among the wells,
closed, and adjusted since, a decline fit a well, and the battery's tanks."""

import datetime as dt

from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_production.allocation.runs import run_allocation
from wellhead_production.decline.fits import create_fit
from wellhead_production.meters import create_correction
from wellhead_production.models import Facility, Meter, Network
from wellhead_production.months.adjustments import adjust
from wellhead_production.months.calendar import days_of
from wellhead_production.months.closing import close_month
from wellhead_production.past import OIL_METER
from wellhead_production.schemas.decline import DeclineFitSchema
from wellhead_production.tanks import create_tank
from wellhead_production.tickets import create_ticket
from wellhead_wells.past import Past

_ONE_DAY = dt.timedelta(days=1)
_PROVED_DAYS = 5
"""At the end of the closed month, which a late proving of the oil meter concerns"""
_PROVED = 1.002
_CHOICES = {
    "model": "modified_hyperbolic",
    "terminal_decline": 8,
    "terminal_decline_kind": "secant_effective",
    "economic_limit": 10,
    "rate_basis": "producing_day",
    "minimum_hours": 12,
}


def keep_books(past: Past) -> None:
    """All of it. Does not commit."""
    network = sdk.db.session.scalars(select(Network).where(Network.name == past.field)).one()
    battery = sdk.db.session.get_one(Facility, network.facility_id)
    _run_down_tank(battery, past)  # first: its day may be of the month that is closed
    _close_last_month(battery, network, past)
    for well in past.wells:
        data = {"well_id": str(well.well_id), "fluid": "oil", "choices": _CHOICES}
        create_fit(DeclineFitSchema().load(data))


def _close_last_month(battery: Facility, network: Network, past: Past) -> None:
    """Allocate and close the last whole month that was measured, if there is one; then the oil
    meter is proved, and the month adjusted in the next."""
    booked = (past.dates[-1] + _ONE_DAY).replace(day=1)
    month = (booked - _ONE_DAY).replace(day=1)
    if month < past.dates[0]:
        return
    days = days_of(month)
    run_allocation(network, days, reason=None, all_days=False)
    close_month(battery, month, remark="Simulated", accept_warnings=True)
    sdk.db.session.flush()
    meter = sdk.db.session.scalars(select(Meter).where(Meter.name == OIL_METER)).one()
    create_correction(
        {
            "meter_id": meter.id,
            "first_day": days[-_PROVED_DAYS],
            "last_day": days[-1],
            "factor": _PROVED,
            "reason": "Proved after the month was closed",
        }
    )
    adjust(network, {"month": month, "booked_month": booked, "reason": "The oil meter was proved"})


def _run_down_tank(battery: Facility, past: Past) -> None:
    """The first well's tank, whose level its tag measures, and the ticket of its last run."""
    name = past.wells[0].name
    tag = sdk.db.session.scalar(select(Tag.id).where(Tag.name == f"{name}.OIL_TANK"))
    tank = create_tank(
        {
            "facility_id": battery.id,
            "name": f"{name} oil tank",
            "fluid": "oil",
            "level_unit": "m",
            "volume_unit": "m3",
            "levels": [0.0, 6.0],
            "volumes": [0.0, 72.0],
            "tag_id": tag,
        }
    )
    zone, start = sdk.zone_of(past.time_zone), sdk.parse_day_start(past.day_start)
    closed = sdk.day_begins(past.dates[-1], zone, start) + dt.timedelta(hours=5)
    warm, cool = sdk.Quantity(32.0, "degC"), sdk.Quantity(30.5, "degC")
    create_ticket(
        {
            "facility_id": battery.id,
            "number": f"{past.dates[-1]:%y%m%d}-1",
            "tank_id": tank.id,
            "opened_at": closed - dt.timedelta(hours=3),
            "closed_at": closed,
            "opening_gauge": sdk.Quantity(4.8, "m"),
            "closing_gauge": sdk.Quantity(1.2, "m"),
            "opening_temperature": warm,
            "closing_temperature": cool,
            "observed_density": sdk.Quantity(past.oil_density, "kg/m3"),
            "density_temperature": sdk.Quantity(15.0, "degC"),
            "bsw": 0.4,
        }
    )
