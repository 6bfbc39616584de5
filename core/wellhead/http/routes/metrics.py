"""/metrics, for Prometheus: with a permission, or without a login on a port of loopback only."""

from flask import Blueprint as FlaskBlueprint
from flask import Response

from wellhead.http.blueprint import Blueprint
from wellhead.metrics import CONTENT_TYPE, exposition

PATH = "/metrics"
blp = FlaskBlueprint("metrics", __name__)


@blp.route(PATH)
@Blueprint.permission("metrics.read")
def metrics() -> Response:
    """Not in the API's documentation: it speaks Prometheus's format, not the API's."""
    return Response(exposition(), content_type=CONTENT_TYPE)
