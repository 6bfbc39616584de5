"""The plugin `uplink`: readings from an edge to a centre, and northwards to others."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_uplink.config import UplinkConfig, destinations_of

if TYPE_CHECKING:
    import click
    from flask import Blueprint

info = sdk.PluginInfo(
    name="uplink",
    version="0.1.0",
    api="1.2",
    requires=("historian", "scada"),
    config_schema=UplinkConfig,
)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_uplink import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_uplink.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_uplink.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "uplink.read",
            "See edges, their devices and how far behind they are",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission("uplink.send", "Send readings as an edge; for the API key of an edge"),
    ]


@sdk.hookimpl
def asset_kinds() -> Sequence[sdk.AssetKind]:
    return [sdk.AssetKind("edge", "Edge")]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_uplink.centre.routes import blp

    return [blp]


@sdk.hookimpl(optionalhook=True)
def outboxes(tenant: str, configs: Mapping[str, Mapping[str, Any]]) -> Sequence[Any]:
    config = configs["uplink"]
    if not destinations_of(config, tenant):
        return []
    from wellhead_uplink.edge.outbox import OutboxWriter

    return [OutboxWriter(int(config["outbox_max_mb"]) << 20)]


@sdk.hookimpl(optionalhook=True)
def doubtful(tags: npt.NDArray[np.int32]) -> Sequence[int]:
    config = sdk.plugin_config("uplink")
    if not config["accept"]:
        return []
    from wellhead_uplink.centre.tags import of_edges_not_current

    return of_edges_not_current(tags, config["silent_s"], config["behind_s"])


@sdk.hookimpl(optionalhook=True)
def converted(tags: npt.NDArray[np.int32]) -> Mapping[int, bool]:
    from wellhead_uplink.centre.tags import of_edges

    return dict.fromkeys(of_edges(tags), True)  # by scales that only the edge knows


@sdk.hookimpl
def processes(configs: Mapping[str, Mapping[str, Any]]) -> Sequence[sdk.ProcessSpec]:
    tenants = sorted({entry["tenant"] for entry in configs["uplink"]["destinations"]})
    return [
        sdk.ProcessSpec(f"uplink {tenant}", ("uplink", "run", "--tenant", tenant))
        for tenant in tenants
    ]


@sdk.hookimpl
def commands() -> "Sequence[click.Command]":
    from wellhead_uplink.command import uplink

    return [uplink]


@sdk.hookimpl
def health() -> Sequence[sdk.Health]:
    from wellhead_uplink.status import health_of_uplinks

    return health_of_uplinks()


@sdk.hookimpl
def diagnose(tenants: Sequence[str]) -> Sequence[sdk.Finding]:
    from wellhead_uplink.status import findings

    return [finding for tenant in tenants for finding in findings(tenant)]
