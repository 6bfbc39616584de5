"""The plugin `simulator`: a small oil field whose values obey physics, behind real servers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_simulator.settings import ConfigSchema

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Flask

info = sdk.PluginInfo(
    name="simulator",
    version="0.1.0",
    api="1.0",
    requires=("historian", "scada", "wells"),
    after=("scada_modbus", "scada_mqtt", "scada_opcua"),
    config_schema=ConfigSchema,
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "simulator.control", "Switch faults of the simulated field", ("engineer", "operator")
        )
    ]


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_simulator.routes import blp

    return [blp]


@sdk.hookimpl
def seed(app: "Flask") -> None:
    config = sdk.plugin_config("simulator")
    if config["run"]:
        from wellhead_simulator.seed import seed_field

        seed_field(config, sdk.runtime_of(app).plugins)


@sdk.hookimpl
def processes(configs: Mapping[str, Mapping[str, Any]]) -> Sequence[sdk.ProcessSpec]:
    if not configs["simulator"]["run"]:
        return []
    return [
        sdk.ProcessSpec(
            "simulator", ("simulator", "run"), concerns=("simulator",), without_database=True
        )
    ]


@sdk.hookimpl
def commands() -> "Sequence[click.Command]":
    from wellhead_simulator.command import simulator

    return [simulator]
