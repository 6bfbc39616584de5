"""Which addresses a gateway may connect to."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(text: str) -> Network:
    """A network in CIDR form. Raises ValueError."""
    return ipaddress.ip_network(text)
