"""The reservoir of a simulated field, as records whose material balance is the field's production.

Oil in place is what the volumes of all days and the last pressure make it by this plugin's own
fluids; the pressures of the surveys between are those at which the balance closes with it.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc import oil_balance
from wellhead_reservoir.calc.gas_balance import pore_compressibility
from wellhead_reservoir.description import create_contact, create_rock
from wellhead_reservoir.models import PvtTable, Reservoir
from wellhead_reservoir.pressures import create_survey
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.samples import create_sample
from wellhead_reservoir.pvt.sets import create_set
from wellhead_reservoir.pvt.tables import Properties, lookup
from wellhead_reservoir.pvt.versions import keep_table, properties_of
from wellhead_reservoir.reservoirs import create_reservoir, create_reservoir_well
from wellhead_reservoir.schemas.volumetrics import VolumetricEstimateSchema
from wellhead_reservoir.volumetric_estimates import estimate
from wellhead_wells.past import Past, PastWell, StopReason

WATER_COMPRESSIBILITY = 4.5e-5
"""1/bar"""
_CONTACT = 40.0
"""m that the oil reaches below the deepest well's perforations"""
_GAUGE = 0.03
"""bar, standard deviation of a pressure gauge"""
_BISECTIONS = 40


def keep(past: Past) -> None:
    """The reservoir with its fluids, rock, wells and pressures. Does not commit."""
    reservoir = create_reservoir(
        {
            "name": past.field,
            "fluid": "black oil",
            "drive": "solution gas",
            "depth_unit": "m",
            "datum_depth": past.datum_depth,
            "initial_pressure": sdk.Quantity(past.initial_pressure, "bara"),
            "temperature": sdk.Quantity(past.temperature, "degC"),
        }
    )
    for well in past.wells:
        create_reservoir_well(
            {"reservoir_id": reservoir.id, "well_id": well.well_id, "since": past.dates[0]}
        )
    deepest = max(well.depth for well in past.wells)
    create_contact(
        {
            "reservoir_id": reservoir.id,
            "kind": "oil-water",
            "depth": round(deepest - past.elevation + _CONTACT, 1),
            "depth_unit": "m",
            "method": "logs",
        }
    )
    create_rock(
        {
            "reservoir_id": reservoir.id,
            "net_to_gross": 1.0,
            "porosity": past.porosity,
            "water_saturation": past.water_saturation,
            "permeability": sdk.Quantity(
                float(np.median([well.permeability for well in past.wells])), "mD"
            ),
            "compressibility": sdk.Quantity(past.rock_compressibility, "1/bar"),
            "method": "well test",
        }
    )
    table = properties_of(_fluids(reservoir, past))
    in_place, pressure = _closing(past, table)
    _volumetric_estimate(reservoir, past, table, in_place)
    random = np.random.default_rng(len(past.dates))
    _survey(
        reservoir, past, past.wells[0], past.dates[0] - dt.timedelta(days=1), past.initial_pressure
    )
    for well, place in _measured(past):
        read = float(pressure[place]) + random.normal(0.0, _GAUGE)
        _survey(reservoir, past, well, past.dates[place], read)


def _fluids(reservoir: Reservoir, past: Past) -> PvtTable:
    """A sample, what correlations make of it, and the table over all pressures of the field."""
    gravity = float(sdk.units.api_of_density(past.oil_density))
    sample = create_sample(
        {
            "reservoir_id": reservoir.id,
            "name": "Bottom hole 1",
            "kind": "bottom hole",
            "well_id": past.wells[0].well_id,
            "sampled_on": past.dates[0] - dt.timedelta(days=1),
            "standard_conditions": past.conditions,
            "temperature": sdk.Quantity(past.temperature, "degC"),
            "pressure_unit": "bara",
            "bubble_point": past.initial_pressure,
            "oil_gravity": round(gravity, 1),
            "gas_gravity": past.gas_gravity,
        }
    )
    chosen = create_set(
        {
            "reservoir_id": reservoir.id,
            "name": "Standing",
            "sample_id": sample.id,
            "standard_conditions": past.conditions,
        }
    )
    return keep_table(
        {
            "correlation_set_id": chosen.id,
            "pressure_from": sdk.Quantity(10.0, "bara"),
            "pressure_to": sdk.Quantity(past.initial_pressure + 35.0, "bara"),
            "rows": 40,
        }
    )


def _closing(past: Past, table: Properties) -> tuple[float, sdk.Array]:
    """(oil in place, STB; bar at the datum by each date, float64[n]): the pressures where what was
    produced by then is what the oil in place has expanded by, at the last date the past's own."""
    volumes = {
        fluid: np.cumsum(np.sum([getattr(well, fluid) for well in past.wells], axis=0))
        for fluid in ("oil", "gas", "water")
    }
    to_gas = sdk.units.gas_volume_factor(past.conditions, FIELD_CONDITIONS)
    to_oil = sdk.units.oil_volume_factor(past.conditions, FIELD_CONDITIONS, past.oil_density)
    none = np.zeros(len(past.dates) + 1)
    made = oil_balance.Volumes(
        oil=_from_nothing(sdk.units.convert(volumes["oil"] * to_oil, "Sm3", "STB")),
        gas=_from_nothing(sdk.units.convert(volumes["gas"] * to_gas, "Sm3", "scf")),
        water=_from_nothing(sdk.units.convert(volumes["water"], "Sm3", "STB")),
        water_injected=none,
        gas_injected=none,
    )
    squeeze = float(
        pore_compressibility(
            sdk.units.convert(past.rock_compressibility, "1/bar", "1/psi"),
            sdk.units.convert(WATER_COMPRESSIBILITY, "1/bar", "1/psi"),
            past.water_saturation,
        )
    )
    start = sdk.units.convert(past.initial_pressure, "bara", "psia")
    last = sdk.units.convert(float(past.datum_pressure[-1]), "bara", "psia")

    def ratio(pressure: sdk.Array) -> sdk.Array:
        """Oil in place, STB, that each date's volumes and pressure make."""
        at = _from_start(start, pressure)
        rows = lookup(table, at)
        fluids = oil_balance.Fluids(bo=rows.bo, rs=rows.rs, bg=rows.bg, bw=rows.bw)
        expanded = oil_balance.expansion(fluids, at, squeeze).total(0.0)[1:]
        return np.asarray(oil_balance.withdrawal(made, fluids)[1:] / expanded)

    in_place = ratio(np.full(len(past.dates), last))[-1]
    low, high = np.full(len(past.dates), last), np.full(len(past.dates), start)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        fallen = ratio(middle) < in_place  # the oil in place would do with less expansion
        low, high = np.where(fallen, middle, low), np.where(fallen, high, middle)
    return float(in_place), sdk.units.convert((low + high) / 2.0, "psia", "bara")


def _volumetric_estimate(
    reservoir: Reservoir, past: Past, table: Properties, in_place: float
) -> None:
    """The area that holds this oil, as a map might have it: likeliest where it is."""
    initial = sdk.units.convert(past.initial_pressure, "bara", "psia")
    volume = sdk.units.convert(in_place, "bbl", "m3") * float(lookup(table, initial).bo[0])
    net = past.thickness * past.porosity * (1.0 - past.water_saturation)
    area = float(f"{volume / net / 1e6:.3g}")
    inputs = {
        "fluid": "oil",
        "standard_conditions": past.conditions,
        "area": {"distribution": "triangular", "unit": "km2"}
        | {"low": 0.8 * area, "mode": area, "high": 1.2 * area},
        "thickness": {"value": past.thickness, "unit": "m"},
        "units": "metric",
    }
    data = {"reservoir_id": str(reservoir.id), "remark": "Area by mapping", "inputs": inputs}
    estimate(VolumetricEstimateSchema().load(data))


def _from_nothing(sums: sdk.Array) -> sdk.Array:
    return np.concatenate([[0.0], sums])


def _from_start(start: float, pressure: sdk.Array) -> sdk.Array:
    return np.concatenate([[start], pressure])


def _measured(past: Past) -> Iterator[tuple[PastWell, int]]:
    """(well, which date) of each pressure survey."""
    place_of = {date: place for place, date in enumerate(past.dates)}
    for well in past.wells:
        for stop in well.stops:
            place = place_of.get(stop.end.date())
            if stop.reason is StopReason.PRESSURE_SURVEY and place is not None:
                yield well, place


def _survey(
    reservoir: Reservoir, past: Past, well: PastWell, day: dt.date, at_datum: float
) -> None:
    """A pressure at the well's perforations that is `at_datum` bar at the datum."""
    below = well.depth - past.elevation - past.datum_depth
    create_survey(
        {
            "reservoir_id": reservoir.id,
            "well_id": well.well_id,
            "measured_on": day,
            "kind": "static",
            "shut_in_time": 48.0,
            "depth_kind": "tvd",
            "depth_datum": past.datum,
            "stations": [
                {
                    "depth": sdk.Quantity(round(well.depth, 2), "m"),
                    "pressure": sdk.Quantity(round(at_datum + past.gradient * below, 3), "bara"),
                    "fluid": "oil",
                    "used": True,
                }
            ],
            "gradient": sdk.Quantity(past.gradient * 100.0, "kPa/m"),
        }
    )
