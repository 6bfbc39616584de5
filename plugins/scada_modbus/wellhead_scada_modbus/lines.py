"""Opening lines, and sharing those that several devices are on.

A Modbus TCP device has a connection of its own. Units behind one serial port or one converter share
one, since two requests at once on a serial line are noise: whoever opens it first connects, whoever
closes it last disconnects, and a line that broke is replaced by the next one to open it.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wellhead import sdk
from wellhead_scada_modbus.frames import RtuFramer, TcpFramer
from wellhead_scada_modbus.line import Line
from wellhead_scada_modbus.serial_port import SerialTransport

_BITS = 11
"""Bits of a character on a serial line: start, eight of data, parity, stop."""


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
    try:
        if options["framing"] == "rtu":
            # A link such as /dev/serial/by-id/… is the same port as the path it leads to.
            path = os.path.realpath(options["serial_port"])
            settings = (options["baudrate"], options["parity"], options["stopbits"])
            return await _share(path, settings)
        address = str(await dialer.resolve(options["host"], options["port"]))
        if options["framing"] == "rtu_over_tcp":
            return await _share(f"{address} {options['port']}", (address, options["port"]))
        line = Line(TcpFramer())
        await _dial(line, address, options["port"])
        return Lease(line, None)
    except TimeoutError:
        raise  # the caller's, unless the network's own: neither says more
    except (OSError, ValueError) as error:
        raise no_connection(f"cannot be opened: {error}", options) from error


async def _share(name: str, settings: tuple[Any, ...]) -> Lease:
    key = (asyncio.get_running_loop(), name)
    shared = _shared.setdefault(key, _Shared(settings))
    if shared.settings != settings:
        if shared.users:
            raise SettingsDiffer(
                f"another device has opened {name} with {_said(shared.settings)}",
                field="options.baudrate",
                value=_said(settings),
                remedy="Give all devices of one serial port the same baudrate, parity and stopbits",
            )
        shared.settings = settings
    shared.users += 1
    try:
        async with shared.connecting:
            if shared.line is None or not shared.line.up:
                shared.line = await _connect(name, shared)
            return Lease(shared.line, key)
    except BaseException:
        await _leave(key)
        raise


async def _connect(name: str, shared: _Shared) -> Line:
    if len(shared.settings) == 2:
        line = Line(RtuFramer(), owed=shared.owed)
        await _dial(line, *shared.settings)
        return line
    baudrate, parity, stopbits = shared.settings
    silence = max(3.5 * _BITS / baudrate, 0.00175)  # specification, section 2.5.1.1
    line = Line(RtuFramer(), silence=silence, owed=shared.owed)
    SerialTransport(line, name, baudrate, parity, stopbits)
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


async def _dial(line: Line, address: str, port: int) -> None:
    await asyncio.get_running_loop().create_connection(lambda: line, address, port)


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
