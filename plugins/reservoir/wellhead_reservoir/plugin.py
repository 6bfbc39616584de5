"""Reservoir: rock, fluids, contacts, pressures, and what a reservoir holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint

    from wellhead_wells.past import Past

info = sdk.PluginInfo(
    name="reservoir",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
    after=("production",),
)


@sdk.hookimpl
def addhooks() -> Sequence[Any]:
    from wellhead_reservoir import hooks

    return [hooks]


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_reservoir.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_reservoir.migrations"


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_reservoir.http import BLUEPRINTS

    return BLUEPRINTS


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "reservoir.read",
            "See reservoirs, their rock, fluids, pressures and volumes",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "reservoir.edit",
            "Enter and change reservoirs, fluids, pressures and their analyses",
            ("engineer",),
        ),
    ]


@sdk.hookimpl(optionalhook=True)
def keep_past(past: "Past") -> None:
    from wellhead_reservoir.past import keep

    keep(past)


@sdk.hookimpl(optionalhook=True)
def analyse_past(past: "Past") -> None:
    from wellhead_reservoir.past_balance import keep_balance

    keep_balance(past)
