"""Routes that calculate on what is sent, and keep nothing."""

from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_well_testing.analyses import transients
from wellhead_well_testing.analyses.deliverability import deliverability_of
from wellhead_well_testing.analyses.inflow import inflow_of
from wellhead_well_testing.analyses.outcome import Outcome, kept_tables, shown_table
from wellhead_well_testing.analyses.vocabulary import SOURCES
from wellhead_well_testing.http.tests import READ
from wellhead_well_testing.schemas.analyses import CalculatedAnalysisSchema
from wellhead_well_testing.schemas.inflow import (
    DeliverabilityCalculationSchema,
    InflowCalculationSchema,
)
from wellhead_well_testing.schemas.transients import TransientCalculationSchema

blp = sdk.Blueprint(
    "well_testing_calculations",
    url_prefix="/api/v1/well-testing/calculations",
    description="Analyses of what is sent; nothing is kept",
)


@blp.route("/transient")
class TransientView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(
        operationId="calculateTransient",
        summary="Analyse a pressure transient that is sent",
        description="Permeability, skin, p*, storage and what follows, by a straight line through "
        "the points from `line_from` to `line_to`, or one that is proposed; with the columns of "
        "its semilog and log-log plots.",
    )
    @blp.arguments(TransientCalculationSchema)
    @blp.response(200, CalculatedAnalysisSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        return calculated(data["kind"], transients.of_sent(data))


@blp.route("/inflow")
class InflowView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(
        operationId="calculateInflow",
        summary="Inflow of oil by points that are sent",
        description="Productivity index, Vogel, composite or Fetkovich, with the curve. Rates come "
        "out at the standard conditions that they are sent at.",
    )
    @blp.arguments(InflowCalculationSchema)
    @blp.response(200, CalculatedAnalysisSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        return calculated(data["kind"], inflow_of(data, data["points"]))


@blp.route("/deliverability")
class DeliverabilityView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(
        operationId="calculateDeliverability",
        summary="Deliverability of a gas well by points that are sent",
        description="Back-pressure C and n or laminar-inertial-turbulent a and b, and absolute "
        "open flow, in squares of pressures or pseudo-pressures. Rates come out at the standard "
        "conditions that they are sent at.",
    )
    @blp.arguments(DeliverabilityCalculationSchema)
    @blp.response(200, CalculatedAnalysisSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        return calculated(data["kind"], deliverability_of(data, data["points"]))


def calculated(kind: str, outcome: Outcome) -> dict[str, Any]:
    """As `CalculatedAnalysisSchema` shows it."""
    shown = {name: shown_table(row, outcome.system) for name, row in outcome.tables.items()}
    return {
        "kind": kind,
        "results": outcome.results,
        "tables": kept_tables(shown),
        "warnings": outcome.warnings,
        "made_from": outcome.made_from,
        "source": SOURCES[kind],
    }
