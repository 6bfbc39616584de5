"""Routes of volumetric estimates and material balances, each kept as a version, and their plots."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_reservoir import gas_balances, oil_balances, plots_balances, volumetric_estimates
from wellhead_reservoir.http.pressures import plot_system
from wellhead_reservoir.http.reservoirs import EDIT, PREFIX, READ
from wellhead_reservoir.models import GasBalance, OilBalance, Reservoir, VolumetricEstimate
from wellhead_reservoir.models.analyses import Analysis
from wellhead_reservoir.schemas.analyses import AnalysisSchema
from wellhead_reservoir.schemas.gas_balances import GasBalanceRowSchema, GasBalanceSchema
from wellhead_reservoir.schemas.oil_balances import OilBalanceRowSchema, OilBalanceSchema
from wellhead_reservoir.schemas.volumetrics import ExceedanceSchema, VolumetricEstimateSchema

blp = sdk.Blueprint(
    "reservoir_analyses",
    url_prefix=PREFIX,
    description="Volumes in place and material balances, kept as versions",
)
_ANALYSIS = {"in": "path", "name": "id", "description": "Id of the analysis"}
_CSV = {"text/csv": {"schema": {"type": "string"}}}


def _kept(
    path: str,
    model: type[Analysis],
    schema: type[AnalysisSchema],
    name: str,
    create: Callable[[Any], Analysis],
) -> sdk.Resource:
    return sdk.Resource(
        blp,
        path=f"/{path}",
        model=model,
        schema=schema,
        name=name,
        plural=f"{name}s",
        read=READ,
        write=EDIT,
        filters=("reservoir_id", "version", "created_by"),
        sort=("version", "created_at"),
        create=create,
        asset=model.asset_id,
        methods=("list", "create", "get"),
    )


def _plotted(
    path: str,
    resource: sdk.Resource,
    operation: str,
    summary: str,
    draw: Callable[[str, Any, sdk.units.System], Any],
) -> None:
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId=operation,
        summary=summary,
        parameters=[sdk.units_parameter(), *sdk.chart_documentation()["parameters"]],
        responses=sdk.chart_documentation()["responses"],
    )
    def get(self: MethodView, id: uuid.UUID) -> Response:  # noqa: A002 (the name in the path)
        analysis: Analysis = resource.find(id)
        name = sdk.db.session.get_one(Reservoir, analysis.reservoir_id).name
        return sdk.chart_response(draw(name, analysis, plot_system()))

    view = type(f"{operation[0].upper()}{operation[1:]}View", (MethodView,), {"get": get})
    blp.route(f"/{path}", parameters=[_ANALYSIS])(view)


def _listed(path: str, resource: sdk.Resource, operation: str, row: type[sdk.Schema]) -> None:
    """The rows as a file; as JSON they are in the analysis itself."""

    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId=operation,
        summary=f"Read the rows of a {path.split('-')[0]} analysis as CSV",
        parameters=[sdk.units_parameter()],
        responses={200: {"description": "A line a row", "content": _CSV}},
    )
    def get(self: MethodView, id: uuid.UUID) -> Any:  # noqa: A002 (the name in the path)
        shown = row(many=True).dump(resource.find(id).rows)
        columns = {name: [one[name] for one in shown] for name in row().fields}
        return sdk.columns_response(columns, form="csv")

    view = type(f"{operation[0].upper()}{operation[1:]}View", (MethodView,), {"get": get})
    blp.route(f"/{path}/<uuid:id>/rows", parameters=[_ANALYSIS])(view)


estimates = _kept(
    "volumetric-estimates",
    VolumetricEstimate,
    VolumetricEstimateSchema,
    "volumetric_estimate",
    volumetric_estimates.estimate,
)
gas = _kept("gas-balances", GasBalance, GasBalanceSchema, "gas_balance", gas_balances.balance)
oil = _kept("oil-balances", OilBalance, OilBalanceSchema, "oil_balance", oil_balances.balance)

_plotted(
    "volumetric-estimates/<uuid:id>/plot",
    estimates,
    "plotVolumetricEstimate",
    "Plot how probable volumes in place are, and what their spread comes from",
    plots_balances.estimate_figure,
)
_plotted(
    "gas-balances/<uuid:id>/plot",
    gas,
    "plotGasBalance",
    "Plot p/z against gas produced, with the line to the gas in place",
    plots_balances.gas_figure,
)
_plotted(
    "oil-balances/<uuid:id>/plot",
    oil,
    "plotOilBalance",
    "Plot Havlena and Odeh's line",
    plots_balances.oil_figure,
)
_plotted(
    "oil-balances/<uuid:id>/drive-plot",
    oil,
    "plotDriveIndices",
    "Plot what drove the reservoir through time",
    plots_balances.drive_figure,
)

_listed("volumetric-estimates", estimates, "getVolumetricEstimateRows", ExceedanceSchema)
_listed("gas-balances", gas, "getGasBalanceRows", GasBalanceRowSchema)
_listed("oil-balances", oil, "getOilBalanceRows", OilBalanceRowSchema)
