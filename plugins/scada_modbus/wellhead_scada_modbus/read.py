"""One read of a plan: each request in turn, and a refused one narrowed down to the point at fault.

A device that does not know one address refuses the whole request. So a refused request is halved
until the points at fault are alone, within the time of one answer more a read; what was found is
kept in the plan, and the next reads cost no request more than they must.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from wellhead import sdk
from wellhead_scada_modbus.answers import ModbusRefusal, answer_data
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.decode import decode_bits, decode_registers
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.schemas import FUNCTIONS
from wellhead_scada_modbus.whole import Whole


class PlanRead:
    """May be run once.

    ask: sends the requests of blocks and returns their answers in order, function code first
    at_once: requests that may be on their way together
    ask_whole: sends the requests of several blocks and returns their answers in order, or the
        buffer of all when they are as they should be
    refused: told of each point, or group of points, that the device does not give
    seconds: for how long refused requests are narrowed down in this read
    """

    def __init__(
        self,
        plan: Plan,
        ask: Callable[[Sequence[Block]], Awaitable[list[bytes]]],
        refused: Callable[[Block, ModbusRefusal], None],
        seconds: float,
        at_once: int = 1,
        ask_whole: Callable[[Whole], Awaitable[bytes | list[bytes]]] | None = None,
    ) -> None:
        self._plan = plan
        self._ask = ask
        self._refused = refused
        self._at_once = at_once
        self._ask_whole = ask_whole
        self._now = asyncio.get_running_loop().time
        self._until = self._now() + seconds
        self._reading = plan.begin()
        self._registers: list[tuple[Block, bytes]] = []
        self._learned = False

    async def run(self) -> sdk.RawValues:
        """Raises DeviceError when the device as a whole is at fault."""
        plan = self._plan
        again = plan.again(self._now()) if plan.refused else None
        if again is not None and await self._answered(again):
            plan.forget()
            self._reading = plan.begin()
        try:
            blocks = plan.blocks
            for start in range(0, len(blocks), self._at_once):
                some = blocks[start : start + self._at_once]
                answers = await self._ask_all(start, some)
                if isinstance(answers, bytes):
                    continue
                for block, answer in zip(some, answers, strict=True):
                    await self._take(block, answer)
            self._decode()
        finally:
            if self._learned:
                plan.renew()
        return plan.end(self._reading)

    async def _ask_all(self, start: int, blocks: Sequence[Block]) -> bytes | list[bytes]:
        """The answers to blocks of the plan from `start` on, in order; bytes when their values are
        in the reading already."""
        whole = self._plan.whole(start, start + len(blocks))
        if whole is None or self._ask_whole is None:
            return await self._ask(blocks)
        answers = await self._ask_whole(whole)
        if isinstance(answers, bytes):
            decode_registers(whole.layout, answers, self._reading)
        return answers

    async def _answered(self, block: Block) -> bool:
        """Whether the device now gives what it refused before."""
        try:
            [answer] = await self._ask((block,))
            answer_data(answer, FUNCTIONS[block.table], block.size)
        except ModbusRefusal as refusal:
            if refusal.alone is None:
                raise
            return False
        return True

    async def _visit(self, block: Block) -> bool:
        """Make one request; whether it was answered as a whole."""
        [answer] = await self._ask((block,))
        return await self._take(block, answer)

    async def _take(self, block: Block, answer: bytes) -> bool:
        """Take the answer to a block's request; whether it was given as a whole."""
        try:
            data = answer_data(answer, FUNCTIONS[block.table], block.size)
        except ModbusRefusal as refusal:
            if refusal.alone is None:
                raise
            if refusal.split and len(block.items) > 1:
                await self._narrow(block, refusal.alone)
            else:
                self._reading.qualities[block.layout.positions] = refusal.alone
                self._refused(block, refusal)
                if refusal.split:
                    self._plan.refuse(block, refusal.alone, self._now())
                    self._learned = True
            return False
        if block.bits:
            decode_bits(block.layout, data, self._reading)
        else:
            self._registers.append((block, data))
        return True

    def _decode(self) -> None:
        """Take the values out of the registers that came: all at once when these are what the plan
        asks for, as nearly always."""
        layout = self._plan.joined([block for block, _ in self._registers])
        if layout is not None:
            data = b"".join([data for _, data in self._registers])
            decode_registers(layout, data, self._reading)
            return
        for block, data in self._registers:
            decode_registers(block.layout, data, self._reading)

    async def _narrow(self, block: Block, quality: int) -> None:
        first, second = block.halves()
        if self._now() > self._until:
            # The next read goes on from here: each half is a request of its own.
            self._reading.qualities[block.layout.positions] = quality
            whole = True
        else:
            answered = [await self._visit(first), await self._visit(second)]
            # Both are given apart and not together: the gap between them is at fault, or the
            # number of addresses.
            whole = all(answered)
        if whole:
            self._plan.cut(second)
            self._learned = True
