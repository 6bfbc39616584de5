"""/api/v1/witsml/logs: the logs that are followed, and how that goes."""

from wellhead import sdk
from wellhead_witsml.following import change_log, follow_log
from wellhead_witsml.http.blueprint import EDIT, READ, blp
from wellhead_witsml.http.schemas_logs import FollowedLogSchema
from wellhead_witsml.models import Log

logs = sdk.Resource(
    blp,
    path="/logs",
    model=Log,
    schema=FollowedLogSchema,
    name="followed_log",
    plural="followed_logs",
    read=READ,
    write=EDIT,
    filters=(
        "store_id",
        "wellbore_id",
        "uid_well",
        "uid_wellbore",
        "uid",
        "name",
        "index_kind",
        "enabled",
    ),
    sort=("name", "created_at", "updated_at"),
    create=follow_log,
    update=change_log,
    asset=Log.asset_id,
)
