"""Opening lines, and sharing those that several devices are on.

A Modbus TCP device has a connection of its own. Units behind one serial port or one converter share
one, since two requests at once on a serial line are noise, and so do units behind a gateway that
takes few connections: whoever opens it first connects, whoever closes it last disconnects, and a
line that broke is replaced by the next one to open it.
"""

import asyncio
import os
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from wellhead import sdk
from wellhead_scada_modbus.frames import Framer, RtuFramer, TcpFramer
from wellhead_scada_modbus.line import Line
from wellhead_scada_modbus.serial_port import SerialTransport

_BITS = 11
"""Bits of a character on a serial line: start, eight of data, parity, stop."""

_DEAD_MS = 20_000
"""Milliseconds without an acknowledgement of TCP's after which a connection is gone. That units are
silent does not show it, and with many of them one always has the line, so that none makes it anew;
by itself the operating system tries for a quarter of an hour."""

_SERIAL = re.compile(r"/dev/(tty[A-Za-z]\w*|rfcomm\d+|pts/\d+)")
"""What a serial port is really called. Opening something else below /dev may have effects of its
own: a watchdog restarts the machine."""


class SettingsDiffer(sdk.DeviceError):
    """Two devices on one line want different settings of it."""

    quality = sdk.quality.BAD_CONFIGURATION


@dataclass(slots=True)
class _Shared:
    """A line by its key, as long as somebody uses it or a late answer may still come.

    users: devices that have it open or are opening it
    """

    settings: tuple[Any, ...]
    connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    line: Line | None = None
    users: int = 0
    owed: dict[int, float] = field(default_factory=dict)

    def owes(self) -> bool:
        """Whether a late answer may still come."""
        now = asyncio.get_running_loop().time()
        return any(until > now for until in self.owed.values())


_Connect = Callable[[dict[int, float]], Awaitable[Line]]
"""Makes the line, given what it owes."""
_Key = tuple[asyncio.AbstractEventLoop, str]
_shared: dict[_Key, _Shared] = {}


class Lease:
    """A device's hold on a line."""

    def __init__(self, line: Line, key: _Key | None) -> None:
        self.line = line
        self._key = key

    async def release(self) -> None:
        if self._key is None:
            await self.line.close()
        else:
            await _leave(self._key)


async def lease(options: Mapping[str, Any], dialer: sdk.Dialer) -> Lease:
    """The line to a device with these options, connected. Raises DeviceError; takes as long as
    connecting takes."""
    framing = options["framing"]
    try:
        if framing == "rtu":
            # A link such as /dev/serial/by-id/… is the same port as the path it leads to.
            path = os.path.realpath(options["serial_port"])
            settings = tuple(options[key] for key in ("baudrate", "parity", "stopbits"))
            return await _share(path, settings, partial(_open_port, path, *settings))
        address, port = str(await dialer.resolve(options["host"], options["port"])), options["port"]
        connect = partial(_dial, address, port, TcpFramer if framing == "tcp" else RtuFramer)
        if framing == "tcp" and not options["shared"]:
            return Lease(await connect({}), None)
        return await _share(f"{address} port {port}", (framing,), connect)
    except TimeoutError:
        raise  # the caller's, unless the network's own: neither says more
    except ConnectionRefusedError as error:
        raise no_connection("connection refused", options) from error
    except OSError as error:
        raise no_connection(f"no connection: {error.strerror or error}", options) from error


async def _share(name: str, settings: tuple[Any, ...], connect: _Connect) -> Lease:
    key = (asyncio.get_running_loop(), name)
    shared = _shared.setdefault(key, _Shared(settings))
    if shared.settings != settings:
        if shared.users:
            raise SettingsDiffer(
                f"another device has opened {name} with {_said(shared.settings)}",
                field="options",
                value=_said(settings),
                remedy="Give all devices of one line the same framing, baudrate, parity, stopbits",
            )
        shared.settings = settings
    shared.users += 1
    try:
        async with shared.connecting:
            if shared.line is None or not shared.line.up:
                shared.line = await connect(shared.owed)
            return Lease(shared.line, key)
    except BaseException:
        await _leave(key)
        raise


async def _dial(
    address: str, port: int, framer: Callable[[], Framer], owed: dict[int, float]
) -> Line:
    line = Line(framer(), owed=owed)
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: line, address, port)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_MS)
    return line


async def _open_port(
    path: str, baudrate: int, parity: str, stopbits: int, owed: dict[int, float]
) -> Line:
    if not _SERIAL.fullmatch(path):
        raise OSError(f"{path} is no serial port")
    silence = max(3.5 * _BITS / baudrate, 0.00175)  # specification, section 2.5.1.1
    line = Line(RtuFramer(), silence=silence, owed=owed)
    SerialTransport(line, path, baudrate, parity, stopbits)
    return line


async def _leave(key: _Key) -> None:
    shared = _shared[key]
    shared.users -= 1
    if shared.users == 0 and shared.line is not None:
        line, shared.line = shared.line, None
        await line.close()
    _forget()


def _forget() -> None:
    """Lines that nobody uses, and from which no late answer can come any more."""
    for key, shared in list(_shared.items()):
        if shared.users == 0 and not shared.owes():
            del _shared[key]


def no_connection(problem: str, options: Mapping[str, Any]) -> sdk.DeviceUnreachable:
    """That, and why, the device with these options cannot be connected to."""
    if options["framing"] == "rtu":
        return sdk.DeviceUnreachable(
            problem,
            field="options.serial_port",
            value=options["serial_port"],
            remedy="Check that the port exists, that the gateway's user may use it (often the "
            "group dialout), and that no other program has it",
        )
    return sdk.DeviceUnreachable(
        problem,
        field="options.host",
        value=f"{options['host']}:{options['port']}",
        remedy="Check that the device is on, on this network, and listens on this port",
    )


def _said(settings: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in settings)
