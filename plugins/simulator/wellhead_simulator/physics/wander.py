"""How a well's inflow wanders about its mean: slugs and coning, as slow waves fixed by the seed."""

import math

import numpy as np

from wellhead_simulator.physics.parameters import WellParameters
from wellhead_simulator.physics.well import Well

_PERIODS = (41.0, 173.0, 907.0)
"""s; without a common measure, so that the pattern does not repeat on a screen"""
_MAX_RATE, _WATER_CUT, _GOR = 0.02, 0.015, 0.04
"""Greatest relative change of each"""


class Wander:
    """The waves of one well; the same seed and number, the same waves."""

    def __init__(self, seed: int, number: int) -> None:
        random = np.random.default_rng([seed, number, 2])
        self._phases = random.uniform(0.0, math.tau, (3, len(_PERIODS))).tolist()

    def apply(self, well: Well, mean: WellParameters, time: float) -> None:
        """Give `well` the inflow of `time` s after the start; `mean` is what it wanders about."""
        rate, water, gas = (self._wave(phases, time) for phases in self._phases)
        well.inflow(
            max_rate=mean.max_rate * (1.0 + _MAX_RATE * rate),
            water_cut=mean.water_cut * (1.0 + _WATER_CUT * water),
            gor=mean.gor * (1.0 + _GOR * gas),
        )

    @staticmethod
    def _wave(phases: list[float], time: float) -> float:
        """-1 to 1"""
        waves = (
            math.sin(math.tau * time / period + phase)
            for period, phase in zip(_PERIODS, phases, strict=True)
        )
        return sum(waves) / len(_PERIODS)
