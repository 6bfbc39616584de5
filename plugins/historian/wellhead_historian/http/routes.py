"""/api/v1/tags: what is measured or computed."""

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.http.schemas import TagSchema
from wellhead_historian.models import Tag

blp = sdk.Blueprint("historian", url_prefix="/api/v1/tags", description="Tags and their readings")


_TEXT = {"schema": {"type": "string"}}
AS_CSV = {200: {"content": {"text/csv": _TEXT}}}
AS_FILES = {200: {"content": {"text/csv": _TEXT, "application/jsonl": _TEXT}}}
TAG = {"in": "path", "name": "id", "description": "Id of the tag"}


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
    update=api.describe_tag,
    asset=Tag.asset_id,
    methods=("list", "get", "update"),
    id_converter="int(min=1, max=2147483647)",
)
