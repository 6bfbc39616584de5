"""An OPC UA server for simulated fields: asyncua's, with a variable for each point."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.common.callback import CallbackType

from wellhead import sdk
from wellhead_scada_opcua.nodes import NodeName
from wellhead_scada_opcua.standard import QuickServer

logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)

NAMESPACE = "urn:wellhead:simulated"
_QUEUE = 100_000
_TYPES = {
    "bool": ua.VariantType.Boolean,
    "int8": ua.VariantType.SByte,
    "uint8": ua.VariantType.Byte,
    "int16": ua.VariantType.Int16,
    "uint16": ua.VariantType.UInt16,
    "int32": ua.VariantType.Int32,
    "uint32": ua.VariantType.UInt32,
    "int64": ua.VariantType.Int64,
    "uint64": ua.VariantType.UInt64,
    "float32": ua.VariantType.Float,
    "float64": ua.VariantType.Double,
    "string": ua.VariantType.String,
}


class OpcUaServer(sdk.DeviceServer):
    """One simulated device without security; any number of clients."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self._types: dict[int, ua.VariantType] = {}
        self._nodes: dict[int, ua.NodeId] = {}
        self._numbers: dict[ua.NodeId, int] = {}
        self._commanded: dict[int, Any] = {}
        self._pending: dict[int, Any] = {}
        self._writing: asyncio.Task[None] | None = None
        self._mute: asyncio.Server | None = None
        self._fault: str | None = None

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        server = Server(iserver=QuickServer())
        await server.init()
        server.iserver.max_monitored_item_queue_size = _QUEUE
        server.set_endpoint(f"opc.tcp://{host}:{port}/")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        index = await server.register_namespace(NAMESPACE)
        spaces = ["", *[""] * (index - 1), NAMESPACE]
        folder = await server.nodes.objects.add_object(ua.NodeId("Device", index), "Device")
        for point in points:
            kind = _TYPES[point.datatype]
            node = NodeName.parse(point.address["node"], "address.node").resolve(spaces)
            variable = await folder.add_variable(
                node, point.name, ua.Variant(_start_of(kind), kind), datatype=_data_type(kind)
            )
            await variable.set_writable()
            self._types[point.tag], self._nodes[point.tag] = kind, node
            self._numbers[node] = point.tag
        server.subscribe_server_callback(CallbackType.PostWrite, self._written)
        await server.start()
        self.server = server
        return int(server.bserver.port)

    async def stop(self) -> None:
        await self._listen_no_more()
        if self._writing is not None:
            self._writing.cancel()
        if self.server is not None:
            sessions = list(self.server.iserver._external_sessions.values())
            await self.server.stop()
            for session in sessions:  # else those of vanished clients live on until they time out
                await session.close_session()
            self.server = None

    def publish(self, values: Mapping[int, Any]) -> None:
        self._pending |= values
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())

    def commanded(self) -> Mapping[int, Any]:
        taken, self._commanded = self._commanded, {}
        return taken

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        if self.server is None or fault == self._fault:
            return
        listener = self.server.bserver
        if self._fault is None:
            await listener.stop()
        await self._listen_no_more()
        self._fault = fault
        if fault == "silence":
            self._mute = await asyncio.start_server(_say_nothing, listener.hostname, listener.port)
        elif fault is None:
            await listener.start()

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port, "security_policy": "None"}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        """Each is a variable of its own name in the folder Device."""
        blank = {"index": None, "deadband": None, "deadband_type": "absolute"}
        blank |= {"object": None, "method": None}
        return [
            sdk.Point(
                number, name, datatype, {"node": f"nsu={NAMESPACE};s={number}.{name}", **blank}
            )
            for number, name, datatype in signals
        ]

    async def _write(self) -> None:
        assert self.server is not None
        while self._pending:
            values, self._pending = self._pending, {}
            now = datetime.now(UTC)
            for number, value in values.items():
                kind = self._types[number]
                await self.server.write_attribute_value(
                    self._nodes[number],
                    ua.DataValue(
                        ua.Variant(_python(kind, value), kind),
                        SourceTimestamp=now,
                        ServerTimestamp=now,
                    ),
                )

    def _written(self, event: Any, _: Any) -> None:
        if not event.is_external:
            return
        for item, status in zip(
            event.request_params.NodesToWrite, event.response_params, strict=True
        ):
            number = self._numbers.get(item.NodeId)
            if number is not None and status.is_good():
                value = item.Value.Value.Value
                self._commanded[number] = value if isinstance(value, str) else float(value)

    async def _listen_no_more(self) -> None:
        mute, self._mute = self._mute, None
        if mute is not None:
            mute.close()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass
    writer.close()


def _start_of(kind: ua.VariantType) -> Any:
    return _python(kind, "" if kind == ua.VariantType.String else 0)


def _python(kind: ua.VariantType, value: Any) -> Any:
    if kind == ua.VariantType.String:
        return str(value)
    if kind == ua.VariantType.Boolean:
        return bool(value)
    return float(value) if kind in (ua.VariantType.Float, ua.VariantType.Double) else int(value)


def _data_type(kind: ua.VariantType) -> ua.NodeId:
    return ua.NodeId(kind.value)
