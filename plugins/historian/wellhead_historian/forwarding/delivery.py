"""A gateway's way into the historian: spool and forwarder as configured."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.hooks import Outbox
from wellhead_historian.spool.spool import Policy, Spool, SpoolClass
from wellhead_historian.store.choice import make_writer

_FOLDER = "spool"


def open_spool(
    settings: sdk.Settings, config: Mapping[str, Any], tenant: str, gateway: str
) -> Spool:
    """The spool `<data_dir>/spool/<tenant>-<gateway>.db`. Raises SpoolError.

    config: the checked section `[plugins.historian]`
    """
    return Spool(
        settings.data_dir / _FOLDER / f"{tenant}-{gateway}.db",
        max_bytes=int(config["spool_max_mb"]) << 20,
        policy=Policy(config["spool_policy"]),
        future_tolerance=config["future_tolerance"],
        reserve_bytes=int(config["spool_reserve_mb"]) << 20,
        classes={
            name: SpoolClass(Policy(known["spool"] or config["spool_policy"]), known["priority"])
            for name, known in config["classes"].items()
            if known["spool"] or known["priority"]
        },
    )


def spool_files(settings: sdk.Settings) -> list[tuple[str, str, Path]]:
    """(tenant, gateway, file) of every spool in the data directory."""
    found = []
    for path in sorted((settings.data_dir / _FOLDER).glob("*.db")):
        tenant, dash, gateway = path.stem.partition("-")
        if dash:
            found.append((tenant, gateway, path))
    return found


def make_forwarder(
    spool: Spool,
    settings: sdk.Settings,
    config: Mapping[str, Any],
    tenant: str,
    on_commit: Sequence[Callable[[sdk.Batch], None]] = (),
    outboxes: Sequence[Outbox] = (),
) -> Forwarder:
    """The forwarder, not started, of that spool into that tenant. See Forwarder for `on_commit`
    and `outboxes`."""
    return Forwarder(
        spool,
        lambda: sdk.connect(settings, tenant),
        on_commit=on_commit,
        outboxes=outboxes,
        future_tolerance=config["future_tolerance"],
        make_store=partial(make_writer, most_texts=config["max_texts"]),
    )
