"""The process `uplink`: the senders of one tenant."""

import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from marshmallow import ValidationError

from wellhead import sdk
from wellhead_uplink.config import destinations_of
from wellhead_uplink.edge.destination import Destination
from wellhead_uplink.edge.sender import Sender

log = structlog.get_logger(__name__)
WELLHEAD = sdk.Lazy("wellhead", "Another Wellhead", "wellhead_uplink.edge.centre:Centre")
_STOP_S = 3.0


def run(runtime: sdk.Runtime, tenant: str) -> None:
    """Send to the destinations of `tenant` until SIGTERM or SIGINT."""
    config = runtime.plugins.records["uplink"].config
    chosen = destinations_of(config, tenant)
    names = [entry["name"] for entry in chosen]
    kinds = kinds_of(runtime)
    connect = partial(sdk.connect, runtime.settings, tenant, autocommit=True)
    senders = [
        Sender(
            tenant, entry["name"], maker(kinds, tenant, entry), connect, names, config["report_s"]
        )
        for entry in chosen
    ]
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    for sender in senders:
        sender.start()
    log.info("uplink runs", tenant=tenant, destinations=names)
    ending.wait()
    for sender in senders:
        sender.stop(_STOP_S)
    log.info("uplink stopped", tenant=tenant)


def kinds_of(runtime: sdk.Runtime) -> dict[str, sdk.Lazy]:
    """The kinds of destinations there are, by name."""
    answers = runtime.plugins.collect("uplinks")
    return {kind.name: kind for kind in (WELLHEAD, *(one for _, few in answers for one in few))}


def maker(
    kinds: Mapping[str, sdk.Lazy], tenant: str, entry: Mapping[str, Any]
) -> Callable[[], Destination]:
    """What makes the destination of one entry of the configuration; it raises WellheadError when
    that cannot be."""

    def make() -> Destination:
        kind = kinds.get(entry["kind"])
        if kind is None:
            raise sdk.WellheadError(
                "no such kind of destination",
                field="kind",
                value=entry["kind"],
                remedy=sdk.did_you_mean(entry["kind"], kinds),
            )
        try:
            made = kind.load()
            return made(tenant, made.options_schema().load(entry["options"]))  # type: ignore[no-any-return]
        except ValidationError as error:
            raise _wrong(entry["options"], error) from error
        except ImportError as error:
            raise sdk.WellheadError(f"its plugin cannot be imported: {error}") from error

    return make


def _wrong(options: Mapping[str, Any], error: ValidationError) -> sdk.WellheadError:
    """The first thing that is wrong, as a person writes it into the configuration."""
    key, problem = next(iter(error.messages_dict.items()))
    return sdk.WellheadError(
        str(problem[0] if isinstance(problem, list) else problem).rstrip("."),
        field=f"options.{key}",
        value=sdk.masked(key, options.get(key)),
        remedy="Correct it in [[plugins.uplink.destinations]], then `wellhead reload`",
    )
