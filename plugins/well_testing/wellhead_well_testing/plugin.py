"""Well testing: tests, gauges, pressure transients, inflow and deliverability."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from marshmallow import fields, validate

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint

    from wellhead_wells.past import Past


class ConfigSchema(sdk.Schema):
    """max_points: what one series of pressures may hold
    minimum_hours, stability_percent: what a production test is warned of before it is validated
    """

    max_points = fields.Integer(
        load_default=5_000_000,
        validate=validate.Range(1_000, 50_000_000),
        metadata={"description": "Readings of one series of pressures at most"},
    )
    minimum_hours = fields.Float(
        load_default=4.0,
        validate=validate.Range(0, 1_000),
        metadata={"description": "Hours that a production test takes without a warning"},
    )
    stability_percent = fields.Float(
        load_default=10.0,
        validate=validate.Range(0.1, 100),
        metadata={"description": "How far rates of a stable test are from their mean at most, %"},
    )


info = sdk.PluginInfo(
    name="well_testing",
    version="0.1.0",
    api="1.2",
    requires=("wells", "historian"),
    after=("production",),
    config_schema=ConfigSchema,
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


@sdk.hookimpl(optionalhook=True)
def well_test_rates(
    well_ids: Sequence[uuid.UUID], at: dt.datetime
) -> Mapping[uuid.UUID, dict[str, Any]]:
    from wellhead_well_testing.newest_rates import newest_rates

    return newest_rates(well_ids, at)


@sdk.hookimpl(optionalhook=True)
def keep_past(past: "Past") -> None:
    from wellhead_well_testing.past import keep

    keep(past)


@sdk.hookimpl(optionalhook=True)
def analyse_past(past: "Past") -> None:
    from wellhead_well_testing.past_analyses import keep_analyses

    keep_analyses(past)
