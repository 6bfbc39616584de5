"""A connection to one Modbus device or, on a serial line, to several: one exchange at a time.

Units of one line wait their turn for each request, in the order they came, and none holds the line
longer than its own time-out (and the silence it wants before a request). So a unit that does not
answer costs the others that much at most, and less when it is asked again (patience.py).
"""

import asyncio
from collections.abc import Sequence

from wellhead import sdk
from wellhead_scada_modbus.frames import Framer
from wellhead_scada_modbus.patience import Patience
from wellhead_scada_modbus.watch import Watch
from wellhead_scada_modbus.whole import Whole

BUSY_S = 4.0
"""Seconds a request waits for its turn; below the limit at which the engine gives a read up."""

LATE_S = 1.0
"""Seconds, one more time-out at most, for which a late answer of a silent unit is waited for."""


class NotSent(sdk.DeviceError):
    """The request never left: nothing came of it, for certain."""


class LineDown(NotSent, sdk.DeviceUnreachable):
    """There is no connection."""


class LineBusy(NotSent, sdk.DeviceTimeout):
    """Others had the line all the time."""


class Line(asyncio.Protocol):
    """To be connected once, by what makes its transport.

    silence: seconds that nothing may be sent after the last byte
    owed: of units that stayed silent, until when a late answer may come (loop time). RTU answers
        name no request, so such a unit is not asked again until then; the others are.
    """

    def __init__(
        self,
        framer: Framer,
        *,
        silence: float = 0.0,
        owed: dict[int, float] | None = None,
    ) -> None:
        self.up = False
        self._framer = framer
        self._silence = silence
        self._owed = {} if owed is None else owed
        self._lock = asyncio.Lock()
        self._queue = 0
        self._watch = Watch(self._expire)
        self._patience = Patience()
        self._seconds = self._whole_seconds = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[bytes | list[bytes]] | None = None
        self._answers: list[bytes] = []
        self._awaited = 0
        self._last = 0.0

    async def exchange(self, unit: int, pdu: bytes, seconds: float, pause: float = 0.0) -> bytes:
        """Send a request, function code first, and return the answer likewise. seconds: how long
        the answer may take; pause: silence wanted before the request.

        Raises NotSent, or another DeviceError once it was sent.
        """
        [answer] = await self.exchange_all(unit, (pdu,), seconds, pause)
        assert isinstance(answer, bytes)
        return answer

    async def exchange_all(
        self, unit: int, requests: Sequence[bytes] | Whole, seconds: float, pause: float = 0.0
    ) -> bytes | list[bytes]:
        """Send requests at once and return their answers in the same order, as `exchange` does;
        more than one only where answers are numbered. Of a Whole, when nothing is amiss, the buffer
        of all answers. seconds: how long each answer may take after the one before."""
        await self._take_turn(unit)
        try:
            await self._be_silent(max(self._silence, pause))
            if self._transport is None:
                raise LineDown("the connection is closed")
            answer: asyncio.Future[bytes | list[bytes]]
            self._answer = answer = asyncio.get_running_loop().create_future()
            self._answers = []
            self._awaited = len(requests)
            self._whole_seconds = seconds
            begun = asyncio.get_running_loop().time()
            seconds = self._seconds = self._patience.seconds(unit, seconds, begun)
            self._watch.begin(seconds)
            try:
                self._transport.write(self._framer.request(unit, requests))
                answers = await answer
                self._patience.answered(unit, self._last - begun)
                return answers
            except sdk.DeviceUnreachable:
                raise
            except (sdk.DeviceError, asyncio.CancelledError) as error:
                now = asyncio.get_running_loop().time()
                if isinstance(error, sdk.DeviceTimeout):
                    self._patience.stayed_silent(unit, now)
                if not self._framer.numbered:
                    self._owed[unit] = now + min(self._whole_seconds, LATE_S)
                raise
            finally:
                self._answer = None
                self._watch.end()
        finally:
            self._lock.release()

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer hears so."""
        self._watch.close()
        if self._transport is not None:
            self._transport.abort()
            await asyncio.sleep(0)  # the transport closes its socket in the loop's next turn

    async def _take_turn(self, unit: int) -> None:
        late = self._owed.get(unit, 0.0) - asyncio.get_running_loop().time()
        if late > 0:
            await asyncio.sleep(late)
        self._owed.pop(unit, None)
        if not self._queue and not self._lock.locked():
            await self._lock.acquire()  # at once; most devices are alone and pay for no timer
            return
        self._queue += 1
        try:
            async with asyncio.timeout(BUSY_S):
                await self._lock.acquire()
        except TimeoutError:
            raise LineBusy(
                f"the line had no time for this device within {BUSY_S:g} s",
                remedy="Scan the devices of this line less often, or fewer tags of them",
            ) from None
        finally:
            self._queue -= 1

    async def _be_silent(self, seconds: float) -> None:
        if seconds:
            await asyncio.sleep(self._last + seconds - asyncio.get_running_loop().time())

    def _expire(self) -> None:
        # Of a unit that had less than its whole time, what was so when it had it still is: one
        # reason, not one that changes with each try.
        self._end(self._framer.explain(self._whole_seconds))

    def _end(self, error: sdk.DeviceError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # --- called by the transport ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self.up = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.up = False
        self._watch.close()
        self._end(sdk.DeviceUnreachable("the device closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._last = asyncio.get_running_loop().time()
        try:
            if self._framer.is_whole(data):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(data)
                return
            answer = self._framer.feed(data)
            while answer is not None and self._answer is not None and not self._answer.done():
                self._answers.append(answer)
                if len(self._answers) == self._awaited:
                    self._answer.set_result(self._answers)
                    return
                answer = self._framer.feed(b"")
                if answer is None:  # the rest has its own time
                    self._watch.begin(self._seconds)
        except sdk.DeviceProtocolError as error:
            self._end(error)
