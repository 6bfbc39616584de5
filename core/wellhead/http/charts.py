"""Plots as SVG or PNG, drawn by matplotlib and sent at an address next to their numbers.

Figures are made without pyplot, which keeps every figure of the process in a list of its own, and
SVG is written without dates or random ids, so that the same numbers are the same bytes.
matplotlib is slow to load and most processes never draw: it is loaded at the first plot.
"""

import io
from typing import TYPE_CHECKING, Any

from flask import Response, request

from wellhead.http.refusals import ApiError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
_MOST_INCHES = 40.0
_DPI = 110


def new_figure(width: float = 9.0, height: float = 6.0) -> "Figure":
    """An empty figure, sizes in inches, at most 40 each."""
    from matplotlib.figure import Figure

    size = (min(width, _MOST_INCHES), min(height, _MOST_INCHES))
    return Figure(figsize=size, dpi=_DPI, layout="constrained")


def chart_response(figure: "Figure") -> Response:
    """The figure in the format that the request's parameter `format` asks for, SVG if it says
    nothing. Raises ApiError 422 for another format."""
    form = request.args.get("format", "svg")
    if form not in FORMATS:
        remedy = f"Use {' or '.join(FORMATS)}"
        detail = {"field": "format", "value": form, "message": "No such format.", "remedy": remedy}
        raise ApiError(422, "validation_failed", f"format: No such format. {remedy}", [detail])
    return Response(drawn(figure, form), content_type=FORMATS[form])


def drawn(figure: "Figure", form: str) -> bytes:
    """The figure as a file of the format `svg` or `png`."""
    from matplotlib import rc_context

    _take_as_written(figure)
    file = io.BytesIO()
    metadata = {"Date": None} if form == "svg" else {}
    with rc_context({"svg.hashsalt": "wellhead", "svg.fonttype": "none"}):
        figure.savefig(file, format=form, metadata=metadata)
    return file.getvalue()


def _take_as_written(figure: "Figure") -> None:
    """Titles, labels and legends hold names that people gave, in which a `$` is a `$`: matplotlib
    would take what is between two for a formula, and end in an error when it is none."""
    from matplotlib.text import Text

    numbers = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels(which="both")
    }
    for text in figure.findobj(lambda artist: isinstance(artist, Text) and artist not in numbers):
        text.set_parse_math(False)  # type: ignore[attr-defined]


def chart_documentation() -> dict[str, Any]:
    """What `blp.doc(**…)` of a view needs that answers with `chart_response`."""
    described = {
        "name": "format",
        "in": "query",
        "schema": {"type": "string", "enum": list(FORMATS), "default": "svg"},
        "description": "File format of the plot",
    }
    picture = {"schema": {"type": "string", "format": "binary"}}
    pictures = dict.fromkeys(FORMATS.values(), picture)
    return {
        "parameters": [described],
        "responses": {200: {"description": "The plot", "content": pictures}},
    }
