"""Pressure transients: the books' numbers, and what a model of a known well is read as."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import Array, WellheadError
from wellhead_well_testing.calc import transient
from wellhead_well_testing.calc.derivative import bourdet, thinned
from wellhead_well_testing.calc.interpretation import (
    Diagnosis,
    Method,
    Period,
    diagnose,
    points_of_line,
    radial_flow,
    storage_of,
)
from wellhead_well_testing.calc.lines import propose_plateau
from wellhead_well_testing.calc.superposition import (
    RateHistory,
    constant_rate,
    equivalent_log_time,
    log_time_at_infinity,
    producing_time,
    shut_in_after,
)

from .well_model import Well

DRAWDOWN, MDH, HORNER, SUPERPOSITION = Method

BUILD_UP = np.array(
    [
        (0.10, 3_057), (0.21, 3_153), (0.31, 3_234), (0.52, 3_249), (0.63, 3_256), (0.73, 3_260),
        (0.84, 3_263), (0.94, 3_266), (1.05, 3_267), (1.15, 3_268), (1.36, 3_271), (1.68, 3_274),
        (1.99, 3_276), (2.51, 3_280), (3.04, 3_283), (3.46, 3_286), (4.08, 3_289), (5.03, 3_293),
        (5.97, 3_297), (7.01, 3_300), (8.06, 3_303), (9.00, 3_305), (10.05, 3_306),
        (13.09, 3_310), (16.02, 3_313), (20.00, 3_317), (26.07, 3_320), (31.03, 3_322),
    ]
)  # fmt: skip
"""Earlougher (1977), example 5.1: Δt, h, and p_ws, psi, after 310 h at 4,900 STB/d; p_wf 2,761."""

LAYER = transient.Formation(482.0, 0.09, 0.20, 22.6e-6, 0.354, transient.liquid_term(1.55, 0.20))


def test_the_formulas_of_a_build_up_are_earloughers() -> None:
    """Example 5.1: slope 40 psi a cycle, 3,266 psi at one hour: 12.8 mD, skin 8.6, 299 psi."""
    k = transient.permeability(40.0, -4_900.0, LAYER)
    assert k == pytest.approx(12.8, abs=0.05)
    skin = transient.skin(3_266.0, 2_761.0, 40.0, LAYER.shape(k))
    assert skin == pytest.approx(8.6, abs=0.05)
    assert transient.skin_pressure(40.0, skin) == pytest.approx(299, abs=2)


def test_a_build_up_is_read_as_earlougher_read_it() -> None:
    elapsed, pressure = BUILD_UP.T
    period = Period(elapsed, pressure, 2_761.0, shut_in_after(4_900.0, 310.0), 1)
    diagnosis = diagnose(period, HORNER, smoothing=0.2)
    chosen = points_of_line(diagnosis, (0.8, 21.0))
    found = radial_flow(diagnosis, LAYER, chosen)
    assert found.line.slope == pytest.approx(40, rel=0.05)
    assert found.permeability == pytest.approx(12.8, rel=0.05)
    assert found.skin == pytest.approx(8.6, abs=0.6)
    assert found.pressure_at_one_hour == pytest.approx(3_266, abs=3)


def test_the_formulas_of_a_drawdown_are_earloughers() -> None:
    """Example 3.1: 348 STB/d, -22 psi a cycle, 954 psi at one hour of 1,154: 89 mD, skin 4.6."""
    term = transient.liquid_term(1.14, 3.93)
    layer = transient.Formation(130.0, 0.20, 3.93, 8.74e-6, 0.25, term)
    k = transient.permeability(-22.0, 348.0, layer)
    assert k == pytest.approx(89, abs=0.5)
    assert transient.skin(954.0, 1_154.0, -22.0, layer.shape(k)) == pytest.approx(4.6, abs=0.05)


def _read(well: Well, history: RateHistory, index: int, hours: Array) -> Period:
    start = float(history.starts[index])
    before = float(well.pressure(np.array([max(start, 1e-9)]), history)[0])
    pressure = well.pressure(start + hours, history)
    return Period(hours, pressure, before, history, index)


def _analysed(
    period: Period, method: Method, well: Well, line: tuple[float, float] | None = None
) -> tuple[Diagnosis, float, float, float]:
    """(diagnosis, k, s, p*) by the line in this range, or the one that is proposed."""
    diagnosis = diagnose(period, method, smoothing=0.2)
    found = radial_flow(diagnosis, well.formation, points_of_line(diagnosis, line))
    return diagnosis, found.permeability, found.skin, found.p_star


HOURS = np.geomspace(1e-4, 72, 300)


@settings(max_examples=12, deadline=None)
@given(st.floats(1.0, 3.0), st.floats(-2.0, 15.0), st.floats(-3.0, -1.5), st.floats(50.0, 2_000.0))
def test_horner_recovers_a_known_well(
    log_k: float, skin: float, log_storage: float, rate: float
) -> None:
    """The line begins at 200 times the end of storage, where the straight line is exact: a damaged
    well of 10 mD still feels 2 % of it after 300 hours."""
    well = Well(permeability=10**log_k, skin=skin, storage=10**log_storage)
    over = well.end_of_storage
    hours = np.geomspace(1e-3 * over, 2_000 * over, 200)
    period = _read(well, shut_in_after(rate, 1_000 * over), 1, hours)
    diagnosis, k, s, p_star = _analysed(period, HORNER, well, (200 * over, 2_000 * over))
    assert k == pytest.approx(well.permeability, rel=0.0015)
    assert s == pytest.approx(skin, abs=0.04)
    assert abs(p_star - 4_000.0) < 1e-4 * (4_000.0 - period.before)
    assert diagnosis.limit == pytest.approx(np.log10(1_000 * over))


def test_the_proposed_line_the_level_and_the_unit_slope_recover_a_known_well() -> None:
    well = Well()
    period = _read(well, shut_in_after(500.0, 48.0), 1, HOURS)
    diagnosis = diagnose(period, HORNER, smoothing=0.2)
    chosen = points_of_line(diagnosis, None)
    found = radial_flow(diagnosis, well.formation, chosen)
    assert found.permeability == pytest.approx(80, rel=0.03)
    assert found.skin == pytest.approx(5, abs=0.3)
    assert found.level_permeability == pytest.approx(80, rel=0.02)
    assert found.level_skin == pytest.approx(5, abs=0.2)
    assert found.p_star == pytest.approx(4_000, abs=1)
    drop = 4_000 - period.before
    assert found.flow_efficiency == pytest.approx(1 - found.skin_pressure / drop, abs=1e-3)
    assert storage_of(diagnosis, well.volume_factor) == pytest.approx(0.01, rel=0.03)


@pytest.mark.parametrize("method", [DRAWDOWN, SUPERPOSITION])
def test_a_drawdown_recovers_a_known_well(method: Method) -> None:
    well = Well(skin=-2.0)
    period = _read(well, constant_rate(300.0), 0, HOURS)
    assert period.before == pytest.approx(4_000)
    diagnosis, k, s, _ = _analysed(period, method, well, (5.0, 72.0))
    assert k == pytest.approx(80, rel=0.01)
    assert s == pytest.approx(-2, abs=0.1)
    assert (diagnosis.change[HOURS > 0.01] > 0).all()


def test_superposition_recovers_what_horner_misreads_after_changing_rates() -> None:
    well = Well(skin=2.0, storage=0.002)
    history = RateHistory(np.array([0.0, 10.0, 11.0, 12.0]), np.array([800.0, 200.0, 600.0, 0.0]))
    period = _read(well, history, 3, HOURS)
    _, k, s, p_star = _analysed(period, SUPERPOSITION, well, (3.0, 72.0))
    assert k == pytest.approx(80, rel=0.01)
    assert s == pytest.approx(2, abs=0.1)
    assert p_star == pytest.approx(4_000, abs=0.5)
    _, horner, _, _ = _analysed(period, HORNER, well, (3.0, 72.0))
    assert abs(horner - 80) > 2 * abs(k - 80)


def test_an_injection_and_its_fall_off_recover_a_known_well() -> None:
    well = Well(skin=3.0)
    history = RateHistory(np.array([0.0, 30.0]), np.array([-400.0, 0.0]))
    for index in (0, 1):
        period = _read(well, history, index, np.geomspace(1e-3, 29, 200))
        _, k, s, p_star = _analysed(period, SUPERPOSITION, well, (5.0, 29.0))
        assert k == pytest.approx(80, rel=0.02)
        assert s == pytest.approx(3, abs=0.2)
    assert p_star == pytest.approx(4_000, abs=1)


def test_mdh_reads_a_build_up_after_a_long_flow() -> None:
    well = Well()
    period = _read(well, shut_in_after(500.0, 5_000.0), 1, HOURS)
    diagnosis, k, s, p_star = _analysed(period, MDH, well, (5.0, 50.0))
    assert k == pytest.approx(80, rel=0.02)
    assert s == pytest.approx(5, abs=0.2)
    assert np.isnan([p_star, diagnosis.limit]).all()


def test_horners_ratio_and_agarwals_time_are_one_superposition() -> None:
    hours = np.array([0.1, 1.0, 10.0, 1e4])
    history = shut_in_after(250.0, 50.0)
    found = equivalent_log_time(hours, history, 1)
    assert 10**found == pytest.approx(50 * hours / (50 + hours))
    ratio = 10 ** (log_time_at_infinity(history, 1) - found)
    assert ratio == pytest.approx((50 + hours) / hours)
    steps = RateHistory(np.array([0.0, 4.0, 10.0]), np.array([100.0, 50.0, 0.0]))
    assert producing_time(steps, 2) == pytest.approx((400 + 300) / 50)


@given(st.floats(0.1, 1e4), st.floats(0.01, 100), st.floats(1.0, 50.0), st.floats(0.0, 0.5))
def test_the_derivative_of_a_straight_line_is_its_slope(
    scale: float, start: float, slope: float, smoothing: float
) -> None:
    x = np.log10(start) + np.sort(np.random.default_rng(7).uniform(0, 3, 60))
    found = bourdet(x, scale + slope * x, smoothing)
    assert np.isnan(found[[0, -1]]).all()
    inner = (x >= x[0] + smoothing) & (x <= x[-1] - smoothing)
    inner[[0, -1]] = False
    assert found[inner] == pytest.approx(slope / np.log(10), rel=1e-6)


def test_smoothing_takes_the_noise_of_a_gauge_out_of_the_derivative() -> None:
    x = np.linspace(-2, 2, 2_000)
    noisy = 20 * x + np.random.default_rng(1).normal(0, 0.05, x.size)
    rough, smooth = bourdet(x, noisy, 0.0), bourdet(x, noisy, 0.5)
    assert np.nanstd(smooth) < 0.05 * np.nanstd(rough)
    assert np.nanmedian(smooth) == pytest.approx(20 / np.log(10), rel=0.02)


def test_a_million_readings_are_thinned_to_their_log_cycles() -> None:
    elapsed = np.arange(1, 1_000_001) / 3_600
    kept = thinned(elapsed, 50)
    assert kept[0] == 0
    assert kept.size <= 6 * 50 + 1
    assert np.diff(np.log10(elapsed[kept]))[-100:] == pytest.approx(1 / 50, rel=0.01)


def test_storage_is_told_by_a_gauge_with_noise_and_not_without_a_unit_slope() -> None:
    well = Well()
    period = _read(well, shut_in_after(500.0, 48.0), 1, HOURS)
    noise = np.random.default_rng(3).normal(0, 0.005, HOURS.size)
    noisy = replace(period, pressure=period.pressure + noise)
    found = storage_of(diagnose(noisy, HORNER, smoothing=0.2), well.volume_factor)
    assert found == pytest.approx(0.01, rel=0.1)
    seen = HOURS >= 1e-3
    noise = np.random.default_rng(3).normal(0, 0.3, int(seen.sum()))
    coarse = replace(period, elapsed=HOURS[seen], pressure=period.pressure[seen] + noise)
    found = storage_of(diagnose(coarse, HORNER, smoothing=0.2), well.volume_factor)
    assert found == pytest.approx(0.01, rel=0.1)
    late = HOURS > 1
    later = replace(period, elapsed=HOURS[late], pressure=period.pressure[late])
    assert np.isnan(storage_of(diagnose(later, HORNER, smoothing=0.2), well.volume_factor))


@given(
    st.lists(st.floats(0.1, 50), min_size=1, max_size=6),
    st.floats(1.0, 1_000),
    st.floats(0.1, 10),
    st.floats(0.2, 0.8),
)
def test_superposition_sees_changes_of_rate_and_nothing_else(
    lengths: list[float], rate: float, scale: float, part: float
) -> None:
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    rates = np.append(rate * (1 + np.arange(len(lengths)) % 3), 0.0)
    history = RateHistory(starts, rates)
    hours = np.geomspace(0.01, 100, 20)
    found = equivalent_log_time(hours, history, len(lengths))
    assert found[0] == pytest.approx(np.log10(hours[0]), abs=0.2)
    scaled = equivalent_log_time(hours, RateHistory(starts + 7, scale * rates), len(lengths))
    assert scaled == pytest.approx(found)
    split = RateHistory(np.insert(starts, 1, part * starts[1]), np.insert(rates, 1, rates[0]))
    assert equivalent_log_time(hours, split, len(lengths) + 1) == pytest.approx(found)
    limit = log_time_at_infinity(history, len(lengths))
    assert equivalent_log_time(np.array([1e6]), history, len(lengths)) == pytest.approx(
        limit, abs=0.01
    )


def test_no_line_is_proposed_where_nothing_is_level() -> None:
    x = np.linspace(-2, 2, 100)
    with pytest.raises(WellheadError, match="no part of the derivative is level"):
        propose_plateau(x, 10**x)
    level = np.where(x > 0.5, 7.0, 7.0 * 10 ** (x - 0.5))
    chosen = propose_plateau(x, level)
    assert x[chosen].min() == pytest.approx(0.5, abs=0.06)
    assert x[chosen].max() == 2.0


def test_what_makes_no_sense_is_refused_by_name() -> None:
    period = _read(Well(), shut_in_after(500.0, 48.0), 1, HOURS)
    with pytest.raises(WellheadError, match="kind"):
        diagnose(period, DRAWDOWN, smoothing=0.2)
    diagnosis = diagnose(period, HORNER, smoothing=0.2)
    with pytest.raises(WellheadError, match="at least two points"):
        radial_flow(diagnosis, Well().formation, points_of_line(diagnosis, (80.0, 90.0)))
    with pytest.raises(WellheadError, match="the other way"):
        transient.permeability(-40.0, -4_900.0, LAYER)
    with pytest.raises(WellheadError, match="porosity"):
        transient.Formation(10.0, 1.2, 1.0, 1e-5, 0.3, 1.0)
    with pytest.raises(WellheadError, match="ascend"):
        RateHistory(np.array([0.0, 0.0]), np.array([1.0, 2.0]))
    with pytest.raises(WellheadError, match="does not change"):
        RateHistory(np.array([0.0, 1.0]), np.array([1.0, 1.0])).change_at(1)
