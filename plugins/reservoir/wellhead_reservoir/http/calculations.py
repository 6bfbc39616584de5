"""Routes that calculate on what is sent, and keep nothing."""

from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_reservoir.http.reservoirs import PREFIX, READ
from wellhead_reservoir.pvt.gas_point import gas_point
from wellhead_reservoir.schemas.calculations import ZFactorInputSchema, ZFactorSchema

blp = sdk.Blueprint(
    "reservoir_calculations",
    url_prefix=f"{PREFIX}/calculations",
    description="Calculations on what is sent; nothing is kept",
)


@blp.route("/z-factor")
class ZFactorView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(
        operationId="calculateZFactor",
        summary="Calculate z of a gas, and what follows from it",
        description="Of a gas by its gravity or its composition, by Dranchuk and Abou-Kassem, Hall "
        "and Yarborough, AGA8 DETAIL or GERG-2008; with Bg, density, compressibility, "
        "viscosity and the pseudo-critical point.",
    )
    @blp.arguments(ZFactorInputSchema)
    @blp.response(200, ZFactorSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        return gas_point(data)
