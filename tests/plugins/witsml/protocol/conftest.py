"""A small store on this machine, and a client that may reach nothing else."""

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from wellhead import sdk
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.reading import kind_name
from wellhead_witsml.objects.wells import Well, Wellbore
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.client import Store, Version
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.store.server import StoreServer

LOOPBACK = sdk.AllowList(
    [ipaddress.ip_network("127.0.0.0/8")], field="url", setting="[plugins.witsml] allow_networks"
)
WELL = Well(uid="w1", name="A-1", time_zone="-06:00")
BORE = Wellbore(uid="b1", name="A-1 T2", uid_well="w1", name_well="A-1")
BELOW: dict[str, Any] = {
    "uid_well": "w1",
    "name_well": "A-1",
    "uid_wellbore": "b1",
    "name_wellbore": "A-1 T2",
}

Connect = Callable[..., Store]


def put(store: Store, of: WitsmlObject) -> str:
    """Add an object to a store."""
    return store.add(kind_name(type(of)), write_object(of, store.version))


@pytest.fixture
def server() -> Iterator[StoreServer]:
    with StoreServer() as running:
        yield running


@pytest.fixture
def connect(server: StoreServer) -> Iterator[Connect]:
    """Makes clients of the store, closed at the end."""
    with ExitStack() as opened:

        def made(version: Version = "1.4.1.1", **site: Any) -> Store:
            client = Store(Site(**{"url": server.url, "timeout_s": 5.0, **site}), LOOPBACK, version)
            return opened.enter_context(client)

        yield made


@pytest.fixture
def store(connect: Connect) -> Store:
    """A client of a store with one well and one wellbore."""
    client = connect()
    put(client, WELL)
    put(client, BORE)
    return client
