"""One POST to a store: to an allowed address, within a time, an answer within a size."""

import ipaddress
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import urllib3

from wellhead import sdk
from wellhead_witsml.protocol.compression import inflated
from wellhead_witsml.protocol.errors import ReplyError, StoreRefused, StoreUnreachable
from wellhead_witsml.protocol.xml import MAX_BYTES

USER_AGENT = "Wellhead/1.0 (WITSML client)"
"""Product and version: a store refuses without them (−472)."""
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Site:
    """Where a store is and how to get in.

    ca_file: authorities to trust, as PEM; None = those of the system
    timeout_s: that one request may take in all
    plain_password: send the password without TLS to another machine, too
    """

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout_s: float = 60.0
    most_bytes: int = MAX_BYTES
    plain_password: bool = False


class Connection:
    """A kept-alive connection to one store. Not for use by two threads at once."""

    def __init__(self, site: Site, allowed: sdk.AllowList) -> None:
        """Raises StoreRefused for an address, or a way to send the password, that cannot be."""
        self._site = site
        self._allowed = allowed
        try:
            parts = urlsplit(site.url)
            self._tls, self._host, port = parts.scheme == "https", parts.hostname, parts.port
        except ValueError:
            parts, self._host, port = urlsplit(""), None, None
        if parts.scheme not in ("http", "https") or not self._host or parts.username is not None:
            raise StoreRefused(
                "is no address of a store",
                field="url",
                value=parts.hostname and f"{parts.scheme}://{parts.hostname}",
                remedy="Write https://store.example.com/path, the user apart from it",
            )
        self._port = port or (443 if self._tls else 80)
        self._path = parts.path or "/"
        if parts.query:
            self._path += f"?{parts.query}"
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._address = ""
        self._open: Any = None  # urllib3's connection: it has no public name for its kinds

    def post(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The answer's body. Raises StoreUnreachable, StoreRefused or ReplyError."""
        pool = self._connected()
        late = threading.Event()
        timer = threading.Timer(self._site.timeout_s, self._give_up, [late])
        timer.daemon = True
        timer.start()
        try:
            data = self._exchanged(pool, body, headers, late)
        except StoreUnreachable:
            if not late.is_set():
                raise
        else:
            if not late.is_set():
                return data
        finally:
            timer.cancel()
        raise self._unreachable(f"it took over {self._site.timeout_s:g} s")

    def _give_up(self, late: threading.Event) -> None:
        """The time is over. A socket's own time-out begins anew with every byte that comes."""
        late.set()
        sock = None if self._open is None else self._open.sock
        if sock is not None:
            with suppress(OSError):  # it was closed meanwhile
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # an SSLSocket's unwraps it, too

    def _exchanged(
        self,
        pool: urllib3.HTTPConnectionPool,
        body: bytes,
        headers: Mapping[str, str],
        late: threading.Event,
    ) -> bytes:
        try:
            response = pool.request(
                "POST",
                self._path,
                body=body,
                headers={**self._headers(), **headers},
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.SSLError as error:
            raise StoreRefused(
                f"its certificate is not trusted: {error}",
                field="url",
                value=self._site.url,
                remedy="Name the authority's certificate in ca_file",
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(str(error)) from error
        whole = False
        try:
            data = self._body(response, late)
            whole = True
        finally:
            if whole:
                response.release_conn()
            else:
                response.close()
        return self._checked(response, data)

    def hidden(self, text: str) -> str:
        """A text of the store, without the password that it may quote."""
        password = self._site.password
        if not password:
            return text
        for secret in (self._credentials(), password):
            text = text.replace(secret, "***")
        return text

    def close(self) -> None:
        """Close the socket; the next request opens another."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _connected(self) -> urllib3.HTTPConnectionPool:
        """To what the name stands for now, when that is allowed."""
        assert self._host is not None
        try:
            address = self._allowed.resolve(self._host, self._port)
        except sdk.AddressRefused as error:
            raise StoreRefused(
                error.message, field="url", value=error.value, remedy=error.remedy
            ) from error
        except sdk.DeviceUnreachable as error:
            raise self._unreachable(error.message) from error
        self._check_password(address)
        if self._pool is None or self._address != str(address):
            self.close()
            self._address = str(address)
            self._pool = self._watched(self._opened())
        return self._pool

    def _watched(self, pool: urllib3.HTTPConnectionPool) -> urllib3.HTTPConnectionPool:
        """Know the pool's one connection, so that it can be given up from outside."""
        kind = pool.ConnectionCls

        def made(*args: Any, **kwargs: Any) -> Any:
            self._open = kind(*args, **kwargs)
            return self._open

        pool.ConnectionCls = made  # type: ignore[assignment]
        return pool

    def _opened(self) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(
            connect=min(10.0, self._site.timeout_s), read=self._site.timeout_s
        )
        if not self._tls:
            return urllib3.HTTPConnectionPool(
                self._address, self._port, timeout=timeout, retries=False
            )
        try:
            context = ssl.create_default_context(cafile=self._site.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise StoreRefused(
                f"cannot be read: {error}",
                field="ca_file",
                value=self._site.ca_file,
                remedy="Name a file with certificates as PEM",
            ) from error
        return urllib3.HTTPSConnectionPool(
            self._address,
            self._port,
            timeout=timeout,
            retries=False,
            ssl_context=context,
            server_hostname=self._host,
            assert_hostname=self._host,
        )

    def _check_password(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        site = self._site
        if site.user is None or self._tls or address.is_loopback or site.plain_password:
            return
        raise StoreRefused(
            "the password would travel unprotected",
            field="url",
            value=f"http://{self._host}",
            remedy="Write https://, or allow it with plain_password",
        )

    def _headers(self) -> dict[str, str]:
        usual = 443 if self._tls else 80
        host = f"[{self._host}]" if ":" in str(self._host) else str(self._host)
        headers = {
            "Host": host if self._port == usual else f"{host}:{self._port}",
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "gzip",
        }
        if self._site.user is not None:
            headers["Authorization"] = f"Basic {self._credentials()}"
        return headers

    def _credentials(self) -> str:
        return b64encode(f"{self._site.user}:{self._site.password or ''}".encode()).decode()

    def _body(self, response: urllib3.BaseHTTPResponse, late: threading.Event) -> bytes:
        """Piece by piece, so that an endless answer ends at the limit, and one of unknown length,
        whose socket is the response's alone, when the time is over."""
        pieces, size = [], 0
        try:
            while piece := response.read1(_PIECE):
                if late.is_set():
                    raise self._unreachable("the time is over")
                pieces.append(piece)
                size += len(piece)
                if size > self._site.most_bytes:
                    raise ReplyError(
                        f"is larger than {self._site.most_bytes >> 20} MiB",
                        field="reply",
                        remedy="Ask for less at once, with maxReturnNodes",
                    )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unreachable(f"its answer broke off: {error}") from error
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and size < int(announced):  # which read1 does not look at
            raise self._unreachable(f"its answer broke off after {size} of {announced} bytes")
        return b"".join(pieces)

    def _checked(self, response: urllib3.BaseHTTPResponse, data: bytes) -> bytes:
        status = response.status
        if status in (401, 403):
            raise StoreRefused(
                f"the store answers HTTP {status}: it does not know this user or password",
                field="user",
                value=self._site.user,
                remedy="Correct user and password, or have the user given rights there",
            )
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding == "gzip":
            data = inflated(data, self._site.most_bytes)
        elif encoding not in ("identity", ""):
            raise ReplyError("is encoded in a way nobody asked for", field="reply", value=encoding)
        if status == 200 or (status == 500 and b":Envelope" in data[:1000]):
            return data  # a SOAP fault comes with HTTP 500
        if status >= 500 or status in (408, 429):
            raise self._unreachable(f"it answers HTTP {status}")
        raise StoreRefused(
            f"the store answers HTTP {status}",
            field="url",
            value=self._site.url,
            remedy="Correct the address; redirects are not followed",
        )

    def _unreachable(self, reason: str) -> StoreUnreachable:
        return StoreUnreachable(
            f"the store does not answer: {reason}", field="url", value=self._site.url
        )
