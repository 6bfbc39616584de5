"""A simulated edge node behind a broker of its own, for simulated fields and the driver's exam."""

from collections.abc import Mapping, Sequence
from typing import Any

from amqtt.broker import Broker

from wellhead import sdk
from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.door import Door, LoopbackDialer
from wellhead_scada_mqtt.server import BROKER, INSIDE
from wellhead_scada_mqtt.sparkplug.edge import Address, EdgeNode
from wellhead_scada_mqtt.sparkplug.schemas import SparkplugAddressSchema

_GROUP, _NODE = "field", "rtu"


class SparkplugServer(sdk.DeviceServer):
    """One edge node; each well is a device of it."""

    def __init__(self) -> None:
        self._metrics: dict[int, Address] = {}
        self._points: dict[Address, int] = {}
        self._node: EdgeNode | None = None

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._broker = Broker(BROKER)
        await self._broker.start()
        self._outside, self._inside = Door(self._broker), Door(self._broker)
        inside = await self._inside.open(INSIDE, 0)
        options = ConnectOptions(host=INSIDE, port=inside, client_id=_NODE, version="3.1.1")
        self._node = EdgeNode(options, LoopbackDialer(), _GROUP, _NODE)
        for point in points:
            address = self._node.add(
                point.datatype, point.address["metric"], point.address["device"]
            )
            self._metrics[point.tag] = address
            self._points[address] = point.tag
        await self._node.start()
        return await self._outside.open(host, port)

    async def stop(self) -> None:
        if self._node is None:
            return
        await self._node.stop()
        self._node = None
        await self._outside.close()
        await self._inside.close()
        await self._broker.shutdown()

    def publish(self, values: Mapping[int, Any]) -> None:
        if self._node is not None:
            self._node.update({self._metrics[number]: value for number, value in values.items()})

    def commanded(self) -> Mapping[int, Any]:
        if self._node is None:
            return {}
        commanded, self._node.commanded = self._node.commanded, {}
        return {self._points[address]: value for address, value in commanded.items()}

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        await self._outside.set_fault(fault)

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {
            "host": host,
            "port": port,
            "version": "3.1.1",
            "host_id": "wellhead",
            "groups": [_GROUP],
        }

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        """Of a signal W01.WHP: the metric WHP of the device W01; of one without a well a metric of
        the node itself."""
        points = []
        for number, name, datatype in signals:
            well, _, metric = name.rpartition(".")
            address = {"group": _GROUP, "node": _NODE, "device": well or None, "metric": metric}
            points.append(sdk.Point(number, name, datatype, SparkplugAddressSchema().load(address)))
        return points
