"""Wells on a map: as GeoJSON, and by distance."""

from collections.abc import Sequence
from typing import Any

from flask import Response, json
from flask.views import MethodView
from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.geography import nearest
from wellhead_wells.mapping import features, located
from wellhead_wells.models import Well
from wellhead_wells.routes import READ, blp
from wellhead_wells.schemas_map import (
    MapQuerySchema,
    MapSchema,
    NearestQuerySchema,
    NearWellSchema,
)

GEOJSON = "application/geo+json"


@blp.route("/map")
class MapView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellMap",
        summary="Wells as GeoJSON",
        description="Every well with a location, WGS84 longitude and latitude in degrees. Bottom "
        "holes and paths are by the definitive surveys; `meta.left_out` says which wellbores have "
        "one and still no place.",
        responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
    )
    @blp.arguments(MapQuerySchema, location="query")
    @blp.response(200, MapSchema)
    def get(self, query: dict[str, Any]) -> Any:
        ordered = located(query).order_by(Well.name, Well.id)
        wells: Sequence[Well] = sdk.db.session.scalars(ordered).all()
        found, left_out = features(wells, query["show"])
        if query.get("format") == "geojson":
            collection = {"type": "FeatureCollection", "features": found}
            return Response(json.dumps(collection), mimetype=GEOJSON)
        sdk.set_meta({"left_out": left_out})
        return {"features": found}


@blp.route("/nearest")
class NearestView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listNearestWells", summary="List the wells nearest to a point")
    @blp.arguments(NearestQuerySchema, location="query")
    @blp.response(200, NearWellSchema(many=True))
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        place = (query["longitude"], query["latitude"])
        found = nearest(located(query), place, query["limit"], query.get("within"))
        keys = [key for key, _ in found]
        wells = {
            well.id: well for well in sdk.db.session.scalars(select(Well).where(Well.id.in_(keys)))
        }
        names = NearWellSchema().fields.keys() - {"distance"}
        return [
            {"distance": distance} | {name: getattr(wells[key], name) for name in names}
            for key, distance in found
        ]
