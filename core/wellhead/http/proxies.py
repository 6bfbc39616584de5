"""Who really calls: forwarding headers count only when a proxy of ours wrote them.

Anybody can send X-Forwarded-For. It is believed from the peers that `[web] proxies` names, read
from its end, where the nearest proxy writes, back to the first address that is not one of them.
Of everybody else the headers are removed, so that no code behind this sees them.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
_WITH_PORT = re.compile(r"(\[(?P<six>[^\]]+)\]|(?P<four>[\d.]+))(:\d{1,5})?")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """WSGI middleware. networks: in CIDR form, those of our own reverse proxies"""

    def __init__(self, app: "WSGIApplication", networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(text) for text in networks]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        chain, scheme, host = (environ.pop(name, "") for name in _HEADERS)
        peer = _parse(environ.get("REMOTE_ADDR", ""))
        if peer is not None and self._ours(peer):
            environ["REMOTE_ADDR"] = str(self._client(peer, chain))
            if _last(scheme) in ("http", "https"):
                environ["wsgi.url_scheme"] = _last(scheme)
            if _last(host):
                environ["HTTP_HOST"] = _last(host)
        return self._app(environ, start_response)

    def _client(self, peer: _Address, chain: str) -> _Address:
        for text in reversed(chain.split(",")):
            address = _parse(_without_port(text.strip()))
            if address is None:
                return peer  # what lies before it was not written by a proxy of ours
            peer = address
            if not self._ours(address):
                return address
        return peer

    def _ours(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)


def _without_port(text: str) -> str:
    """Some proxies write where the connection came from, port included."""
    match = _WITH_PORT.fullmatch(text)
    return (match["six"] or match["four"]) if match else text


def _parse(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _last(header: str) -> str:
    return header.rpartition(",")[2].strip()
