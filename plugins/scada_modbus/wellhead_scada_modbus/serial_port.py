"""A serial port as an asyncio transport: pyserial opens and sets it, the loop watches it.

pyserial's own reads and writes block, and a thread for each port would bring nothing: a request is
shorter than what the operating system's buffer takes at once.
"""

import asyncio
import os
import termios
from contextlib import suppress
from typing import Any

import serial

_PARITIES = {"even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD, "none": serial.PARITY_NONE}
_CHUNK = 4096


class SerialTransport(asyncio.WriteTransport):
    """One open port. Raises OSError when it cannot be opened, or is somebody else's."""

    def __init__(
        self, protocol: asyncio.Protocol, path: str, baudrate: int, parity: str, stopbits: int
    ) -> None:
        super().__init__()
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        try:
            self._port = serial.Serial(
                path,
                baudrate,
                serial.EIGHTBITS,
                _PARITIES[parity],
                stopbits,
                timeout=0,
                exclusive=True,
            )
            self._port.reset_input_buffer()
        except (
            termios.error,
            ValueError,
        ) as error:  # the path is no serial port, or one without this baud rate
            raise OSError(*error.args) from error
        self._loop.add_reader(self._port.fileno(), self._read)
        protocol.connection_made(self)

    def write(self, data: Any) -> None:
        """Sends all of it or, where the port does not take it, ends the connection."""
        try:
            taken = os.write(self._port.fileno(), data)
        except OSError as error:
            self._end(error)
            return
        if taken < len(data):
            self._end(OSError("the serial port takes no more bytes"))

    def is_closing(self) -> bool:
        return not self._port.is_open

    def close(self) -> None:
        self._end(None)

    def abort(self) -> None:
        self._end(None)

    def _read(self) -> None:
        try:
            data = os.read(self._port.fileno(), _CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(error)
            return
        if data:
            self._protocol.data_received(data)
        else:
            self._end(OSError("the serial port is gone"))

    def _end(self, error: OSError | None) -> None:
        if not self._port.is_open:
            return
        self._loop.remove_reader(self._port.fileno())
        with suppress(OSError, termios.error):  # an adapter that was unplugged has nothing to reset
            self._port.reset_output_buffer()  # else closing waits until all of it is sent
        self._port.close()
        self._loop.call_soon(self._protocol.connection_lost, error)
