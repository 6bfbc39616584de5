"""Depth-indexed data of wellbores: logs, their curves, import and export."""

from collections.abc import Sequence
from typing import Any

from wellhead import sdk

info = sdk.PluginInfo(
    name="well_logs",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_well_logs.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_well_logs.migrations"


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
