"""Flows that had settled: the rate steps of a test with their pressures at the bottom."""

from collections.abc import Mapping, Sequence
from typing import Any

from wellhead import sdk
from wellhead_well_testing.models import WellTest
from wellhead_well_testing.rates import steps_of
from wellhead_well_testing.vocabulary import WellTestKind


def oil_points(test: WellTest, words: list[str]) -> list[dict[str, Any]]:
    """Points as `InflowPointSchema` loads them; words: what is taken is added to them.

    Raises WellheadError when the test has no rate of oil with a pressure at the bottom.
    """
    points = [
        {"rate": step.oil_rate, "flowing_pressure": step.bottomhole_pressure}
        for step in steps_of(test)
        if _flows(step.oil_rate) and step.bottomhole_pressure is not None
    ]
    if not points and _flows(test.oil_rate) and test.bottomhole_pressure is not None:
        words.append("rate of oil and pressure at the bottom of the test")
        return [{"rate": test.oil_rate, "flowing_pressure": test.bottomhole_pressure}]
    return _taken(points, "oil", words)


def gas_points(test: WellTest, words: list[str]) -> list[dict[str, Any]]:
    """Points as `GasPointSchema` loads them; else as `oil_points`."""
    modified = test.kind == WellTestKind.MODIFIED_ISOCHRONAL
    points: list[dict[str, Any]] = []
    static: sdk.Quantity | None = None
    for step in steps_of(test):
        if step.bottomhole_pressure is None or step.gas_rate is None:
            continue
        if not _flows(step.gas_rate):
            static = step.bottomhole_pressure
            continue
        point = {"rate": step.gas_rate, "flowing_pressure": step.bottomhole_pressure}
        if modified and static is not None:
            point["static_pressure"] = static
        points.append(point)
    return _taken(points, "gas", words)


def _flows(rate: sdk.Quantity | None) -> bool:
    return rate is not None and rate.value > 0


def _taken(points: list[dict[str, Any]], phase: str, words: list[str]) -> list[dict[str, Any]]:
    if not points:
        raise sdk.WellheadError(
            f"the test has no rate of {phase} with a pressure at the bottom",
            field="points",
            remedy="Enter bottomhole_pressure with the rate steps, or send points",
        )
    words.append(f"{len(points)} rate steps of {phase} with their pressures at the bottom")
    return points


def pressures_of(points: Sequence[Mapping[str, Any]], name: str, without: float) -> list[float]:
    """psia of each point; `without` where a point has none."""
    return [without if row.get(name) is None else row[name].to("psia") for row in points]
