"""The plugin's blueprint, and what its routes share."""

from wellhead import sdk

READ = "witsml.read"
EDIT = "witsml.edit"

blp = sdk.Blueprint(
    "witsml",
    url_prefix="/api/v1/witsml",
    description="WITSML stores: what they hold, what is imported, read as it grows, and written",
)
STORE = {"in": "path", "name": "store_id", "description": "Id of the store"}
