"""Acme's protocol: `READ LEVEL TEMPERATURE` is answered with one line of as many numbers."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from marshmallow import fields

from wellhead import sdk


class DeviceOptions(sdk.Schema):
    host = fields.String(required=True)
    port = fields.Integer(load_default=4001)


class Address(sdk.Schema):
    quantity = fields.String(required=True)


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
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(f"{plan}\n".encode())
        try:
            async with asyncio.timeout(self.device.timeout):
                words = (await reader.readline()).split()
        except TimeoutError as error:
            raise sdk.DeviceTimeout("no answer in time") from error
        asked = plan.count(" ")
        if len(words) != asked:
            raise sdk.DeviceProtocolError(f"{len(words)} numbers where {asked} were asked for")
        values = np.array([float(word) for word in words])
        return sdk.RawValues(values, np.full(asked, sdk.quality.GOOD, np.int16))
