"""The plugin `acme`: tank gauges, read over TCP, with a register of where they are."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marshmallow import fields

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint


class ConfigSchema(sdk.Schema):
    """check_days: days after which a gauge wants to be checked again"""

    check_days = fields.Integer(load_default=90)


info = sdk.PluginInfo(
    name="acme", version="1.2.0", api="1.1", requires=("scada",), config_schema=ConfigSchema
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from .models import Gauge

    return [Gauge]


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_acme.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission("acme.read", "See gauges", ("manager", "engineer", "operator", "viewer")),
        sdk.Permission("acme.edit", "Register and change gauges", ("engineer",)),
    ]


@sdk.hookimpl
def asset_kinds() -> Sequence[sdk.AssetKind]:
    return [sdk.AssetKind("acme_tank", "Tank", ("field",))]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from .routes import blp

    return [blp]


@sdk.hookimpl
def drivers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("acme", "Acme tank gauges", "wellhead_acme.driver:AcmeDriver")]


@sdk.hookimpl
def device_servers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("acme", "Acme tank gauges", "wellhead_acme.server:AcmeServer")]


@sdk.hookimpl
def jobs() -> Sequence[sdk.Job]:
    return [
        sdk.Job(
            "acme.find_overdue",
            "Mark the gauges that want to be checked",
            "wellhead_acme.jobs:find_overdue",
            every=timedelta(days=1),
        )
    ]
