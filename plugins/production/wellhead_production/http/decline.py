"""Routes of decline fits, their curves and plots."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_production.decline.curves import Curve, curve_of
from wellhead_production.decline.fits import create_fit
from wellhead_production.decline.plots import rate_cumulative_figure, rate_time_figure
from wellhead_production.http.facilities import READ
from wellhead_production.models import DeclineFit
from wellhead_production.schemas.decline import DeclineCurveSchema, DeclineFitSchema

blp = sdk.Blueprint(
    "production_decline",
    url_prefix="/api/v1/production",
    description="Decline curves of wells and facilities: fits, forecasts, ultimate recovery",
)
_FIT = {"in": "path", "name": "id", "description": "Id of the decline fit"}
_PLOT = sdk.chart_documentation()
_PLOT["parameters"].append(sdk.units_parameter())

fits = sdk.Resource(
    blp,
    path="/decline-fits",
    model=DeclineFit,
    schema=DeclineFitSchema,
    name="decline_fit",
    plural="decline_fits",
    read=READ,
    write="production.allocate",
    filters=("well_id", "facility_id", "fluid", "version"),
    sort=("created_at", "version", "last_day", "last_forecast_day"),
    create=create_fit,
    asset=DeclineFit.asset_id,
    methods=("list", "create", "bulk", "get"),
)


@blp.route("/decline-fits/<uuid:id>/curve", parameters=[_FIT])
class DeclineCurveView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDeclineCurve",
        summary="The days of a decline fit, its curve with the interval, and the forecast",
        description="The interval is the curve's: a single day lies about it by `deviation` more.",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, DeclineCurveSchema)
    def get(self, id: uuid.UUID) -> Curve:  # noqa: A002 (the name in the path)
        return curve_of(fits.find(id), sdk.asked_system())


@blp.route("/decline-fits/<uuid:id>/rate-time/plot", parameters=[_FIT])
class RateTimePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotDeclineRateTime",
        summary="Plot a decline fit: rate against time, semi-logarithmic",
        **_PLOT,
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        return sdk.chart_response(rate_time_figure(*_shown(id)))


@blp.route("/decline-fits/<uuid:id>/rate-cumulative/plot", parameters=[_FIT])
class RateCumulativePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotDeclineRateCumulative",
        summary="Plot a decline fit: rate against cumulative volume",
        **_PLOT,
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        return sdk.chart_response(rate_cumulative_figure(*_shown(id)))


def _shown(key: uuid.UUID) -> tuple[Curve, Any]:
    """A fit's curve and the title of its plots."""
    fit = fits.find(key)
    title = f"{fit.owner_name}, {fit.fluid}, version {fit.version}"
    return curve_of(fit, sdk.asked_system()), title
