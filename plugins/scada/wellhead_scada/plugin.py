"""The plugin `scada`: field devices, their tags, and the gateway that scans them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_scada.settings import ConfigSchema

if TYPE_CHECKING:
    import click
    import numpy as np
    import numpy.typing as npt
    from flask import Blueprint

    from wellhead_historian.models import Tag

info = sdk.PluginInfo(
    name="scada", version="0.1.0", api="1.1", requires=("historian",), config_schema=ConfigSchema
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_scada.commands import models as commands
    from wellhead_scada.models import MODELS

    return [*MODELS, *commands.MODELS]


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_scada.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "scada.read",
            "See devices, scan groups, field tags and how the devices are doing",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "scada.edit", "Create, change and delete devices, scan groups and tags", ("engineer",)
        ),
        sdk.Permission(
            "scada.test",
            "Have a gateway read a device once, now",
            ("manager", "engineer", "operator"),
        ),
        sdk.Permission(
            "scada.controls", "Say which tags may be commanded, and how far", ("engineer",)
        ),
        sdk.Permission(
            "scada.command",
            "Command writable tags, and cancel one's own commands",
            ("manager", "engineer", "operator"),
        ),
        sdk.Permission(
            "scada.approve",
            "Approve or reject commands of others to critical tags, and cancel anybody's",
            ("manager", "engineer"),
        ),
        sdk.Permission(
            "scada.write_switch", "Disable or enable all writing to the field of the tenant"
        ),
        sdk.Permission(
            "platform.scada.write_switch", "Disable or enable all writing to the field everywhere"
        ),
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_scada.commands.routes import blp as commands
    from wellhead_scada.portable.routes import blp as config
    from wellhead_scada.routes import blp
    from wellhead_scada.templates.routes import blp as templates

    return [blp, commands, config, templates]


@sdk.hookimpl(optionalhook=True)
def unfit(tag: "Tag", changed: Mapping[str, Any]) -> Sequence[sdk.WellheadError]:
    from wellhead_scada.exception.drawn import held_though_drawn

    return held_though_drawn(tag, changed)


@sdk.hookimpl(optionalhook=True)
def converted(tags: "npt.NDArray[np.int32]") -> Mapping[int, bool]:
    from wellhead_scada.service import converted_of

    return converted_of(tags)


@sdk.hookimpl
def live_topics() -> Sequence[sdk.LiveTopic]:
    from wellhead_scada.live import tags_of_devices

    return [sdk.LiveTopic("devices", tags_of_devices, within_assets=True)]


@sdk.hookimpl
def live_events() -> Sequence[sdk.LiveEvents]:
    from wellhead_scada.commands.live import shown

    return [sdk.LiveEvents("commands", "scada.command", "scada.read", shown, within_assets=True)]


@sdk.hookimpl
def jobs() -> Sequence[sdk.Job]:
    return [
        sdk.Job(
            "scada.forget_requests",
            "Delete what gateways were asked more than a day ago",
            "wellhead_scada.requests:forget_requests",
            every=dt.timedelta(hours=1),
        ),
        sdk.Job(
            "scada.end_commands",
            "Let commands expire whose time has passed, and say of which nobody knows the end",
            "wellhead_scada.commands.sweep:end_overdue",
            every=dt.timedelta(seconds=30),
        ),
    ]


@sdk.hookimpl
def processes() -> Sequence[sdk.ProcessSpec]:
    return [
        sdk.ProcessSpec(
            "gateway main",
            ("gateway", "--name", "main", "--tenant", sdk.DEFAULT_TENANT),
            reloads=("scada",),
            without_database=True,  # the spool has the last good configuration
        )
    ]


@sdk.hookimpl
def commands() -> "Sequence[click.Command]":
    from wellhead_scada.command import gateway

    return [gateway]


@sdk.hookimpl
def portable(editing: bool) -> Sequence[sdk.PortableRecords]:
    from wellhead_scada.portable.records import records

    return records(editing)


@sdk.hookimpl
def check_rules(subject: sdk.CheckSubject) -> Sequence[sdk.CheckRule]:
    from wellhead_scada.check.rules import rules_of
    from wellhead_scada.check.templates import template_rules

    return [*template_rules(subject), *rules_of(subject)]


@sdk.hookimpl
def health() -> Sequence[sdk.Health]:
    from wellhead_scada.health import gateways

    return gateways()


@sdk.hookimpl
def diagnose(tenants: Sequence[str]) -> Sequence[sdk.Finding]:
    from wellhead_scada.diagnose import missing_drivers, spools, stuck

    return [*spools(tenants), *stuck(tenants), *missing_drivers(tenants)]
