"""Routes of a test as time goes by, and of its picture."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_well_testing.http.states import TEST, find_test
from wellhead_well_testing.http.tests import READ, blp
from wellhead_well_testing.models import WellTest
from wellhead_well_testing.plots import timeline_figure
from wellhead_well_testing.schemas.timeline import TimelineQuery, WellTestTimelineSchema
from wellhead_well_testing.timeline import Timeline, timeline_of


def _seen(test: WellTest, query: dict[str, Any]) -> Timeline:
    """In the units asked for, else oilfield: a picture has one unit an axis."""
    system = sdk.asked_system() or sdk.units.System.OILFIELD
    return timeline_of(test, query["points"], system)


@blp.route("/tests/<uuid:id>/timeline", parameters=[TEST])
class TimelineView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellTestTimeline",
        summary="A test as time goes by: pressures of its gauges beside its rates",
        description="Pressures are absolute. Units are oilfield unless others are asked for.",
    )
    @blp.arguments(TimelineQuery, location="query")
    @blp.response(200, WellTestTimelineSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002 (the name in the path)
        test = find_test(id)
        seen = _seen(test, query)
        gauges = [{name: getattr(line, name) for name in line.__slots__} for line in seen.gauges]
        columns: dict[str, Any] = {
            "units": seen.units,
            "gauges": gauges,
            "step_hours": seen.step_hours,
            "oil": seen.oil,
            "gas": seen.gas,
            "water": seen.water,
            "standard_conditions": test.standard_conditions,
        }
        return sdk.columns_response(columns, form="json")


@blp.route("/tests/<uuid:id>/timeline/plot", parameters=[TEST])
class TimelinePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellTest",
        summary="Draw a test: pressures and rates against time",
        **sdk.chart_documentation(),
    )
    @blp.arguments(TimelineQuery, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        test = find_test(id)
        title = f"{test.well_name}: {test.kind.replace('_', ' ')} test {test.reference or ''}"
        return sdk.chart_response(timeline_figure(_seen(test, query), title.strip()))
