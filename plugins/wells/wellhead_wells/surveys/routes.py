"""Routes of surveys, of the path of a wellbore, and of its plots."""

import uuid
from typing import Any

from flask import Response, request
from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_wells.routes import EDIT, READ, find_wellbore
from wellhead_wells.surveys.answers import (
    asked_depths,
    asked_path,
    section_azimuth,
    shown_path,
    shown_survey,
    table,
)
from wellhead_wells.surveys.imports import import_survey
from wellhead_wells.surveys.models import Survey, SurveyKind
from wellhead_wells.surveys.paths import Path
from wellhead_wells.surveys.plots import Trace, plan_view, section_view
from wellhead_wells.surveys.schemas import (
    DefinitiveSurveySchema,
    DetailQuery,
    ImportQuery,
    NewSurveySchema,
    PathQuery,
    PlotQuery,
    SurveyDetailSchema,
    SurveyImportResultSchema,
    SurveySchema,
    WellborePathSchema,
)
from wellhead_wells.surveys.service import (
    create_survey,
    definitive_survey,
    make_definitive,
    positions_in,
)

blp = sdk.Blueprint(
    "wells_surveys", url_prefix="/api/v1/wells", description="Directional surveys of wellbores"
)

_PARAMETERS = [
    {"in": "path", "name": "well_id", "description": "Id of the well"},
    {"in": "path", "name": "id", "description": "Id of the wellbore"},
]
_SURVEY = {"in": "path", "name": "survey_id", "description": "Id of the survey"}
_BORE = "/<uuid:well_id>/wellbores/<uuid:id>"
_CSV = {"text/csv": {"schema": {"type": "string"}}}
_PICTURES = sdk.chart_documentation()["responses"]


def find_survey(bore: Wellbore, key: uuid.UUID) -> Survey:
    """The survey of this wellbore, or ApiError 404."""
    survey = sdk.db.session.get(Survey, key)
    if survey is None or survey.wellbore_id != bore.id:
        raise sdk.not_found("survey", key)
    return survey


@blp.route(f"{_BORE}/surveys", parameters=_PARAMETERS)
class SurveysView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listSurveys", summary="List the surveys and plans of a wellbore")
    @blp.listing(
        SurveySchema,
        Survey,
        filters=("name", "kind", "definitive", "version", "azimuth_reference", "replaces"),
        sort=("version", "name", "kind", "created_at"),
    )
    def get(self, well_id: uuid.UUID, id: uuid.UUID) -> Select[tuple[Survey]]:  # noqa: A002 (the name in the path)
        return select(Survey).where(Survey.wellbore_id == find_wellbore(well_id, id).id)

    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="createSurvey",
        summary="Enter a version of a survey or plan",
        description="A survey is never changed: what was wrong is entered again, as a version that "
        "`replaces` it. Which survey is definitive stays as it is.",
    )
    @blp.arguments(NewSurveySchema)
    @blp.response(201, SurveySchema)
    def post(self, data: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> Survey:  # noqa: A002
        survey = create_survey(find_wellbore(well_id, id), data)
        sdk.db.session.commit()
        return survey


@blp.route(f"{_BORE}/surveys/import", parameters=_PARAMETERS)
class ImportView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="importSurvey",
        summary="Enter a version of a survey or plan from a CSV file",
        description="A header row with md, inclination (or inc) and azimuth (or azi), then a row a "
        "station; other columns are left unread. One row that is no station, and nothing is stored;"
        " a dry run tells of each row what is wrong with it.",
        requestBody={"required": True, "content": _CSV},
    )
    @blp.arguments(ImportQuery, location="query")
    @blp.response(200, SurveyImportResultSchema)
    def post(self, query: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        bore = find_wellbore(well_id, id)
        sdk.require_csv("A survey file")
        return import_survey(bore, query, request.get_data())


@blp.route(f"{_BORE}/surveys/<uuid:survey_id>", parameters=[*_PARAMETERS, _SURVEY])
class SurveyView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getSurvey",
        summary="Read a survey with its stations and where they are",
        responses={200: {"content": _CSV}},
    )
    @blp.arguments(DetailQuery, location="query")
    @blp.response(200, SurveyDetailSchema)
    def get(
        self,
        query: dict[str, Any],
        well_id: uuid.UUID,
        id: uuid.UUID,  # noqa: A002
        survey_id: uuid.UUID,
    ) -> Any:
        bore = find_wellbore(well_id, id)
        shown = shown_survey(bore, find_survey(bore, survey_id), query)
        if sdk.wants_csv(query.get("format")):
            as_entered = {"depth_unit": shown["depth_unit"], **shown["stations"]}
            return sdk.columns_response(table((shown["positions"] or {}) | as_entered), form="csv")
        return shown


@blp.route(f"{_BORE}/surveys/<uuid:survey_id>/definitive", parameters=[*_PARAMETERS, _SURVEY])
class DefinitiveView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="makeSurveyDefinitive",
        summary="Make a survey the one that counts for its wellbore",
    )
    @blp.arguments(DefinitiveSurveySchema)
    @blp.response(200, SurveySchema)
    def post(
        self,
        data: dict[str, str],
        well_id: uuid.UUID,
        id: uuid.UUID,  # noqa: A002
        survey_id: uuid.UUID,
    ) -> Survey:
        survey = find_survey(find_wellbore(well_id, id), survey_id)
        make_definitive(survey, data["reason"])
        sdk.db.session.commit()
        return survey


@blp.route(f"{_BORE}/path", parameters=_PARAMETERS)
class PathView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellborePath",
        summary="Where a wellbore runs, at its stations or at depths asked for",
        description="By its definitive survey or another, joined to what the wellbore left. 404 "
        "when there is no definitive survey.",
        responses={200: {"content": _CSV}},
    )
    @blp.arguments(PathQuery, location="query")
    @blp.response(200, WellborePathSchema)
    def get(self, query: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> Any:  # noqa: A002
        bore = find_wellbore(well_id, id)
        survey = _asked_survey(bore, query)
        path = asked_path(bore, survey, query)
        shown = shown_path(bore, survey, path, asked_depths(path, query))
        if sdk.wants_csv(query.get("format")):
            return sdk.columns_response(table(shown), form="csv")
        return shown


@blp.route(f"{_BORE}/path/plan/plot", parameters=_PARAMETERS)
class PlanPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellborePlan",
        summary="A wellbore from above, with plans and what it left",
        responses=_PICTURES,
    )
    @blp.arguments(PlotQuery, location="query")
    def get(self, query: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> Response:  # noqa: A002
        bore = find_wellbore(well_id, id)
        return sdk.chart_response(plan_view(bore.well.name, _traces(bore, query)))


@blp.route(f"{_BORE}/path/section/plot", parameters=_PARAMETERS)
class SectionPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellboreSection",
        summary="A wellbore from the side, with plans and what it left",
        responses=_PICTURES,
    )
    @blp.arguments(PlotQuery, location="query")
    def get(self, query: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> Response:  # noqa: A002
        bore = find_wellbore(well_id, id)
        traces = _traces(bore, query)
        azimuth = section_azimuth(traces[0].path)
        return sdk.chart_response(section_view(bore.well.name, traces, azimuth))


def _asked_survey(bore: Wellbore, query: dict[str, Any]) -> Survey:
    """The survey that the query names, or the definitive one; ApiError 404 when there is none."""
    if "survey" in query:
        return find_survey(bore, query["survey"])
    survey = definitive_survey(bore)
    if survey is None:
        message = f"Wellbore {bore.name} has no definitive survey."
        detail = {
            "field": "survey",
            "message": message,
            "remedy": "Name one by ?survey=, or make one definitive",
        }
        raise sdk.ApiError(404, "not_found", message, [detail])
    return survey


def _traces(bore: Wellbore, query: dict[str, Any]) -> list[Trace]:
    """The wellbore first, then what is to be drawn beside it, all in its frame."""
    survey = _asked_survey(bore, query)
    others = [find_survey(bore, key) for key in query.get("overlay", [])]
    path = asked_path(bore, survey, query)
    traces = [_trace(bore, survey, path)]
    traces += [_trace(bore, other, positions_in(path.frame, bore, other)) for other in others]
    if query["parent"] and bore.parent_id is not None:
        parent = sdk.db.session.get(Wellbore, bore.parent_id)
        assert parent is not None  # a foreign key says so
        traces.append(Trace(parent.name, positions_in(path.frame, parent)))
    return traces


def _trace(bore: Wellbore, survey: Survey, path: Path) -> Trace:
    label = f"{bore.name}: {survey.name} (version {survey.version})"
    return Trace(label, path, dashed=survey.kind == SurveyKind.PLAN)
