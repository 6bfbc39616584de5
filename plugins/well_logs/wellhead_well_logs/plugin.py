"""Depth-indexed data of wellbores: logs, their curves, import and export."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="well_logs",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "well_logs.read",
            "See well logs and their curves",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission("well_logs.edit", "Import, change and delete well logs", ("engineer",)),
    ]
