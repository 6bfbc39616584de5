"""Signals, instruments and faults: what the registers show of the model."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_simulator.field import Fault, Field, FieldWell
from wellhead_simulator.signals import NUMBERS, SIGNALS

LIMITS = {
    "bool": (0, 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "float32": (-1e30, 1e30),
}


def value(one: FieldWell, name: str) -> float:
    return float(one.values[NUMBERS[name]])


def test_forty_signals_of_several_datatypes() -> None:
    assert len(SIGNALS) == len(NUMBERS) == 40
    kinds = Counter(signal.datatype for signal in SIGNALS)
    assert set(kinds) == {"float32", "int16", "uint16", "uint32", "bool"}
    assert [signal.name for signal in SIGNALS if signal.command] == ["CHOKE_SP", "FREQ_SP"]
    assert all(signal.unit for signal in SIGNALS if signal.datatype != "bool")


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 50), st.floats(0, 100), st.booleans())
def test_every_raw_value_fits_its_register(
    seed: int, number: int, choke: float, tripped: bool
) -> None:
    one = FieldWell(seed, number)
    one.well.command(choke=choke)
    one.well.commands.tripped = tripped
    for _ in range(5):
        one.step(30.0)
        for place, raw in one.raw().items():
            low, high = LIMITS[SIGNALS[place].datatype]
            noise = 10 * SIGNALS[place].noise / SIGNALS[place].scale
            assert low - noise <= raw <= high


def run(seed: int) -> list[list[float]]:
    field = Field(seed, 3)
    shown = []
    for step in range(20):
        if step == 5:
            field.switch(Fault("W02", "pump_trip"))
            field.wells["W01"].command(NUMBERS["CHOKE_SP"], 2500.0)
        field.step(1.0)
        shown += [one.values.tolist() for one in field.wells.values()]
    return shown


def test_the_same_seed_gives_the_same_values() -> None:
    assert run(7) == run(7)
    assert run(7) != run(8)


def test_an_undisturbed_field_moves_but_stays_near_its_mean() -> None:
    one = FieldWell(1, 1)
    begun = {name: value(one, name) for name in ("LIQ_RATE", "WHP", "BHP", "WCUT", "GOR")}
    seen: dict[str, list[float]] = {name: [] for name in begun}
    for _ in range(900):
        one.step(1.0)
        for name, values in seen.items():
            values.append(value(one, name))
    for name, values in seen.items():
        assert len(set(values)) > 100
        assert max(values) < 1.15 * begun[name]
        assert min(values) > 0.85 * begun[name]


def test_the_tank_holds_the_integral_of_the_rate_shown() -> None:
    one = FieldWell(1, 1)
    area = one.well.parameters.oil_tank
    level, arrived = value(one, "OIL_TANK"), 0.0
    for _ in range(600):
        one.step(1.0)
        arrived += value(one, "OIL_RATE") / 86400.0
    assert value(one, "TRANSFER") == 0
    assert value(one, "OIL_TANK") - level == pytest.approx(arrived / area, rel=1e-9)
    assert value(one, "OIL_TOTAL") == pytest.approx(arrived, rel=1e-9)


def test_wells_differ() -> None:
    one, two = Field(1, 2).wells.values()
    assert not np.allclose(one.values, two.values)


def test_a_written_set_point_is_obeyed_within_its_range() -> None:
    one = FieldWell(1, 1)
    rate = value(one, "LIQ_RATE")
    one.command(NUMBERS["CHOKE_SP"], 3000.0)
    one.command(NUMBERS["FREQ_SP"], 65535.0)
    one.command(NUMBERS["WHP"], 7.0)
    one.command(NUMBERS["CHOKE_SP"], math.nan)
    for _ in range(20):
        one.step(1.0)
    assert value(one, "CHOKE_SP") == pytest.approx(30.0)
    assert value(one, "CHOKE_POS") == pytest.approx(30.0)
    assert value(one, "FREQ_SP") == 65.0
    assert value(one, "WHP") > 20.0
    assert value(one, "LIQ_RATE") != rate


def test_a_stuck_sensor_keeps_its_value_until_it_is_switched_off() -> None:
    field = Field(1, 1)
    (one,) = field.wells.values()
    stuck = value(one, "WHP")
    field.switch(Fault("W01", "stuck_sensor", True, "WHP"))
    field.switch(Fault("W01", "pump_trip"))
    for _ in range(60):
        field.step(1.0)
        assert value(one, "WHP") == stuck
    field.switch(Fault("W01", "stuck_sensor", False, "WHP"))
    field.step(1.0)
    assert value(one, "WHP") < stuck - 10


def test_a_pump_trip_is_shown_and_can_be_reset() -> None:
    field = Field(1, 1)
    (one,) = field.wells.values()
    field.switch(Fault("W01", "pump_trip"))
    for _ in range(30):
        field.step(1.0)
    assert [value(one, name) for name in ("RUN", "TRIP", "LIQ_RATE", "MOT_AMP")][:3] == [0, 1, 0]
    assert value(one, "MOT_AMP") == pytest.approx(0.0, abs=0.5)
    field.switch(Fault("W01", "pump_trip", False))
    for _ in range(90):
        field.step(1.0)
    assert [value(one, name) for name in ("RUN", "TRIP")] == [1, 0]
    assert value(one, "LIQ_RATE") > 50


@pytest.mark.parametrize(
    ("fault", "field", "found", "remedy"),
    [
        (Fault("W9", "pump_trip"), "well", "W9", "W0"),
        (Fault("W01", "pump_trp"), "fault", "pump_trp", '"pump_trip"'),
        (Fault("W01", "stuck_sensor"), "signal", None, "Known here"),
        (Fault("W01", "stuck_sensor", True, "WHPP"), "signal", "WHPP", "WHP"),
        (Fault("W01", "comms_loss", True, "WHP"), "signal", "WHP", "stuck_sensor"),
    ],
)
def test_a_fault_that_cannot_be_names_what_is_wrong(
    fault: Fault, field: str, found: str | None, remedy: str
) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        Field(1, 2).switch(fault)
    assert (refused.value.field, refused.value.value) == (field, found)
    assert remedy in str(refused.value.remedy)
