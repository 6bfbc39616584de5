"""/api/v1/uplink: where edges send to, and what is known of them."""

import uuid
from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_uplink.centre import edges, receive, tags
from wellhead_uplink.centre.schemas import (
    CatalogueSchema,
    EdgeDeviceSchema,
    EdgeSchema,
    PositionSchema,
    ReportSchema,
    StreamQuery,
)
from wellhead_uplink.config import NAME
from wellhead_uplink.models import Edge, EdgeDevice

blp = sdk.Blueprint(
    "uplink", url_prefix="/api/v1/uplink", description="Edges that send their readings here"
)
_EDGE = {"in": "path", "name": "edge", "description": "Name of the edge"}
_ID = {"in": "path", "name": "id", "description": "Id of the edge"}
_BODY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

listed = sdk.Resource(
    blp,
    path="/edges",
    model=Edge,
    schema=EdgeSchema,
    name="edge",
    plural="edges",
    read="uplink.read",
    write="uplink.read",
    filters=("name",),
    sort=("name", "created_at", "heard_at"),
    asset=Edge.asset_id,
    methods=("list", "get"),
    removal="Have `wellhead uplink forget EDGE` run for the edge, if it sends no more,",
)


@blp.route("/edges/<uuid:id>/devices", parameters=[_ID])
class Devices(MethodView):
    @blp.permission("uplink.read")
    @blp.within_assets
    @blp.doc(operationId="listEdgeDevices", summary="List an edge's devices, as it last said")
    @blp.listing(EdgeDeviceSchema, EdgeDevice, filters=("name", "state"), sort=("name", "since"))
    def get(self, id: uuid.UUID) -> Select[Any]:  # noqa: A002 (the name in the path)
        listed.find(id)
        return select(EdgeDevice).where(EdgeDevice.edge_id == id)


@blp.route("/edges/<string:edge>/report", parameters=[_EDGE])
class Report(MethodView):
    @blp.permission("uplink.send")
    @blp.unlimited_only
    @blp.doc(operationId="reportEdge", summary="Say how an edge and its devices are doing")
    @blp.arguments(ReportSchema)
    @blp.response(200, PositionSchema)
    def post(self, data: dict[str, Any], edge: str) -> dict[str, Any]:
        edges.require_centre()
        answer = edges.take_report(_name(edge), data)
        sdk.db.session.commit()
        return answer


@blp.route("/edges/<string:edge>/catalogue", parameters=[_EDGE])
class Catalogue(MethodView):
    @blp.permission("uplink.send")
    @blp.unlimited_only
    @blp.doc(operationId="describeEdgeTags", summary="Tell of tags of an edge, new or changed")
    @blp.arguments(CatalogueSchema)
    @blp.response(200)
    def post(self, data: dict[str, Any], edge: str) -> None:
        edges.require_centre()
        held = edges.hold(_name(edge), data["stream"])
        tags.take_catalogue(held, data["stream"], data["tags"])
        sdk.db.session.commit()


@blp.route("/edges/<string:edge>/readings", parameters=[_EDGE])
class Readings(MethodView):
    @blp.permission("uplink.send")
    @blp.unlimited_only
    @blp.doc(
        operationId="sendEdgeReadings",
        summary="Send rows of an edge's outbox; answered when they are stored",
        requestBody={"required": True, "content": _BODY},
    )
    @blp.arguments(StreamQuery, location="query")
    @blp.response(200, PositionSchema(only=("position",)))
    def post(self, query: dict[str, Any], edge: str) -> dict[str, Any]:
        edges.require_centre()
        position = receive.take_readings(_name(edge), query["stream"], request.get_data())
        return {"position": position}


def _name(edge: str) -> str:
    if not NAME.fullmatch(edge):
        raise sdk.WellheadError(
            "not an edge's name",
            field="edge",
            value=edge,
            remedy="Use 1 to 40 of a-z, 0-9, _ and -, the first a letter or digit",
        )
    return edge
