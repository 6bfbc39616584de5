"""Well testing: tests, gauges, pressure transients, inflow and deliverability."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint

info = sdk.PluginInfo(
    name="well_testing",
    version="0.1.0",
    api="1.2",
    requires=("wells", "historian"),
    after=("production",),
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_well_testing.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_well_testing.migrations"


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_well_testing.http import BLUEPRINTS

    return BLUEPRINTS


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "well_testing.read",
            "See well tests, their series and their analyses",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "well_testing.edit",
            "Enter and change well tests, their rates, gauges and series",
            ("engineer", "operator"),
        ),
        sdk.Permission(
            "well_testing.analyse",
            "Keep analyses of well tests",
            ("engineer",),
        ),
        sdk.Permission(
            "well_testing.validate",
            "Validate and reject well tests",
            ("manager", "engineer"),
        ),
    ]
