"""asyncua's client, held to one address and to messages of a sane size.

It is opened step by step, because its `connect` starts tasks that watch, probe and reconnect: that
is the engine's to decide.
"""

import asyncio
import logging
from collections.abc import Callable

from asyncua import Client
from asyncua.client.ua_client import UASocketProtocol

from wellhead import sdk

# asyncua logs what it raises, tracebacks included; the engine reports each change of state once.
logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)

SESSION_MS = 60_000
"""How long a server keeps the session of a client that went without a word."""
CHANNEL_MS = 3_600_000
_NAME = "Wellhead"
_LARGEST = 65_535
"""Bytes of a chunk, as asyncua agrees them with the server."""
_LARGEST_MESSAGE = 64 * 2**20
_KINDS = (b"MSG", b"OPN", b"CLO", b"ACK", b"ERR")


class OpcUaClient(Client):
    """Connects to `address` only, whatever name its URL has and whatever the server answers."""

    def __init__(self, device: sdk.DeviceSpec, address: str, uri: str | None) -> None:
        host, port = device.options["host"], device.options["port"]
        shown = f"[{host}]" if ":" in host else host
        path = device.options["path"]
        separator = "" if not path or path.startswith("/") else "/"
        super().__init__(f"opc.tcp://{shown}:{port}{separator}{path}", device.timeout + 1)
        self.name = self.description = _NAME
        self.application_uri = uri or "urn:wellhead"
        self.product_uri = "urn:wellhead"
        self.session_timeout = max(SESSION_MS, round(3000 * device.timeout))
        self.secure_channel_timeout = CHANNEL_MS
        self._address = (address, port)
        self.problem: sdk.DeviceProtocolError | None = None

    async def connect_socket(self) -> None:
        await self.uaclient.connect_socket(*self._address)
        protocol = self.protocol
        if protocol is not None:
            # An instance attribute, since asyncua makes its protocols itself.
            protocol.data_received = self._guarded(protocol, protocol.data_received)

    async def send_hello(self) -> None:
        await super().send_hello()
        protocol = self.protocol
        if protocol is not None:
            # asyncua puts chunks together up to what the server promised, which may be any size.
            protocol._connection._limits.max_message_size = _LARGEST_MESSAGE

    @property
    def protocol(self) -> UASocketProtocol | None:
        return self.uaclient.protocol

    def abort(self) -> None:
        """Close the socket now, without waiting for what was not sent yet."""
        protocol = self.protocol
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()
        self.uaclient.disconnect_socket()

    def _guarded(
        self, protocol: UASocketProtocol, receive: Callable[[bytes], None]
    ) -> Callable[[bytes], None]:
        """asyncua would collect four gigabytes because a header says so."""

        def data_received(data: bytes) -> None:
            transport = protocol.transport
            if transport is None or transport.is_closing():
                return
            waiting = protocol.receive_buffer or b""
            head = (waiting + data[:8])[:8] if len(waiting) < 8 else waiting[:8]
            size = int.from_bytes(head[4:8], "little") if len(head) == 8 else 8
            if head[:3] not in _KINDS and len(head) >= 3:
                self._give_up(transport, f"it begins with {head!r}")
            elif not 8 <= size <= _LARGEST:
                self._give_up(transport, f"a message of {size} bytes")
            else:
                receive(data)
                if transport.is_closing() and self.problem is None:
                    self.problem = sdk.DeviceProtocolError("an answer that OPC UA does not allow")

        return data_received

    def _give_up(self, transport: asyncio.Transport, what: str) -> None:
        self.problem = sdk.DeviceProtocolError("what answers is not OPC UA", value=what)
        transport.abort()
