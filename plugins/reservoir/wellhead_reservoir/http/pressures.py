"""Routes of pressure surveys, and of a reservoir's pressures at its datum."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_reservoir.http.reservoirs import EDIT, PREFIX, READ, reservoirs
from wellhead_reservoir.models import PressureSurvey, Reservoir
from wellhead_reservoir.plots_pressures import history_figure, survey_figure
from wellhead_reservoir.pressures import (
    AtDatum,
    Datum,
    averages,
    change_survey,
    create_survey,
    levels,
    surveys_of,
)
from wellhead_reservoir.schemas.pressures import (
    PressureHistorySchema,
    PressureSurveySchema,
    SurveyAtDatumSchema,
)
from wellhead_wells.models import Well

blp = sdk.Blueprint(
    "reservoir_pressures", url_prefix=PREFIX, description="Pressure surveys, on a datum"
)
_SURVEY = {"in": "path", "name": "id", "description": "Id of the pressure survey"}
_RESERVOIR = {"in": "path", "name": "id", "description": "Id of the reservoir"}

surveys = sdk.Resource(
    blp,
    path="/pressure-surveys",
    model=PressureSurvey,
    schema=PressureSurveySchema,
    name="pressure_survey",
    plural="pressure_surveys",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "well_id", "measured_on", "kind"),
    sort=("measured_on", "kind", "created_at"),
    create=create_survey,
    update=change_survey,
    asset=PressureSurvey.asset_id,
)


@blp.route("/pressure-surveys/<uuid:id>/at-datum", parameters=[_SURVEY])
class SurveyAtDatumView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getPressureSurveyAtDatum",
        summary="A pressure survey at the reservoir's datum, with its gradients",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, SurveyAtDatumSchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        return _shown(_found(id)[0])


@blp.route("/pressure-surveys/<uuid:id>/plot", parameters=[_SURVEY])
class SurveyPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotPressureSurvey",
        summary="Plot a pressure survey against depth",
        parameters=[sdk.units_parameter(), *sdk.chart_documentation()["parameters"]],
        responses=sdk.chart_documentation()["responses"],
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        found, depth = _found(id)
        return sdk.chart_response(survey_figure(found, depth, plot_system()))


@blp.route("/<uuid:id>/pressures", parameters=[_RESERVOIR])
class PressuresView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getReservoirPressures",
        summary="All pressures of a reservoir at its datum, and their average by day",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, PressureHistorySchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        reservoir: Reservoir = reservoirs.find(id)
        found = surveys_of(reservoir)
        means = [
            {
                "date": row.date,
                "pressure": sdk.Quantity(row.pressure, "psia"),
                "surveys": row.surveys,
            }
            for row in averages(found)
        ]
        return {
            "datum_depth": sdk.Quantity(Datum(reservoir).depth, "ft"),
            "initial_pressure": reservoir.initial_pressure,
            "surveys": [_shown(row) for row in found],
            "averages": means,
        }


@blp.route("/<uuid:id>/pressures/plot", parameters=[_RESERVOIR])
class PressuresPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotReservoirPressures",
        summary="Plot the pressures of a reservoir at its datum against time",
        parameters=[sdk.units_parameter(), *sdk.chart_documentation()["parameters"]],
        responses=sdk.chart_documentation()["responses"],
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        reservoir: Reservoir = reservoirs.find(id)
        found = surveys_of(reservoir)
        return sdk.chart_response(
            history_figure(
                reservoir.name,
                found,
                averages(found),
                reservoir.initial_pressure,
                plot_system(),
            )
        )


def plot_system() -> sdk.units.System:
    """Units of a plot: those asked for, else the oilfield's."""
    return sdk.asked_system() or sdk.units.System.OILFIELD


def _found(key: uuid.UUID) -> tuple[AtDatum, float]:
    """(the survey at its reservoir's datum; the datum, ft TVD subsea)"""
    survey: PressureSurvey = surveys.find(key)
    datum = Datum(sdk.db.session.get_one(Reservoir, survey.reservoir_id))
    return datum.bring(survey, sdk.db.session.get_one(Well, survey.well_id)), datum.depth


def _shown(found: AtDatum) -> dict[str, Any]:
    survey = found.survey
    columns = zip(
        survey.stations,
        found.depth.tolist(),
        found.measured.tolist(),
        found.at_datum.tolist(),
        strict=True,
    )
    used = [station for station in survey.stations if station["used"]]
    return {
        "survey_id": survey.id,
        "well_id": survey.well_id,
        "well": found.well,
        "measured_on": survey.measured_on,
        "kind": survey.kind,
        "weight": survey.weight,
        "pressure": None if found.pressure is None else sdk.Quantity(found.pressure, "psia"),
        "stations": [
            {
                "depth": depth,
                "depth_unit": "ft",
                "measured": measured,
                "at_datum": shifted,
                "pressure_unit": "psia",
                "fluid": station.get("fluid"),
                "used": station["used"],
            }
            for station, depth, measured, shifted in columns
        ],
        "gradients": [
            {
                "fluid": phase.value,
                "gradient": sdk.Quantity(float(line.coefficients[1]), "psi/ft"),
                "stations": sum(station.get("fluid") == phase for station in used),
            }
            for phase, line in found.lines.items()
        ],
        "free_levels": [
            {"upper": upper.value, "lower": lower.value, "depth": sdk.Quantity(depth, "ft")}
            for upper, lower, depth in levels(found.lines)
        ],
    }
