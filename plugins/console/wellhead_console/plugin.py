"""What the plugin `console` adds to Wellhead: the page at `/`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wellhead import sdk

if TYPE_CHECKING:
    from flask import Blueprint


info = sdk.PluginInfo(name="console", version="0.1.0", api="1.0")


@sdk.hookimpl
def blueprints() -> "Sequence[Blueprint]":
    from wellhead_console.routes import blp

    return [blp]
