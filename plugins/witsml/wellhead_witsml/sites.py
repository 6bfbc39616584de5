"""From a store's record to a connection: passwords and certificates are files of this process."""

import ipaddress
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_witsml.models import Store
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.client import Version
from wellhead_witsml.protocol.errors import StoreRefused
from wellhead_witsml.protocol.http import Site

PASSWORDS, AUTHORITIES = "passwords", "authorities"
_VERSIONS: dict[str, Version] = {"1.3.1.1": "1.3.1.1", "1.4.1.1": "1.4.1.1"}


def allow_list(config: dict[str, Any]) -> sdk.AllowList:
    """Where stores may be. config: the section [plugins.witsml]"""
    networks = [ipaddress.ip_network(text) for text in config["allow_networks"]]
    return sdk.AllowList(networks, "url", "[plugins.witsml] allow_networks")


def folder(settings: sdk.Settings, name: str) -> Path:
    """Where files of one kind are, passwords say; made when it is not there."""
    found = settings.data_dir / "witsml" / name
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def client_of(store: Store, settings: sdk.Settings, allowed: sdk.AllowList) -> Client:
    """Not connected yet. Raises StoreRefused for a file that cannot be read, or an address that
    cannot be."""
    authority = None
    if store.ca_file is not None:
        authority = str(folder(settings, AUTHORITIES) / store.ca_file)
    site = Site(
        url=store.url,
        user=store.user_name,
        password=_password(store, settings),
        ca_file=authority,
        timeout_s=store.timeout_s,
        plain_password=store.allow_plain,
    )
    return Client(site, allowed, _VERSIONS[store.version])


def _password(store: Store, settings: sdk.Settings) -> str | None:
    if store.password_file is None:
        return None
    path = folder(settings, PASSWORDS) / store.password_file
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreRefused(
            f"its password cannot be read: {error}",
            field="password_file",
            value=store.password_file,
            remedy=f"Put the file into {path.parent}",
        ) from error
