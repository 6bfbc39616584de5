"""Run tickets: entering and changing them. Like `facilities`, these functions do not commit.

What follows from a ticket is worked out when it is entered and kept with it: a later correction of
a strapping table or meter factor changes no paper that two parties have signed.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.calc.tickets import Gauge, Net, net_of_meter, net_of_tank, volume_at
from wellhead_production.closing import require_open
from wellhead_production.facilities import day_of
from wellhead_production.meter_factors import Factors
from wellhead_production.models import Facility, Meter, RunTicket, Tank
from wellhead_production.models.tanks import TICKET_PARTS
from wellhead_production.records import require_facility, require_meter, require_tank
from wellhead_production.vocabulary import Fluid

_BASE = "60F_14.696psia"
"""What API MPMS 11.1 brings volumes to."""
_ONE_DAY = dt.timedelta(days=1)


def create_ticket(data: Mapping[str, Any]) -> RunTicket:
    """A new ticket with its net volume. data: as `RunTicketSchema` loads it.

    Raises WellheadError for times, gauges or densities that cannot be, ApiError 409 for a number
    that another ticket of the facility has, and for a day that is closed.
    """
    facility = require_facility(data["facility_id"])
    ticket = RunTicket(**{"bsw": 0.0} | dict(data))
    _settle(ticket, facility)
    sdk.db.session.add(ticket)
    sdk.db.session.flush()
    return ticket


def change_ticket(ticket: RunTicket, data: Mapping[str, Any]) -> None:
    """Change what `data` names, and work it out again. Raises as `create_ticket` does."""
    require_open(ticket.facility_id, [ticket.production_date], "closed_at")
    facility = sdk.db.session.get_one(Facility, ticket.facility_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(ticket, data, fixed=("facility_id",))
        _settle(ticket, facility)


def delete_ticket(ticket: RunTicket) -> None:
    """Delete a ticket. Raises ApiError 409 when its day is closed."""
    require_open(ticket.facility_id, [ticket.production_date], "closed_at")
    sdk.db.session.delete(ticket)


def _settle(ticket: RunTicket, facility: Facility) -> None:
    if ticket.closed_at <= ticket.opened_at:
        raise sdk.WellheadError(
            "is not after opened_at",
            field="closed_at",
            value=ticket.closed_at.isoformat(),
            remedy="Correct one of the two times",
        )
    ticket.production_date = _day(facility, ticket.closed_at)
    require_open(facility.id, [ticket.production_date], "closed_at")
    _refuse_taken(ticket)
    _refuse_missing(ticket)
    ticket.base_density = _base_density(ticket)
    net = _of_tank(ticket) if ticket.tank_id is not None else _of_meter(ticket)
    factor = sdk.units.oil_volume_factor(_BASE, facility.standard_conditions, ticket.base_density)
    ticket.standard_conditions = facility.standard_conditions
    ticket.gross_observed = net.gross_observed
    ticket.gross_standard = net.gross_standard * factor
    ticket.net_standard = net.net_standard * factor
    ticket.ctl, ticket.cpl = net.ctl, net.cpl


def _day(facility: Facility, at: dt.datetime) -> dt.date:
    day = at.date() + _ONE_DAY
    while day_of(facility, day, "closed_at")[0] > at:
        day -= _ONE_DAY
    return day


def _of_tank(ticket: RunTicket) -> Net:
    tank = require_tank(ticket.tank_id) if ticket.tank_id else None
    if tank is None:
        raise _of_what()
    _refuse_elsewhere(ticket, tank, "tank_id")
    ticket.volume_unit, ticket.meter_factor = tank.volume_unit, None
    opening, closing = (_gauge(ticket, tank, word) for word in ("opening", "closing"))
    return net_of_tank(opening, closing, ticket.base_density, ticket.bsw)


def _gauge(ticket: RunTicket, tank: Tank, word: str) -> Gauge:
    def volume(name: str) -> float:
        level: sdk.Quantity | None = getattr(ticket, name)
        if level is None:
            return 0.0
        try:
            return volume_at(*tank.table, level.to(tank.level_unit))
        except sdk.WellheadError as error:
            raise sdk.WellheadError(
                error.message, field=name, value=level.value, remedy=error.remedy
            ) from error

    temperature: sdk.Quantity = getattr(ticket, f"{word}_temperature")
    return Gauge(volume(f"{word}_gauge"), volume(f"{word}_water"), temperature.to("degF"))


def _of_meter(ticket: RunTicket) -> Net:
    meter = require_meter(ticket.meter_id) if ticket.meter_id else None
    if meter is None or ticket.temperature is None:
        raise _of_what()
    _refuse_elsewhere(ticket, meter, "meter_id")
    indicated = (ticket.closing_reading or 0.0) - (ticket.opening_reading or 0.0)
    if indicated <= 0:
        raise sdk.WellheadError(
            "is not above opening_reading",
            field="closing_reading",
            value=ticket.closing_reading,
            remedy="Correct one of the two, or add what the meter rolls over at",
        )
    day = ticket.production_date
    ticket.meter_factor = Factors([meter.id], [day]).corrected(meter.id, day) or meter.factor
    pressure = 0.0 if ticket.pressure is None else ticket.pressure.to("psig")
    return net_of_meter(
        indicated,
        ticket.meter_factor,
        ticket.temperature.to("degF"),
        pressure,
        ticket.base_density,
        ticket.bsw,
    )


def _base_density(ticket: RunTicket) -> float:
    density, gravity = ticket.observed_density, ticket.observed_gravity
    if density is not None and gravity is None:
        seen = density.to("kg/m3")
    elif gravity is not None and density is None:
        seen = float(sdk.units.density_of_api(gravity))
    else:
        raise sdk.WellheadError(
            "give the density of the sample or its gravity, one of them",
            field="observed_density",
            remedy="Leave one of observed_density and observed_gravity out",
        )
    return float(sdk.units.base_density(seen, ticket.density_temperature.to("degF")))


def _refuse_elsewhere(ticket: RunTicket, source: Tank | Meter, field: str) -> None:
    if source.facility_id != ticket.facility_id or source.fluid != Fluid.OIL:
        raise sdk.WellheadError(
            "is of another facility, or not of oil",
            field=field,
            value=str(source.id),
            remedy="Name one of the facility that is of oil",
        )


def _refuse_missing(ticket: RunTicket) -> None:
    (own, parts), (other, others) = sorted(
        TICKET_PARTS.items(), key=lambda part: getattr(ticket, part[0]) is None
    )
    if getattr(ticket, own) is None or getattr(ticket, other) is not None:
        raise _of_what()
    extra = [name for name in others if getattr(ticket, name) is not None]
    missing = [name for name in parts if getattr(ticket, name) is None]
    if missing or extra:
        word = "is missing for" if missing else "does not go with"
        raise sdk.WellheadError(
            f"{word} a ticket with {own}",
            field=(missing or extra)[0],
            remedy=f"Such a ticket has {', '.join(parts)}",
        )
    if ticket.meter_id is not None and ticket.volume_unit is None:
        raise sdk.WellheadError(
            "is missing for a ticket of a meter", field="volume_unit", remedy="Name the unit"
        )


def _of_what() -> sdk.WellheadError:
    return sdk.WellheadError(
        "a ticket is of a tank or of a meter",
        field="tank_id",
        remedy="Give one of tank_id and meter_id",
    )


def _refuse_taken(ticket: RunTicket) -> None:
    taken = select(RunTicket.id).where(
        RunTicket.facility_id == ticket.facility_id,
        RunTicket.number == ticket.number,
        RunTicket.id.is_distinct_from(ticket.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "the facility has a ticket of this number",
            field="number",
            value=ticket.number,
            remedy="Correct the number",
        )
