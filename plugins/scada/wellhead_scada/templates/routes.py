"""/api/v1/scada/templates: kinds of devices, and devices made of them."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from wellhead import sdk
from wellhead_scada import service
from wellhead_scada.describe import open_options
from wellhead_scada.drivers import Drivers
from wellhead_scada.templates import library
from wellhead_scada.templates.document import Template
from wellhead_scada.templates.making import make_device
from wellhead_scada.templates.schemas import FromTemplateSchema, MadeSchema, TemplateSchema

blp = sdk.Blueprint(
    "scada_templates",
    url_prefix="/api/v1/scada/templates",
    description="Kinds of devices, with the scan groups and tags that each has",
)


@blp.route("")
class TemplatesView(MethodView):
    @blp.permission("scada.read")
    @blp.unlimited_only
    @blp.doc(operationId="listDeviceTemplates", summary="List the kinds of devices there are")
    @blp.response(200, TemplateSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        drivers = service.drivers()
        return [
            {
                "name": template.name,
                "title": template.title,
                "driver": template.driver,
                "source": template.source,
                "plugin": template.plugin,
                "error": template.error,
                "options": template.options,
                "parameters": _parameters(template, drivers),
                "groups": template.groups,
            }
            for template in _templates()
        ]


@blp.route(
    "/<string:name>/devices",
    parameters=[{"in": "path", "name": "name", "description": "Name of the template"}],
)
class TemplateDevicesView(MethodView):
    @blp.permission("scada.edit")
    @blp.unlimited_only
    @blp.doc(
        operationId="createDeviceFromTemplate",
        summary="Make a device of a template, with its scan groups and tags",
    )
    @blp.arguments(FromTemplateSchema)
    @blp.response(201, MadeSchema)
    def post(self, asked: dict[str, Any], name: str) -> dict[str, Any]:
        made = make_device(library.find(_templates(), name), asked)
        sdk.db.session.commit()
        return made


def _parameters(template: Template, drivers: Drivers) -> list[dict[str, Any]]:
    if template.error is not None:
        return []
    return open_options(drivers.get(template.driver), template.options)


def _templates() -> list[Template]:
    folder = sdk.plugin_config("scada")["templates"]
    plugins = sdk.runtime_of(current_app).plugins
    return library.all_templates(plugins, folder, service.drivers())
