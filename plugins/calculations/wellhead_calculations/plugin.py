"""The plugin `calculations`: tags that are calculated from others, and totals of rates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_calculations.config import CalculationsConfig

if TYPE_CHECKING:
    import click
    import numpy as np
    import numpy.typing as npt
    from flask import Blueprint

info = sdk.PluginInfo(
    name="calculations",
    version="0.1.0",
    api="1.2",
    requires=("historian",),
    config_schema=CalculationsConfig,
)


@sdk.hookimpl
def models() -> Sequence[type[Any]]:
    from wellhead_calculations.models import MODELS

    return MODELS


@sdk.hookimpl
def migrations() -> str:
    return "wellhead_calculations.migrations"


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "calculations.read",
            "See how tags are calculated, and how far that is",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "calculations.edit", "Create, change and delete calculated tags", ("engineer",)
        ),
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_calculations.http.routes import blp

    return [blp]


@sdk.hookimpl(optionalhook=True)
def outboxes(tenant: str, configs: Mapping[str, Mapping[str, Any]]) -> Sequence[Any]:
    from wellhead_calculations.inputs.marker import Marker

    return [Marker()]


@sdk.hookimpl(optionalhook=True)
def calculated(tags: "npt.NDArray[np.int32]") -> Sequence[int]:
    from wellhead_calculations.service import calculated_of

    return calculated_of(tags)


@sdk.hookimpl
def processes(configs: Mapping[str, Mapping[str, Any]]) -> Sequence[sdk.ProcessSpec]:
    if not configs["calculations"]["tenants"]:
        return []
    return [sdk.ProcessSpec("calculator", ("calculator",))]


@sdk.hookimpl
def commands() -> "Sequence[click.Command]":
    from wellhead_calculations.command import calculator

    return [calculator]


@sdk.hookimpl
def health() -> Sequence[sdk.Health]:
    from wellhead_calculations.status import calculator_health

    return [calculator_health()]
