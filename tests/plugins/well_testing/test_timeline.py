"""The picture of a test has the numbers that it is made of."""

import numpy as np

from wellhead import sdk
from wellhead_well_testing.plots import timeline_figure
from wellhead_well_testing.timeline import GaugeLine, Timeline


def test_the_picture_has_the_numbers_and_their_units() -> None:
    hours, pressure = np.array([0.0, 1.0, 2.0]), np.array([2500.0, 2400.0, 2450.0])
    units = {"pressure": "psia", "oil": "STB/d", "gas": "Mscf/d", "water": "bbl/d"}
    steps, nothing = np.array([-5.0, 1.0]), np.full(2, np.nan)
    oil, gas = np.array([400.0, 0.0]), np.array([320.0, 0.0])
    gauge = GaugeLine("", "Lower", 1, hours, pressure)
    figure = timeline_figure(Timeline(units, [gauge], steps, oil, gas, nothing, 2.0), "W-1")
    above, below, right = figure.axes
    [line] = above.get_lines()
    assert np.array_equal(line.get_xdata(), hours)
    assert np.array_equal(line.get_ydata(), pressure)
    [oils], [gases] = below.get_lines(), right.get_lines()
    assert np.array_equal(oils.get_xdata(), [-5.0, 1.0, 2.0])  # until the end of the test
    assert np.array_equal(oils.get_ydata(), [400.0, 0.0, 0.0])
    assert np.array_equal(gases.get_ydata(), [320.0, 0.0, 0.0])
    assert above.get_ylabel() == "Pressure (psia)"
    assert below.get_ylabel() == "Oil (STB/d), water (bbl/d)"
    assert right.get_ylabel() == "Gas (Mscf/d)"
    assert below.get_xlabel() == "Time since the test began (h)"
    assert sdk.drawn(figure, "png").startswith(b"\x89PNG")
