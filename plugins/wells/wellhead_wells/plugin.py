"""What the plugin `wells` adds to Wellhead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_wells.vocabulary import WELL_PARENTS

if TYPE_CHECKING:
    from flask import Blueprint


class ConfigSchema(sdk.Schema):
    """default_country: ISO 3166-1 alpha-2 code of wells created without a country; none if unset"""

    default_country = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[A-Z]{2}\Z", error="Must be two capitals, ISO 3166-1: US, NO."),
        metadata={"description": "Country of wells created without one, ISO 3166-1 alpha-2"},
    )


info = sdk.PluginInfo(name="wells", version="0.1.0", api="1.0", config_schema=ConfigSchema)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_wells import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_wells.completions.models import MODELS as COMPLETIONS
    from wellhead_wells.models import MODELS
    from wellhead_wells.surveys.models import Survey

    return (*MODELS, Survey, *COMPLETIONS)


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_wells.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "wells.read",
            "See wells, wellbores, completions, surveys and what they measure now",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "wells.edit",
            "Create and change wells, wellbores, completions and surveys; record their status",
            ("manager", "engineer"),
        ),
    ]


@sdk.hookimpl
def asset_kinds() -> Sequence[sdk.AssetKind]:
    return [
        sdk.AssetKind("well", "Well", WELL_PARENTS),
        sdk.AssetKind("wellbore", "Wellbore", ("well",), moves=False),
        sdk.AssetKind("completion", "Completion", ("wellbore",), moves=False),
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_wells import routes_depths, routes_map  # noqa: F401 (add to the blueprint)
    from wellhead_wells.completions.routes import blp as completions
    from wellhead_wells.routes import blp
    from wellhead_wells.surveys.routes import blp as surveys

    return [blp, completions, surveys]
