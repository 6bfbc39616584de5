"""/api/v1/scada: devices, scan groups, tags, drivers."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_scada import service
from wellhead_scada.browsing import browse
from wellhead_scada.describe import describe_driver
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.requests import test_read
from wellhead_scada.schemas import (
    BrowseRequestSchema,
    BrowseResultSchema,
    DeviceSchema,
    DriverSchema,
    FieldTagSchema,
    ScanGroupSchema,
    TestResultSchema,
)

blp = sdk.Blueprint(
    "scada", url_prefix="/api/v1/scada", description="Field devices and what is read from them"
)

devices = sdk.Resource(
    blp,
    path="/devices",
    model=Device,
    schema=DeviceSchema,
    name="device",
    plural="devices",
    read="scada.read",
    write="scada.edit",
    filters=("name", "driver", "gateway", "enabled"),
    sort=("name", "driver", "gateway", "created_at", "updated_at"),
    create=service.create_device,
    update=service.update_device,
    delete=service.delete_device,
)

groups = sdk.Resource(
    blp,
    path="/scan-groups",
    model=ScanGroup,
    schema=ScanGroupSchema,
    name="scan_group",
    plural="scan_groups",
    read="scada.read",
    write="scada.edit",
    filters=("device_id", "name", "period_ms"),
    sort=("name", "period_ms", "created_at", "updated_at"),
    create=service.create_group,
    update=service.update_group,
    delete=service.delete_group,
)

tags = sdk.Resource(
    blp,
    path="/tags",
    model=FieldTag,
    schema=FieldTagSchema,
    name="field_tag",
    plural="field_tags",
    read="scada.read",
    write="scada.edit",
    filters=("device_id", "scan_group_id", "name", "datatype", "enabled"),
    sort=("name", "id", "datatype", "created_at", "updated_at"),
    create=service.create_field_tag,
    update=service.update_field_tag,
    delete=service.delete_field_tag,
    id_converter="int(min=1, max=2147483647)",
)


@blp.route("/drivers")
class DriversView(MethodView):
    @blp.permission("scada.read")
    @blp.unlimited_only
    @blp.doc(operationId="listDrivers", summary="List installed drivers and what they take")
    @blp.response(200, DriverSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        known = service.drivers()
        return [describe_driver(known, name) for name in sorted(known.lazies)]


@blp.route(
    "/devices/<uuid:id>/browse",
    parameters=[{"in": "path", "name": "id", "description": "Id of the device"}],
)
class DeviceBrowseView(MethodView):
    @blp.permission("scada.edit")
    @blp.unlimited_only
    @blp.doc(operationId="browseDevice", summary="Have its gateway look at what a device has")
    @blp.arguments(BrowseRequestSchema)
    @blp.response(200, BrowseResultSchema)
    @blp.alt_response(504, description="No gateway answers")
    def post(self, asked: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        return browse(devices.find(id), asked)


@blp.route(
    "/devices/<uuid:id>/test",
    parameters=[{"in": "path", "name": "id", "description": "Id of the device"}],
)
class DeviceTestView(MethodView):
    @blp.permission("scada.test")
    @blp.unlimited_only
    @blp.doc(operationId="testDevice", summary="Have its gateway read a device once, now")
    @blp.response(200, TestResultSchema)
    @blp.alt_response(504, description="No gateway answers")
    def post(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        return test_read(devices.find(id))
