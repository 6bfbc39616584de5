"""A gateway's way into the historian: spool and forwarder as configured."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wellhead import sdk
from wellhead_historian.forwarder import Forwarder
from wellhead_historian.spool import Policy, Spool


def open_spool(
    settings: sdk.Settings, config: Mapping[str, Any], tenant: str, gateway: str
) -> Spool:
    """The spool `<data_dir>/spool/<tenant>-<gateway>.db`. Raises SpoolError.

    config: the checked section `[plugins.historian]`
    """
    return Spool(
        settings.data_dir / "spool" / f"{tenant}-{gateway}.db",
        max_bytes=int(config["spool_max_mb"]) << 20,
        policy=Policy(config["spool_policy"]),
        future_tolerance=config["future_tolerance"],
    )


def make_forwarder(
    spool: Spool,
    settings: sdk.Settings,
    config: Mapping[str, Any],
    tenant: str,
    on_commit: Sequence[Callable[[sdk.Batch], None]] = (),
) -> Forwarder:
    """The forwarder, not started, of that spool into that tenant. See Forwarder for `on_commit`."""
    return Forwarder(
        spool,
        lambda: sdk.connect(settings, tenant),
        on_commit=on_commit,
        future_tolerance=config["future_tolerance"],
    )
