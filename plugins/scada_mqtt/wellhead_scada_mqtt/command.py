"""What is published when a tag is written."""

import math
from collections.abc import Mapping
from typing import Any

import orjson

from wellhead import sdk
from wellhead_scada_mqtt.schemas import VALUE


def command_of(point: sdk.Point, value: float | str) -> bytes:
    """The address's command with `value` in the place of {value}. Raises WellheadError when the
    value cannot be said so."""
    raw = point.address["payload"] == "raw"
    if isinstance(value, str) != (point.datatype == "string"):
        raise _impossible(point, value, "is no text" if isinstance(value, float) else "is a text")
    if isinstance(value, str):
        said = value if raw else orjson.dumps(value).decode()
    elif not math.isfinite(value):
        raise _impossible(point, value, "is no number")
    elif point.datatype == "bool":
        said = str(int(value != 0)) if raw else str(value != 0).lower()
    elif point.datatype.startswith(("int", "uint")):
        said = str(int(value))
    else:
        said = repr(float(value))
    command: str = point.address["command"]
    return command.replace(VALUE, said).encode()


def check_writable(point: sdk.Point) -> None:
    """Raises WellheadError when `point` has no topic for commands."""
    if point.address["command_topic"] is None:
        raise sdk.WellheadError(
            "a tag without one is read-only",
            field="address.command_topic",
            remedy="Give the topic to publish its commands to, wells/W01/commands say",
        )


def check_command(address: Mapping[str, Any]) -> None:
    """Raises WellheadError when the address's topic or text of a command cannot be."""
    topic, command = address["command_topic"], address["command"]
    if topic is not None and any(sign in topic for sign in "+#\0"):
        raise sdk.WellheadError(
            "is one topic, without + and #",
            field="address.command_topic",
            value=topic,
            remedy="Write it like wells/W01/commands",
        )
    problem = None
    if VALUE not in command:
        problem = f"has no {VALUE} in it"
    elif address["payload"] == "json":
        try:
            orjson.loads(command.replace(VALUE, "1"))
        except orjson.JSONDecodeError as error:
            problem = f"is not JSON with a number for {VALUE}: {error}"
    if problem:
        raise sdk.WellheadError(
            problem,
            field="address.command",
            value=command,
            remedy=f'Write it like {{"set": {VALUE}}}, without quotes around {VALUE}',
        )


def _impossible(point: sdk.Point, value: float | str, problem: str) -> sdk.WellheadError:
    return sdk.WellheadError(
        f"{problem}, so it is no {point.datatype}",
        field="value",
        value=value,
        remedy=f"Write a {point.datatype}",
    )
