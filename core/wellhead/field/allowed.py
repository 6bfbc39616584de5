"""Which addresses Wellhead may connect to, checked on the address itself.

Addresses of devices and stores come from people who may edit them; without a list a gateway would
be a way into every network it can reach. A name is looked up once, and the caller connects to what
came out of it, so a name that answers differently the second time gains nothing.
"""

import ipaddress
import socket
from collections.abc import Sequence

from wellhead.field.driver import AddressRefused, DeviceUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""Loopback and the private ranges (RFC 1918, RFC 4193)."""


class AllowList:
    """networks: that may be connected to; field, setting: what errors call the address and the list
    in the configuration"""

    def __init__(self, networks: Sequence[Network], field: str, setting: str) -> None:
        self._networks = tuple(networks)
        self._field = field
        self._setting = setting

    def check(self, host: str, found: Address) -> Address:
        """The address of `host`, without IPv6's wrapping of an IPv4 one. Raises AddressRefused
        outside the list."""
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if not any(found.version == net.version and found in net for net in self._networks):
            raise AddressRefused(
                f"{found} lies outside the networks that may be connected to",
                field=self._field,
                value=host,
                remedy=f"Add its network to {self._setting}, then `wellhead reload`",
            )
        return found

    def resolve(self, host: str, port: int) -> Address:
        """The address to connect to; waits for the resolver, so not in an event loop. Raises
        AddressRefused or DeviceUnreachable."""
        try:
            return self.check(host, ipaddress.ip_address(host))
        except ValueError:
            pass
        try:
            text = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError) as error:
            raise DeviceUnreachable(
                f"the name has no address: {error}",
                field=self._field,
                value=host,
                remedy="Correct the name, or give the address in numbers",
            ) from error
        return self.check(host, ipaddress.ip_address(text.partition("%")[0]))
