"""What is installed, what takes part, and why something does not."""

from typing import Any

from flask import current_app
from flask.views import MethodView
from marshmallow import fields

from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.runtime import runtime_of

blp = Blueprint("plugins", url_prefix="/api/v1/plugins", description="Installed plugins")


class PluginSchema(BaseSchema):
    name = fields.String(metadata={"description": "As in [plugins.…] of the configuration"})
    version = fields.String(metadata={"description": "The plugin's own"})
    distribution = fields.String(metadata={"description": "The pip package it came with"})
    status = fields.String(
        metadata={
            "enum": [
                "enabled",
                "disabled",
                "unavailable",
                "load_error",
                "dependency_error",
                "config_error",
                "failed",
            ],
            "description": "Only `enabled` ones take part",
        }
    )
    reason = fields.String(metadata={"description": "Why it is not enabled, and what to do"})


@blp.route("")
class Plugins(MethodView):
    @blp.permission("plugins.read")
    @blp.doc(operationId="listPlugins", summary="List plugins")
    @blp.response(200, PluginSchema(many=True))
    def get(self) -> list[Any]:
        return [record for _, record in sorted(runtime_of(current_app).plugins.records.items())]
