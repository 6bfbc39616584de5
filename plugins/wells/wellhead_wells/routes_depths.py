"""Depths of a well converted between its datums, units and mean sea level."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields, validate

from wellhead import sdk
from wellhead_wells.datums import DepthKind, convert_depth, md_caveat
from wellhead_wells.routes import READ, WELL, blp, find_well
from wellhead_wells.schemas import MAX_DEPTH
from wellhead_wells.vocabulary import DATUMS, LengthUnit

_MOST = 1_000


class DepthQuerySchema(sdk.Schema):
    value = fields.List(
        fields.Float(validate=validate.Range(-MAX_DEPTH, MAX_DEPTH)),
        required=True,
        validate=validate.Length(1, _MOST),
        metadata=sdk.about("Depth in unit from datum; say it again for more, 1,000 at most")
        | {"x-unit-field": "unit"},
    )
    kind = sdk.choice_field(
        DepthKind, "md or tvd; tvd if left out", load_default=DepthKind.TVD.value
    )
    unit = sdk.choice_field(LengthUnit, "Unit of value: m or ft", required=True)
    datum = sdk.choice_field(DATUMS, "Datum of value; the well's depth_datum if left out")
    to_unit = sdk.choice_field(LengthUnit, "Unit of the answer; the same if left out")
    to_datum = sdk.choice_field(
        DATUMS, "Datum of the answer: MSL (mean sea level) if left out", load_default="MSL"
    )


class DepthsSchema(sdk.Schema):
    kind = fields.String(metadata=sdk.about("md: along the hole; tvd: straight down"))
    values = fields.List(
        sdk.Measured(unit_field="unit", quantity="length"),
        metadata=sdk.about("The depths sent, in unit from datum"),
    )
    unit = fields.String(metadata=sdk.about("Unit of values: m or ft"))
    datum = fields.String(metadata=sdk.about("Datum of values"))
    converted = fields.List(
        sdk.Measured(unit_field="to_unit", quantity="length"),
        metadata=sdk.about("The same depths in to_unit from to_datum; negative above it"),
    )
    to_unit = fields.String(metadata=sdk.about("Unit of converted: m or ft"))
    to_datum = fields.String(metadata=sdk.about("Datum of converted"))
    caveat = fields.String(
        allow_none=True,
        metadata=sdk.about("What the conversion takes for granted; null: nothing"),
    )


@blp.route("/<uuid:well_id>/depths", parameters=[WELL])
class DepthsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="convertWellDepths",
        summary="Convert depths between a well's datums and units",
        description="From the well's datums and their elevations. A TVD from MSL is the TVD "
        "subsea. A measured depth is converted between datums at or above the ground.",
    )
    @blp.arguments(DepthQuerySchema, location="query")
    @blp.response(200, DepthsSchema)
    def get(self, query: dict[str, Any], well_id: uuid.UUID) -> dict[str, Any]:
        well = find_well(well_id)
        kind, unit = query["kind"], query["unit"]
        datum = query.get("datum") or well.depth_datum
        if datum is None:
            raise sdk.WellheadError(
                "the well has no depth_datum, so it must be said what the depths count from",
                field="datum",
                remedy="Give datum, or the well a depth_datum",
            )
        to_unit, to_datum = query.get("to_unit", unit), query["to_datum"]
        converted = [
            convert_depth(well, depth, unit, datum, to_unit, to_datum, kind)
            for depth in query["value"]
        ]
        return {
            "kind": kind,
            "values": query["value"],
            "unit": unit,
            "datum": datum,
            "converted": converted,
            "to_unit": to_unit,
            "to_datum": to_datum,
            "caveat": md_caveat(well, datum, to_datum) if kind == DepthKind.MD else None,
        }
