"""Production: facilities, meters, daily volumes, downtime, allocation, the month, decline."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint

    from wellhead_wells.past import Past

info = sdk.PluginInfo(
    name="production",
    version="0.1.0",
    api="1.2",
    requires=("wells", "historian"),
)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_production import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_production.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_production.migrations"


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_production.http import BLUEPRINTS

    return BLUEPRINTS


@sdk.hookimpl
def jobs() -> Sequence[sdk.Job]:
    return [
        sdk.Job(
            "production.meter_totals",
            "Total the meters' tags by production day, for the days of the last week",
            "wellhead_production.total_job:total_meters",
            every=dt.timedelta(hours=1),
            max_seconds=1800,
        ),
    ]


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "production.read",
            "See facilities, volumes, downtime, allocation and decline",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "production.edit",
            "Enter and change facilities, meters, tickets, daily records and downtime",
            ("engineer", "operator"),
        ),
        sdk.Permission(
            "production.allocate",
            "Run allocations and keep decline fits",
            ("engineer",),
        ),
        sdk.Permission(
            "production.close",
            "Close months and book prior-period adjustments",
            ("manager",),
        ),
    ]


@sdk.hookimpl(optionalhook=True)
def produced_volumes(
    well_ids: Sequence[uuid.UUID], dates: Sequence[dt.date]
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    from wellhead_production import cumulative

    return cumulative.produced_volumes(well_ids, dates)


@sdk.hookimpl(optionalhook=True)
def keep_past(past: "Past") -> None:
    from wellhead_production.past import keep

    keep(past)


@sdk.hookimpl(optionalhook=True)
def analyse_past(past: "Past") -> None:
    from wellhead_production.past_books import keep_books

    keep_books(past)
