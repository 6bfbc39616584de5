"""The OPC UA driver: subscriptions for what changes, bulk requests for everything else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.browse import browse
from wellhead_scada_opcua.channel import Channel
from wellhead_scada_opcua.listen import Listener
from wellhead_scada_opcua.messages import decode_read
from wellhead_scada_opcua.nodes import NodeName
from wellhead_scada_opcua.readings import TEXT, Readings
from wellhead_scada_opcua.schemas import OpcUaAddressSchema, OpcUaBrowseSchema, OpcUaDeviceSchema
from wellhead_scada_opcua.stream import Stream
from wellhead_scada_opcua.targets import Targets
from wellhead_scada_opcua.write import Writer

Plan = tuple[sdk.Point, ...]


class OpcUaDriver(sdk.Driver[Plan], sdk.Pushes, sdk.Writes, sdk.Browses):
    """One session at one OPC UA server."""

    device_schema = OpcUaDeviceSchema
    address_schema = OpcUaAddressSchema
    browse_schema = OpcUaBrowseSchema
    datatypes = frozenset(
        {"bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"}
        | {"float32", "float64", TEXT}
    )

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._channel = Channel(device, dialer)
        self._stream = Stream(self._channel)
        self._writer = Writer(self._channel)

    async def open(self) -> None:
        await self._channel.open()

    async def close(self) -> None:
        self._stream.close()
        await self._channel.close()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        for field in ("node", "object", "method"):
            text = point.address[field]
            if text is not None:
                NodeName.parse(text, f"address.{field}")
        if point.address["deadband"] is not None and point.datatype in (TEXT, "bool"):
            raise sdk.WellheadError(
                "only numbers have a deadband",
                field="address.deadband",
                value=point.address["deadband"],
                remedy=f"Leave it out of a {point.datatype}",
            )

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        """Every variable and every method may be written as far as anybody can tell without the
        server; what it refuses it says when it is asked."""

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return tuple(points)

    async def read(self, plan: Plan) -> sdk.RawValues:
        targets = Targets.find(plan, self._channel.namespaces)
        readings = Readings(self.device, plan)
        values = np.full(len(plan), np.nan)
        qualities = np.full(len(plan), sdk.quality.BAD_CONFIGURATION, np.int16)
        texts: dict[int, str] = {}
        step = self._channel.limit("read")
        for begin in range(0, len(targets.nodes), step):
            request = ua.ReadRequest()
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Neither
            request.Parameters.NodesToRead = targets.read_ids(begin, begin + step)
            places = np.array(targets.places[begin : begin + step], np.intp)
            answer = decode_read(await self._channel.ask(request), len(places))
            values[places], qualities[places], found = readings.columns(answer, places)
            texts |= {int(places[row]): text for row, text in found.items()}
        return sdk.RawValues(values, qualities, texts)

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        await Listener(self._channel, self._stream, groups, mailbox).run()

    async def write(self, point: sdk.Point, value: float | str) -> None:
        await self._writer.write(point, value)

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        async for some in browse(self._channel, arguments):
            yield some
