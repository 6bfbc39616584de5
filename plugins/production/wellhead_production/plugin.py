"""Production: facilities, meters, daily volumes, downtime, allocation, the month, decline."""

from collections.abc import Sequence
from typing import Any

from wellhead import sdk

info = sdk.PluginInfo(
    name="production",
    version="0.1.0",
    api="1.2",
    requires=("wells", "historian"),
)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_production import hooks

    return [hooks]


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "production.read",
            "See facilities, volumes, downtime, allocation and decline",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "production.edit",
            "Enter and change facilities, meters, tickets, daily records and downtime",
            ("engineer", "operator"),
        ),
        sdk.Permission(
            "production.allocate",
            "Run allocations and keep decline fits",
            ("engineer",),
        ),
        sdk.Permission(
            "production.close",
            "Close months and book prior-period adjustments",
            ("manager",),
        ),
    ]
