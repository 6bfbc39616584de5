"""The Modbus driver: plans and reads points, writes them, and scans for them, over one line."""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import structlog

from wellhead import sdk
from wellhead_scada_modbus import points as rules
from wellhead_scada_modbus.answers import ModbusRefusal
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.browse import ModbusBrowseSchema, Scan
from wellhead_scada_modbus.line import LineDown, NotSent
from wellhead_scada_modbus.lines import Lease, lease, no_connection
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.read import PlanRead
from wellhead_scada_modbus.schemas import (
    DATATYPES,
    FUNCTIONS,
    ModbusAddressSchema,
    ModbusDeviceSchema,
)
from wellhead_scada_modbus.whole import Whole
from wellhead_scada_modbus.write import check_write, write

log = structlog.get_logger(__name__)

_REQUEST = struct.Struct(">BHH")


class ModbusDriver(sdk.Driver[Plan], sdk.Writes, sdk.Browses):
    """One unit: one request at a time, as many devices demand, or `in_flight` of them, over a TCP
    connection of its own or a serial line that it shares."""

    device_schema = ModbusDeviceSchema
    address_schema = ModbusAddressSchema
    browse_schema = ModbusBrowseSchema
    datatypes = frozenset(DATATYPES)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._lease: Lease | None = None
        self._unit: int = device.options["unit"]
        self._pause: float = device.options["pause_ms"] / 1000
        self._refused: set[tuple[str, int, int]] = set()

    async def open(self) -> None:
        try:
            async with asyncio.timeout(self.device.timeout):
                self._lease = await lease(self.device.options, self.dialer)
        except TimeoutError:
            raise no_connection(
                f"no connection within {self.device.timeout:g} s", self.device.options
            ) from None

    async def close(self) -> None:
        held, self._lease = self._lease, None
        if held is not None:
            await held.release()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        rules.check(point, options)

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return Plan(points, self.device.options)

    async def read(self, plan: Plan) -> sdk.RawValues:
        """As the contract says. `device.timeout` (times 1 + retries) bounds each request, so a
        silent device costs it once: the first request that fails ends the read."""
        at_once = self.device.options["in_flight"]
        return await PlanRead(
            plan, self._ask, self._report, self.device.timeout, at_once, self._repeat
        ).run()

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        check_write(point)

    async def write(self, point: sdk.Point, value: float | str) -> None:
        """As the contract says; `retries` repeats no write."""
        await write(point, value, self.device.options, self._send)

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        """As the contract says: the addresses of a range that the device answers for."""
        async for found in Scan(arguments, self.device.options, self._send).run():
            yield found

    async def _ask(self, blocks: Sequence[Block]) -> list[bytes]:
        """Read requests, repeated as often as the options say. Raises DeviceError."""
        requests = [
            _REQUEST.pack(FUNCTIONS[block.table], block.address, block.count) for block in blocks
        ]
        answers = await self._repeat(requests)
        assert isinstance(answers, list)
        return answers

    async def _repeat(self, requests: Sequence[bytes] | Whole) -> bytes | list[bytes]:
        for _ in range(self.device.options["retries"]):
            try:
                return await self._send_all(requests)
            except NotSent:
                raise
            except sdk.DeviceTimeout:
                continue
        return await self._send_all(requests)

    async def _send(self, pdu: bytes) -> bytes:
        """One request, once. Raises NotSent, or another DeviceError once it was sent."""
        [answer] = await self._send_all((pdu,))
        assert isinstance(answer, bytes)
        return answer

    async def _send_all(self, requests: Sequence[bytes] | Whole) -> bytes | list[bytes]:
        """As `_send`, several at once."""
        if self._lease is None:
            raise LineDown("not connected")
        line, seconds = self._lease.line, self.device.timeout
        return await line.exchange_all(self._unit, requests, seconds, self._pause)

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
                answer=refusal.name,
            )
