"""Depth-indexed data of wellbores: logs, their curves, import and export."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from marshmallow import fields, validate

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint


class ConfigSchema(sdk.Schema):
    """max_values: what one import, or one answer, may hold of a log: rows times curves"""

    max_values = fields.Integer(
        load_default=10_000_000,
        validate=validate.Range(1_000, 100_000_000),
        metadata={"description": "Values of one import or one answer, rows times curves"},
    )


info = sdk.PluginInfo(
    name="well_logs",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
    config_schema=ConfigSchema,
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


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_well_logs import (  # noqa: F401 (each adds its routes to the blueprint)
        routes_data,
        routes_imports,
    )
    from wellhead_well_logs.routes import blp

    return [blp]
