"""Drilling: rigs, runs, mud, casing, daily reports, and what they cost."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="drilling",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "drilling.read",
            "See rigs, runs, casing, mud and daily reports",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "drilling.edit",
            "Enter and change rigs, runs, casing, mud and daily reports",
            ("engineer", "operator"),
        ),
        sdk.Permission("drilling.approve", "Approve daily drilling reports", ("manager",)),
    ]
