"""Drilling: rigs, runs, mud, casing, daily reports, and what they cost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_drilling.vocabulary import RIG_KIND, RIG_PARENTS

if TYPE_CHECKING:
    from flask import Blueprint

info = sdk.PluginInfo(
    name="drilling",
    version="0.1.0",
    api="1.2",
    requires=("wells",),
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_drilling.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_drilling.migrations"


@sdk.hookimpl
def asset_kinds() -> Sequence[sdk.AssetKind]:
    return [sdk.AssetKind(RIG_KIND, "Rig", RIG_PARENTS)]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_drilling.http import BLUEPRINTS

    return BLUEPRINTS


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "drilling.read",
            "See rigs, runs, casing, mud and daily reports",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "drilling.edit",
            "Enter and change rigs, runs, casing, mud and daily reports",
            ("engineer", "operator"),
        ),
        sdk.Permission("drilling.approve", "Approve daily drilling reports", ("manager",)),
    ]


@sdk.hookimpl(optionalhook=True)
def bha_run_importer() -> sdk.Lazy:
    return sdk.Lazy("drilling", "BHA runs", "wellhead_drilling.witsml:IMPORTER")
