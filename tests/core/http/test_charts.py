"""Plots: in the format asked for, the same bytes for the same numbers."""

import re
from xml.sax.saxutils import escape

import pytest
from flask import Flask
from matplotlib.figure import Figure

from wellhead import sdk

pytestmark = pytest.mark.one_app


def line() -> Figure:
    figure = sdk.new_figure()
    figure.add_subplot().plot([0, 1], [2, 3])
    return figure


def test_svg_is_the_same_bytes_for_the_same_numbers(app: Flask) -> None:
    with app.test_request_context("/"):
        first, again = sdk.chart_response(line()), sdk.chart_response(line())
    assert first.content_type == "image/svg+xml"
    assert first.data == again.data
    assert b"<svg" in first.data


def test_png_and_nothing_else(app: Flask) -> None:
    with app.test_request_context("/?format=png"):
        assert sdk.chart_response(line()).data.startswith(b"\x89PNG")
    with app.test_request_context("/?format=gif"), pytest.raises(sdk.ApiError, match="svg or png"):
        sdk.chart_response(line())


def test_names_are_text_whatever_they_hold_and_powers_of_ten_stay_numbers(app: Flask) -> None:
    name = "A $\\frac{a$ <script> & $"
    figure = sdk.new_figure()
    axes = figure.add_subplot()
    axes.plot([1, 1000], [1, 1000], label=name)
    axes.set_title(name)
    axes.set_xlabel(name)
    axes.annotate(name, (1, 1))
    axes.set_xscale("log")
    axes.legend()
    figure.suptitle(name)
    with app.test_request_context("/"):
        drawn = sdk.chart_response(figure).get_data(as_text=True)
    assert drawn.count(escape(name)) >= 5
    assert "<script>" not in drawn
    assert "mathdefault" not in re.sub("<!--.*?-->", "", drawn, flags=re.DOTALL)
