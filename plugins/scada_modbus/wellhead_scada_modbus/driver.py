"""The Modbus TCP driver: pymodbus for the connection and the frames, numpy for the values."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import structlog
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from wellhead import sdk
from wellhead_scada_modbus import points as rules
from wellhead_scada_modbus.decode import (
    ModbusRefusal,
    answer_data,
    decode_bits,
    decode_registers,
    explain_silence,
)
from wellhead_scada_modbus.plan import Block, Plan, make_plan
from wellhead_scada_modbus.schemas import (
    BIT_TABLES,
    FUNCTIONS,
    WIDTHS,
    ModbusAddressSchema,
    ModbusDeviceSchema,
)
from wellhead_scada_modbus.watch import Watch

log = structlog.get_logger(__name__)
# pymodbus writes a line, with the last frames, for every silent device at every scan; the engine
# reports each change of a device's state once.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

_REQUESTS: Mapping[str, type[ModbusPDU]] = {
    "coil": ReadCoilsRequest,
    "discrete": ReadDiscreteInputsRequest,
    "holding": ReadHoldingRegistersRequest,
    "input": ReadInputRegistersRequest,
}


class RawAnswer(ModbusPDU):
    """An answer as it came: `raw` is the function code and what follows it."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.raw = raw
        self.function_code = raw[0]


class _RawDecoder(DecodePDU):
    """Keeps the bytes of every answer, so that no register becomes a Python object and nothing
    that a device sends can raise inside the connection's callbacks."""

    def decode(self, frame: bytes) -> ModbusPDU:
        return RawAnswer(frame)


class _Silence(Exception):
    """No answer in time; never leaves this module."""


class ModbusDriver(sdk.Driver[Plan]):
    """One connection to one Modbus TCP device; one request at a time, as many devices demand."""

    device_schema = ModbusDeviceSchema
    address_schema = ModbusAddressSchema
    datatypes = frozenset(WIDTHS)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._client: AsyncModbusTcpClient | None = None
        self._heard = b""
        self._waiting = False
        self._watch = Watch(device.timeout, lambda: self._end_request(_Silence()))
        self._refused: set[tuple[str, int, int]] = set()

    async def open(self) -> None:
        host, port = self.device.options["host"], self.device.options["port"]
        try:
            async with asyncio.timeout(self.device.timeout):
                address = await self.dialer.resolve(host, port)
                self._client = AsyncModbusTcpClient(
                    str(address),
                    port=port,
                    timeout=self.device.timeout,
                    retries=0,
                    reconnect_delay=0,
                    trace_packet=self._note_bytes,
                    trace_connect=self._note_connection,
                )
                self._client.ctx.framer.decoder = _RawDecoder(False)
                connected = await self._client.connect()
                # from here on `watch` keeps the time
                self._client.ctx.comm_params.timeout_connect = None  # type: ignore[assignment]
        except TimeoutError:
            raise self._unreachable(f"no connection within {self.device.timeout:g} s") from None
        if not connected:
            raise self._unreachable("connection refused, or no route")

    async def close(self) -> None:
        self._watch.close()
        if self._client is not None:
            self._client.close()
            self._client = None
            await asyncio.sleep(0)  # the transport closes its socket in the loop's next turn

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        rules.check(point, options["address_base"])

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return make_plan(points, self.device.options)

    async def read(self, plan: Plan) -> sdk.RawValues:
        """As the contract says. `device.timeout` (times 1 + retries) bounds each request, so a
        silent device costs it once: the first request that fails ends the read."""
        values = plan.values.copy()
        qualities = plan.qualities.copy()
        for block in plan.blocks:
            answer = await self._exchange(block)
            try:
                data = answer_data(answer, FUNCTIONS[block.table], block.count)
            except ModbusRefusal as refusal:
                if refusal.alone is None:
                    raise
                qualities[block.layout.positions] = refusal.alone
                self._report(block, refusal)
                continue
            if block.table in BIT_TABLES:
                decode_bits(block.layout, data, values)
            else:
                decode_registers(block.layout, data, values)
        if not math.isfinite(values @ values):  # the cheapest test of all at once
            finite = np.isfinite(values)
            values[~finite] = np.nan
            qualities[~finite & sdk.quality.is_good(qualities)] = sdk.quality.BAD_SENSOR_FAILURE
        return sdk.RawValues(values, qualities)

    async def _exchange(self, block: Block) -> bytes:
        """One request, repeated as often as the options say, and the answer. Raises DeviceError."""
        unit = self.device.options["unit"]
        request = _REQUESTS[block.table](address=block.address, count=block.count, dev_id=unit)
        for left in range(self.device.options["retries"], -1, -1):
            try:
                return await self._ask(request)
            except _Silence:
                if not left:
                    raise explain_silence(
                        self._heard, request.transaction_id, unit, self.device.timeout
                    ) from None
        raise AssertionError("unreachable")

    async def _ask(self, request: ModbusPDU) -> bytes:
        """Raises _Silence after `device.timeout`, DeviceUnreachable without a connection."""
        if self._client is None:
            raise self._unreachable("not connected")
        self._heard = b""
        self._waiting = True
        self._watch.begin()
        try:
            answer = await self._client.execute(False, request)
        except ConnectionException:
            raise self._unreachable("the device closed the connection") from None
        finally:
            self._waiting = False
            self._watch.end()
        return bytes(answer.raw)

    def _note_bytes(self, sending: bool, data: bytes) -> bytes:
        if not sending:
            self._heard = data
        return data

    def _note_connection(self, connected: bool) -> None:
        """pymodbus lets a request run into its time-out when the connection breaks; end it now."""
        if not connected:
            self._end_request(ConnectionException("closed by the device"))

    def _end_request(self, error: Exception) -> None:
        if self._waiting and self._client is not None:
            answer = self._client.ctx.response_future
            if not answer.done():
                answer.set_exception(error)

    def _report(self, block: Block, refusal: ModbusRefusal) -> None:
        key = (block.table, block.address, refusal.code)
        if key not in self._refused:
            self._refused.add(key)
            log.warning(
                "device refuses addresses",
                device=self.device.name,
                table=block.table,
                address=block.address + self.device.options["address_base"],
                count=block.count,
                exception=refusal.name,
            )

    def _unreachable(self, problem: str) -> sdk.DeviceUnreachable:
        host, port = self.device.options["host"], self.device.options["port"]
        return sdk.DeviceUnreachable(
            problem,
            field="options.host",
            value=f"{host}:{port}",
            remedy="Check that the device is on, on this network, and listens on this port",
        )
