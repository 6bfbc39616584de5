"""Reservoir: rock, fluids, contacts, pressures, and what a reservoir holds."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="reservoir",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
    after=("production",),
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "reservoir.read",
            "See reservoirs, their rock, fluids, pressures and volumes",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "reservoir.edit",
            "Enter and change reservoirs, fluids, pressures and their analyses",
            ("engineer",),
        ),
    ]
