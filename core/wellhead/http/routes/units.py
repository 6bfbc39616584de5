"""What is measured, and in which units it is shown."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.units import QUANTITIES

blp = Blueprint("units", url_prefix="/api/v1/units", description="Quantities and their units")


class QuantitySchema(BaseSchema):
    name = fields.String(metadata={"description": "As a tag's `quantity` names it"})
    title = fields.String(metadata={"description": "For people"})
    metric = fields.String(metadata={"description": "Unit it is shown in by ?units=metric"})
    oilfield = fields.String(metadata={"description": "Unit it is shown in by ?units=oilfield"})
    spellings = fields.List(
        fields.String(),
        metadata={"description": "Units that mean this quantity when a tag names none"},
    )


@blp.route("")
class Quantities(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.doc(
        operationId="listQuantities",
        summary="Quantities and the units they are shown in",
        description="A unit may be any that can be put together of known ones: `bbl/d`, "
        "`kPa/m`, `Mscf/d/psi`. Gauge and absolute pressure are never converted into each other.",
    )
    @blp.response(200, QuantitySchema(many=True))
    def get(self) -> list[Any]:
        return list(QUANTITIES.values())
