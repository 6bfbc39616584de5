"""Whether a driver reaches its device by the dialer alone, which keeps gateways within the allowed
networks."""

import asyncio
import ipaddress
from contextlib import suppress
from typing import Any

from wellhead.sdk import AddressRefused, DeviceServer, DeviceSpec
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import HOST
from wellhead_scada.points import AnyDriver, load_options

NAME = "device.invalid"
"""A name that no resolver knows (RFC 6761), so only the dialer can lead to the device."""
_OPEN_S = 3.0


class _Dialer:
    """Knows one name, and refuses it when `refusal` is set."""

    def __init__(self, refusal: AddressRefused | None = None) -> None:
        self._refusal = refusal

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address:
        if self._refusal is not None:
            raise self._refusal
        return ipaddress.IPv4Address(HOST)


async def check_dialling(
    driver: type[AnyDriver], server_class: type[DeviceServer], findings: Findings
) -> None:
    """Open a device by a name, and one that the dialer refuses."""
    server = server_class()
    port = await server.start(HOST, 0, [])
    options = load_options(driver, server.device_options(NAME, port))
    try:
        error = await _opened(driver, options, _Dialer())
        if error is not None:
            findings.add(
                "driver-dialer",
                f"a device named {NAME}, which the dialer knows, is not reached "
                f"({type(error).__name__}: {error}); connect to what `dialer.resolve` returns",
            )
        refusal = AddressRefused("outside the allowed networks")
        error = await _opened(driver, options, _Dialer(refusal))
        if error is not refusal:
            what = "nothing" if error is None else f"{type(error).__name__}: {error}"
            findings.add(
                "driver-dialer",
                f"the dialer refused the address and `open` raised {what}; ask the dialer before "
                "anything is sent and let its AddressRefused through",
            )
    finally:
        await server.stop()


async def _opened(driver: type[AnyDriver], options: Any, dialer: _Dialer) -> Exception | None:
    """What `open` raises."""
    made = driver(DeviceSpec("check", "check", options, _OPEN_S), dialer)
    try:
        async with asyncio.timeout(_OPEN_S + 1):
            await made.open()
    except Exception as error:  # isolates: a driver is foreign code
        return error
    finally:
        with suppress(Exception):  # what `close` raises is found by the exam
            await made.close()
    return None
