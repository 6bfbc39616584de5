"""An edge node: births, data, its will, and it obeys commands. For simulation and for tests.

Sparkplug specification 3.0.0, chapter 5. It is as correct as the host is strict, and knows no
hardware: whoever runs it says what its metrics read, and is told what was commanded.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from wellhead import sdk
from wellhead_scada_mqtt.broker import ConnectOptions, Will
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import Metric
from wellhead_scada_mqtt.sparkplug.command import Value
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES
from wellhead_scada_mqtt.sparkplug.payload import PayloadError, decode, readings
from wellhead_scada_mqtt.sparkplug.topics import Topic

Address = tuple[str | None, str]
"""A metric of the node (None) or of a device of it, by name."""


@dataclass(slots=True)
class EdgeMetric:
    """alias: unique in the node; time: milliseconds UTC of the value"""

    datatype: str
    alias: int
    value: Value | None = None
    time: int = 0


class EdgeNode:
    """One edge node on one broker. commanded: what commands set since somebody cleared it

    rebirths: how often it was asked for its births
    """

    def __init__(self, options: ConnectOptions, dialer: sdk.Dialer, group: str, node: str) -> None:
        self._options = options
        self._dialer = dialer
        self._group = group
        self._node = node
        self._bdseq = -1
        self._seq = 0
        self._client: MqttClient | None = None
        self.metrics: dict[Address, EdgeMetric] = {}
        self.commanded: dict[Address, Value] = {}
        self.rebirths = 0

    def add(self, datatype: str, name: str, device: str | None = None) -> Address:
        """A metric, to be added before the births."""
        self.metrics[device, name] = EdgeMetric(datatype, len(self.metrics) + 1)
        return device, name

    async def start(self) -> None:
        """Connect and be born. Raises DeviceError."""
        self._bdseq = (self._bdseq + 1) % 256
        will = Will(str(Topic(self._group, "NDEATH", self._node)), self._death())
        client = MqttClient(replace(self._options, will=will), self._dialer, 5.0)
        try:
            await client.connect()
            base = Topic(self._group, "NCMD", self._node)
            await client.subscribe([str(base), str(replace(base, verb="DCMD", device="+"))])
        except BaseException:
            await client.close()
            raise
        self._client = client
        client.receive(self._take)
        self.births()

    async def stop(self) -> None:
        """Say goodbye, as section 5.4 wants it."""
        if self._client is not None:
            with suppress(sdk.WriteRefused):
                topic = str(Topic(self._group, "NDEATH", self._node))
                self._client.send(topic, self._death(), 0)
            await self._client.close()
            self._client = None

    def births(self) -> None:
        """Publish them all."""
        self._seq = 0
        now = _now_ms()
        own = [
            write.metric("int64", self._bdseq, name=write.BDSEQ, time=now),
            write.metric("bool", False, name=write.REBIRTH, time=now),
        ]
        self._send("NBIRTH", None, [*own, *self._table(None, now)])
        for device in sorted({device for device, _ in self.metrics if device is not None}):
            self._send("DBIRTH", device, self._table(device, now))

    def update(self, values: Mapping[Address, Value | None], *, historical: bool = False) -> None:
        """New values, published. historical: measured a minute ago, not what is so now."""
        now = _now_ms()
        devices: dict[str | None, list[Metric]] = {}
        for address, value in values.items():
            metric = self.metrics[address]
            measured = now - 60_000 if historical else now
            if not historical:
                metric.value, metric.time = value, measured
            made = write.metric(
                metric.datatype, value, alias=metric.alias, time=measured, typed=False
            )
            made.is_historical = historical
            devices.setdefault(address[0], []).append(made)
        for device, metrics in devices.items():
            self._send("NDATA" if device is None else "DDATA", device, metrics)

    def device_dies(self, device: str) -> None:
        """The node has lost it."""
        self._send("DDEATH", device, [])

    def lose_a_message(self) -> None:
        """As if one had not come through."""
        self._seq = (self._seq + 1) % 256

    def _table(self, device: str | None, now: int) -> list[Metric]:
        return [
            write.metric(m.datatype, m.value, name=name, alias=m.alias, time=m.time or now)
            for (owner, name), m in self.metrics.items()
            if owner == device
        ]

    def _death(self) -> bytes:
        number = write.metric("int64", self._bdseq, name=write.BDSEQ, time=_now_ms())
        return write.payload([number], _now_ms())

    def _send(self, verb: str, device: str | None, metrics: Sequence[Metric]) -> None:
        if self._client is None:
            return
        topic = str(Topic(self._group, verb, self._node, device))
        with suppress(sdk.WriteRefused):  # the connection is lost: the broker has the will
            self._client.send(topic, write.payload(metrics, _now_ms(), self._seq), 0)
        self._seq = (self._seq + 1) % 256

    def _take(self, messages: Sequence[Message]) -> None:
        for message in messages:
            topic = Topic.parse(message.topic)
            if topic is not None:
                with suppress(PayloadError):
                    self._obey(topic.device, message.payload)

    def _obey(self, device: str | None, payload: bytes) -> None:
        message = decode(payload)
        by_alias = {metric.alias: key for key, metric in self.metrics.items()}
        changed: dict[Address, Value | None] = {}
        for row, key in enumerate(message.keys):
            if key == write.REBIRTH:
                self.rebirths += 1
                self.births()
                continue
            address = by_alias.get(key) if isinstance(key, int) else (device, str(key))
            if address not in self.metrics:
                continue
            number = METRIC_DATATYPES[self.metrics[address].datatype]
            read = readings(message, np.full(len(message), number, np.uint8))
            changed[address] = read.texts.get(row, float(read.values[row]))
        self.commanded.update({k: v for k, v in changed.items() if v is not None})
        if changed:
            self.update(changed)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
