"""A broker for simulated fields, and the device that publishes to it.

The broker is amqtt, in this process: `make run` needs no program beside Python. The device is a
client of it like any other, on a way in of its own that has no faults.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from amqtt.broker import Broker

from wellhead import sdk
from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.door import Door, LoopbackDialer
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.schemas import VALUE, MqttAddressSchema

logging.getLogger("amqtt").setLevel(logging.CRITICAL)
logging.getLogger("transitions").setLevel(logging.CRITICAL)

BROKER = {
    "listeners": {"default": {"type": "external", "bind": "none:1"}},
    "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
}
INSIDE = "127.0.0.1"


class MqttServer(sdk.DeviceServer):
    """One simulated device behind a broker of its own."""

    def __init__(self) -> None:
        self._points: dict[int, sdk.Point] = {}
        self._values: dict[int, Any] = {}
        self._commanded: dict[int, Any] = {}
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._points = {point.tag: point for point in points}
        self._broker = Broker(BROKER)
        await self._broker.start()
        self._outside, self._inside = Door(self._broker), Door(self._broker)
        inside = await self._inside.open(INSIDE, 0)
        options = ConnectOptions(host=INSIDE, port=inside, client_id="device", version="3.1.1")
        self._device = MqttClient(options, LoopbackDialer(), 10)
        await self._device.connect()
        await self._device.subscribe(
            sorted({topic for point in points if (topic := point.address["command_topic"])})
        )
        self._device.receive(self._obey)
        self._sending = asyncio.create_task(self._send())
        return await self._outside.open(host, port)

    async def stop(self) -> None:
        if self._sending is None:
            return
        self._sending.cancel()
        await asyncio.wait({self._sending})
        self._sending = None
        await self._device.close()
        await self._outside.close()
        await self._inside.close()
        await self._broker.shutdown()

    def publish(self, values: Mapping[int, Any]) -> None:
        for number, value in values.items():
            self._values[number] = value
            self._changed.add(self._points[number].address["topic"])
        self._news.set()

    def commanded(self) -> Mapping[int, Any]:
        commanded, self._commanded = self._commanded, {}
        return commanded

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        await self._outside.set_fault(fault)

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        """A clean session: what a simulated field said meanwhile is of no use."""
        return {"host": host, "port": port, "version": "3.1.1", "session_expiry_s": 0}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        """Of a signal W01.WHP: the member WHP of the JSON of wells/W01/telemetry. What is no text
        can be written, by {"WHP": value} to wells/W01/commands."""
        points = []
        for number, name, datatype in signals:
            well, _, signal = name.rpartition(".")
            place = f"wells/{well or 'W01'}"
            address = {"topic": f"{place}/telemetry", "pointer": f"/{signal}"}
            if datatype != "string":
                address["command_topic"] = f"{place}/commands"
                address["command"] = f'{{"{signal}": {VALUE}}}'
            points.append(sdk.Point(number, name, datatype, MqttAddressSchema().load(address)))
        return points

    async def _send(self) -> None:
        """Publish each topic whose values changed, as the broker takes them; a new value before
        its turn replaces the old one."""
        while True:
            await self._news.wait()
            self._news.clear()
            topics, self._changed = self._changed, set()
            for topic in sorted(topics):
                await self._device.publish(topic, self._telemetry(topic), retain=True)

    def _telemetry(self, topic: str) -> bytes:
        said = {}
        for number, value in self._values.items():
            point = self._points[number]
            if point.address["topic"] == topic:
                said[_member(point)] = _as_json(point.datatype, value)
        return orjson.dumps(said)

    def _obey(self, messages: list[Message]) -> None:
        for message in messages:
            try:
                said = orjson.loads(message.payload)
            except orjson.JSONDecodeError:
                continue  # as a device that does not understand
            for number, point in self._points.items():
                if point.address["command_topic"] == message.topic and _member(point) in said:
                    self._commanded[number] = float(said[_member(point)])
        self._device.acknowledge(messages)


def _member(point: sdk.Point) -> str:
    return str(point.address["pointer"][1:])


def _as_json(datatype: str, value: Any) -> Any:
    if datatype == "bool":
        return bool(value)
    return int(value) if datatype.startswith(("int", "uint")) else value
