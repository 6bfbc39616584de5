"""Acme's protocol: `READ LEVEL TEMPERATURE` is answered with one line of as many numbers, with `?`
for a quantity that the gauge does not have."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from marshmallow import fields

from wellhead import sdk


class DeviceOptions(sdk.Schema):
    host = fields.String(required=True, metadata={"description": "IP address or name"})
    port = fields.Integer(load_default=4001, metadata={"description": "TCP port"})


class Address(sdk.Schema):
    quantity = fields.String(required=True, metadata={"description": "LEVEL say"})


class AcmeDriver(sdk.Driver[str]):
    """One TCP connection to one gauge; the plan is the line that asks for all points."""

    device_schema = DeviceOptions
    address_schema = Address
    datatypes = frozenset({"float32"})
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        port = self.device.options["port"]
        ip = await self.dialer.resolve(self.device.options["host"], port)
        try:
            async with asyncio.timeout(self.device.timeout):
                self._streams = await asyncio.open_connection(str(ip), port)
        except (OSError, TimeoutError) as error:
            raise sdk.DeviceUnreachable(f"no connection: {error}") from error

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        quantity = point.address["quantity"]
        if not quantity.isupper():
            raise sdk.WellheadError(
                "not a quantity",
                field="address.quantity",
                value=quantity,
                remedy="Write capitals, LEVEL say",
            )

    def plan(self, points: Sequence[sdk.Point]) -> str:
        return " ".join(["READ", *(point.address["quantity"] for point in points)])

    async def read(self, plan: str) -> sdk.RawValues:
        words = await self._ask(plan)
        values = np.full(len(words), np.nan)
        qualities = np.full(len(words), sdk.quality.BAD_CONFIGURATION, np.int16)
        for row, word in enumerate(words):
            if word == b"?":
                continue  # the gauge has no such quantity; it alone is bad
            try:
                values[row], qualities[row] = float(word), sdk.quality.GOOD
            except ValueError as error:
                raise sdk.DeviceProtocolError("not a number", value=repr(word[:20])) from error
        return sdk.RawValues(values, qualities)

    async def _ask(self, plan: str) -> list[bytes]:
        assert self._streams is not None
        reader, writer = self._streams
        try:
            async with asyncio.timeout(self.device.timeout):
                writer.write(f"{plan}\n".encode())
                line = await reader.readline()
        except TimeoutError as error:
            raise sdk.DeviceTimeout("no answer in time") from error
        except OSError as error:
            raise sdk.DeviceUnreachable(f"the connection broke: {error}") from error
        except ValueError as error:  # more than a StreamReader keeps
            raise sdk.DeviceProtocolError("an answer without end") from error
        if not line.endswith(b"\n"):
            raise sdk.DeviceUnreachable("the gauge hung up")
        words, asked = line.split(), plan.count(" ")
        if len(words) != asked:
            raise sdk.DeviceProtocolError(f"{len(words)} numbers where {asked} were asked for")
        return words
