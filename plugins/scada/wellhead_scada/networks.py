"""Which addresses a gateway may connect to."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""Loopback and the private ranges (RFC 1918, RFC 4193)."""


def network(text: str) -> Network:
    """A network in CIDR form. Raises ValueError."""
    return ipaddress.ip_network(text)
