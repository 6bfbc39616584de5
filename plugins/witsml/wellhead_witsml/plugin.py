"""WITSML: what rigs and service companies hold in their stores."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_witsml.config import WitsmlConfig

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Flask

info = sdk.PluginInfo(
    name="witsml",
    version="0.1.0",
    api="1.2",
    requires=("wells", "well_logs", "historian"),
    after=("drilling",),
    modules=("lxml",),
    extra="witsml",
    config_schema=WitsmlConfig,
)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_witsml import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_witsml.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_witsml.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "witsml.read",
            "See WITSML stores, what they hold and what is read of them",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "witsml.edit", "Set up WITSML stores, import from them and write to them", ("engineer",)
        ),
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_witsml.http.routes import blp

    return [blp]


@sdk.hookimpl
def jobs() -> Sequence[sdk.Job]:
    return [
        sdk.Job(
            "witsml.forget_requests",
            "Delete what was asked of stores and is waited for no more",
            "wellhead_witsml.requests:forget_requests",
            every=dt.timedelta(hours=1),
        )
    ]


@sdk.hookimpl
def processes(configs: Mapping[str, Mapping[str, Any]]) -> Sequence[sdk.ProcessSpec]:
    if not configs["witsml"]["tenants"]:
        return []  # nobody's stores are read
    found = [sdk.ProcessSpec("witsml", ("witsml", "run"))]
    if configs["witsml"]["rig"]:
        found.append(sdk.ProcessSpec("witsml rig", ("witsml", "rig"), concerns=("witsml",)))
    return found


@sdk.hookimpl
def seed(app: "Flask") -> None:
    if sdk.plugin_config("witsml")["rig"]:
        from wellhead_witsml.seeding import seed_rig

        seed_rig()


@sdk.hookimpl
def commands() -> "Sequence[click.Command]":
    from wellhead_witsml.command import witsml

    return [witsml]


@sdk.hookimpl
def health() -> Sequence[sdk.Health]:
    from wellhead_witsml.status import stores_health

    return stores_health()
