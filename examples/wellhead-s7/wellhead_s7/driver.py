"""Reads Siemens S7 controllers: python-snap7 for the connection and the frames.

`Client` of snap7 blocks, `AsyncClient` does not, so no thread is needed. Its `read_area` says why
an address is refused in words only, so this asks with the PDUs that snap7 builds and looks at the
return code of each span itself.
"""

import asyncio
import logging
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from snap7.async_client import AsyncClient
from snap7.error import S7Error, S7TimeoutError

from wellhead import sdk
from wellhead_s7.plan import PDU, Plan, Span, make_plan, pack, value_of
from wellhead_s7.points import SIZES, AddressSchema, DeviceSchema, check

# snap7 writes lines for every attempt; the engine reports each change of a device's state once.
logging.getLogger("snap7").setLevel(logging.CRITICAL)

_TAKEN = 0xFF
_REFUSED = {0x01: sdk.quality.BAD_DEVICE_FAILURE}
"""Return codes of a span that are not about its address; all others are."""

_CLOSE_S = 0.2


class S7Driver(sdk.Driver[Plan]):
    """One connection to one controller."""

    device_schema = DeviceSchema
    address_schema = AddressSchema
    datatypes = frozenset(SIZES)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._client = AsyncClient()

    async def open(self) -> None:
        options = self.device.options
        try:
            async with asyncio.timeout(self.device.timeout):
                ip = await self.dialer.resolve(options["host"], options["port"])
                await self._client.connect(
                    str(ip), options["rack"], options["slot"], options["port"]
                )
        except TimeoutError:
            raise self._unreachable(f"no connection within {self.device.timeout:g} s") from None
        except S7Error as error:
            raise self._unreachable(f"no S7 connection: {error}") from error
        if self._client.pdu_length < PDU:
            raise sdk.DeviceProtocolError(
                f"the controller takes no more than {self._client.pdu_length} bytes a request",
                value=self._client.pdu_length,
            )
        assert self._client.connection is not None
        self._client.connection.timeout = 2 * self.device.timeout  # ours ends it first

    async def close(self) -> None:
        # snap7 says goodbye and waits until that is on its way; a dead line must not keep it.
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await self._client.disconnect()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        check(point)

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return make_plan(points)

    async def read(self, plan: Plan) -> sdk.RawValues:
        values = np.full(plan.count, np.nan)
        qualities = np.full(plan.count, sdk.quality.BAD_CONFIGURATION, np.int16)
        requests = list(plan.requests)
        while requests:
            spans = requests.pop()
            again: list[Span] = []
            for span, (code, data) in zip(spans, await self._ask(spans), strict=True):
                if code != _TAKEN and len(span.items) > 1:
                    again += span.alone()  # one of them is not there: find out which
                    continue
                for item in span.items:
                    if code == _TAKEN:
                        values[item.row] = value_of(item, data, span.start)
                        qualities[item.row] = sdk.quality.GOOD
                    else:
                        qualities[item.row] = _REFUSED.get(code, sdk.quality.BAD_CONFIGURATION)
            requests += pack(again)
        return sdk.RawValues(values, qualities)

    async def _ask(self, spans: Sequence[Span]) -> list[tuple[int, bytes]]:
        """Return code and bytes of each span. Raises DeviceError."""
        protocol = self._client.protocol
        request = protocol.build_multi_read_request(
            [(span.area, span.db, span.start, span.size) for span in spans]
        )
        try:
            async with asyncio.timeout(self.device.timeout):
                pdu = bytes(await self._client.iso_exchange_buffer(bytearray(request)))
            answer = protocol.parse_response(pdu)
        except (TimeoutError, S7TimeoutError) as error:
            raise sdk.DeviceTimeout(f"no answer within {self.device.timeout:g} s") from error
        except (S7Error, struct.error, IndexError) as error:
            if not self._client.get_connected():
                raise self._unreachable(f"the connection broke: {error}") from error
            raise sdk.DeviceProtocolError(f"answer that cannot be read: {error}") from error
        asked = struct.unpack_from(">H", request, 4)[0]
        if answer["sequence"] != asked:
            raise sdk.DeviceProtocolError(
                f"answer to request {answer['sequence']} instead of {asked}",
                field="sequence",
                value=answer["sequence"],
            )
        return parse_spans(answer.get("raw_data", b""), spans)

    def _unreachable(self, problem: str) -> sdk.DeviceUnreachable:
        options = self.device.options
        return sdk.DeviceUnreachable(
            problem,
            field="options.host",
            value=f"{options['host']}:{options['port']}",
            remedy="Check that the controller is on, and that rack and slot are those of its CPU",
        )


def parse_spans(data: bytes, spans: Sequence[Span]) -> list[tuple[int, bytes]]:
    """Return code and bytes of each span in the data of an answer: code, kind of length, length,
    bytes, and one more byte where the next span would begin at an odd place.

    Raises DeviceProtocolError when it is not what `spans` asked for.
    """
    found = []
    place = 0
    for span in spans:
        if len(data) < place + 4:
            raise sdk.DeviceProtocolError("answer ends before its data", value=data.hex(" "))
        code, kind, length = struct.unpack_from(">BBH", data, place)
        place += 4
        size = 0 if code != _TAKEN else length // 8 if kind in (4, 5) else length
        if code == _TAKEN and (size != span.size or len(data) < place + size):
            raise sdk.DeviceProtocolError(
                f"answer must carry {span.size} bytes and says {size}", field="length", value=size
            )
        found.append((code, data[place : place + size]))
        place += size + size % 2
    return found
