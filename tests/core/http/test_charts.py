"""Plots: in the format asked for, the same bytes for the same numbers."""

import pytest
from flask import Flask
from matplotlib.figure import Figure

from wellhead import sdk


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
