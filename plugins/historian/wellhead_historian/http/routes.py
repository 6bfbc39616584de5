"""/api/v1/tags: what is measured, computed, imported or entered by people."""

from typing import Any

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.http.deleting import delete_tag
from wellhead_historian.http.schemas import TagSchema
from wellhead_historian.models import Tag

blp = sdk.Blueprint("historian", url_prefix="/api/v1/tags", description="Tags and their readings")


_TEXT = {"schema": {"type": "string"}}
AS_CSV = {200: {"content": {"text/csv": _TEXT}}}
AS_FILES = {200: {"content": {"text/csv": _TEXT, "application/jsonl": _TEXT}}}
TAG = {"in": "path", "name": "id", "description": "Id of the tag"}


DATATYPES = ("float64", "int64", "bool", "string")
"""Of tags without a device; those of devices are the drivers'."""


def _create(data: dict[str, Any]) -> Tag:
    """Raises WellheadError, also for an asset that is not there."""
    datatype = data.setdefault("datatype", DATATYPES[0])
    if datatype not in DATATYPES:
        raise sdk.WellheadError(
            "is none of a tag without a device",
            field="datatype",
            value=datatype,
            remedy=f"Choose one of {', '.join(DATATYPES)}",
        )
    sdk.require_asset(data.get("asset_id"))
    return api.create_tag(**data)


def _update(tag: Tag, data: dict[str, Any]) -> None:
    if api.hold_tag(tag.id) is None:
        raise sdk.not_found("tag", tag.id)
    if data.get("datatype", tag.datatype) != tag.datatype:
        raise sdk.WellheadError(
            "is what the readings of the tag are from its beginning",
            field="datatype",
            value=data["datatype"],
            remedy=f"Keep {tag.datatype!r}, or create another tag",
        )
    api.describe_tag(tag, data)
    for _, refusals in sdk.ask("unfit", tag=tag, changed=data):
        for refusal in refusals:
            raise refusal


tags = sdk.Resource(
    blp,
    path="",
    model=Tag,
    schema=TagSchema,
    name="tag",
    plural="tags",
    read="historian.read",
    write="historian.edit",
    filters=("name", "unit", "quantity", "datatype", "tag_class", "asset_id"),
    sort=("name", "id", "created_at"),
    create=_create,
    update=_update,
    delete=delete_tag,
    instead="Stop what brings its readings, a field tag say, and keep it as what it was",
    asset=Tag.asset_id,
    id_converter="int(min=1, max=2147483647)",
)
