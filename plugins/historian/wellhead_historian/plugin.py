"""The plugin `historian`: tags, and their readings from a gateway's spool to disk and back."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.config import HistorianConfig

if TYPE_CHECKING:
    from flask import Blueprint, Flask

info = sdk.PluginInfo(name="historian", version="0.1.0", api="1.2", config_schema=HistorianConfig)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_historian import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_historian import models as tables

    return [
        tables.Tag,
        tables.Source,
        tables.Layout,
        tables.TagSource,
        tables.Hot,
        tables.Axis,
        tables.Block,
        tables.Rollup,
        tables.Packing,
        tables.Latest,
        tables.Text,
        tables.Store,
        tables.Import,
        tables.ImportPart,
        tables.Ledger,
        tables.Gap,
    ]


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_historian.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "historian.read",
            "See tags and their readings",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "historian.edit",
            "Describe tags, and create those without a device",
            ("manager", "engineer"),
        ),
        sdk.Permission(
            "historian.enter",
            "Enter readings of tags that nothing measures",
            ("manager", "engineer", "operator"),
        ),
        sdk.Permission(
            "historian.import",
            "Import history, also over what was measured; needs historian.enter",
            ("manager", "engineer"),
        ),
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_historian.http import latest, readings  # noqa: F401 (they add their views)
    from wellhead_historian.http.routes import blp
    from wellhead_historian.imports import routes  # noqa: F401 (as above)

    return [blp]


@sdk.hookimpl
def live_topics() -> Sequence[sdk.LiveTopic]:
    from wellhead_historian import live

    return [
        sdk.LiveTopic("tags", live.tags, within_assets=True),
        sdk.LiveTopic("assets", live.tags_of_assets, within_assets=True),
    ]


@sdk.hookimpl
def live_snapshot(tags: npt.NDArray[np.int32]) -> sdk.Batch | None:
    from wellhead_historian import api

    found = api.latest(tags)
    return found if len(found) else None


@sdk.hookimpl
def current_values(assets: Sequence[str]) -> Sequence[sdk.CurrentValue]:
    from wellhead_historian import live

    return live.current_values(assets)


@sdk.hookimpl
def jobs() -> Sequence[sdk.Job]:
    return [
        sdk.Job(
            "historian.pack",
            "Pack the readings of hours that are over, and what came late",
            "wellhead_historian.store.packing.job:pack_tenant",
            every=dt.timedelta(minutes=5),
            max_seconds=1800,
        ),
        sdk.Job(
            "historian.remove",
            "Remove readings and roll-ups that are past the time of their class",
            "wellhead_historian.retention.job:remove_in_tenant",
            every=dt.timedelta(hours=1),
            max_seconds=1800,
        ),
    ]


@sdk.hookimpl
def health() -> Sequence[sdk.Health]:
    from wellhead_historian.retention.classes import classes_health
    from wellhead_historian.status import packing_health, store_health

    return [store_health(), packing_health(), classes_health()]


@sdk.hookimpl
def seed(app: "Flask") -> None:
    from wellhead_historian.status import say_store

    say_store()


@sdk.hookimpl
def diagnose(tenants: Sequence[str]) -> Sequence[sdk.Finding]:
    from wellhead_historian.status import store_findings

    return store_findings(tenants)
