"""The only way to a device's network address: an allow-list, checked on the address itself.

A gateway takes addresses from people who may edit devices; without a list it would be a way into
every network it can reach. The name is looked up once and the caller connects to what came out of
it, so a name that answers differently the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

from wellhead.sdk import AllowList, DeviceUnreachable
from wellhead_scada.networks import Address, Network


class AllowListDialer:
    """sdk.Dialer that gives out addresses of the allowed networks only."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._allowed = AllowList(
            networks, field="options.host", setting="[plugins.scada] allow_networks"
        )

    async def resolve(self, host: str, port: int) -> Address:
        """The address to connect to. Raises AddressRefused or DeviceUnreachable."""
        try:
            found: Address = ipaddress.ip_address(host)
        except ValueError:
            found = await self._lookup(host, port)
        return self._allowed.check(host, found)

    async def _lookup(self, host: str, port: int) -> Address:
        """A daemon thread a lookup: a resolver that hangs holds up this device alone, and no
        exit."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def settle(address: str | None, error: OSError | UnicodeError | None) -> None:
            if answer.done():
                return
            if address is not None:
                answer.set_result(address)
            else:
                answer.set_exception(
                    DeviceUnreachable(
                        f"the name has no address: {error}",
                        field="options.host",
                        value=host,
                        remedy="Correct the name, or give the address in numbers",
                    )
                )

        def work() -> None:
            address, problem = None, None
            try:
                address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
            except (OSError, UnicodeError) as error:
                problem = error
            with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(settle, address, problem)

        threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()
        return ipaddress.ip_address((await answer).partition("%")[0])
