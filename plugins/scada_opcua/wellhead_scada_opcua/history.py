"""What a server kept while nobody listened (HistoryRead, OPC 10000-11), fetched after an outage."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import structlog
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.channel import Channel, ServiceFault, read_request
from wellhead_scada_opcua.messages import decode_history, decode_read
from wellhead_scada_opcua.readings import Readings
from wellhead_scada_opcua.status import is_bad, name_of
from wellhead_scada_opcua.targets import Targets
from wellhead_scada_opcua.values import Values

log = structlog.get_logger(__name__)

_VALUES = 10_000
"""Values that one request asks for at most, of all its nodes together."""
_NODES = 50
_HISTORY_READ = 1 << 2  # bit of AccessLevel (OPC 10000-3, section 8.57)
_UNDERWAY_S = 10.0
"""Seconds, and the group's period, that a value can have been on its way when the connection broke,
later than another of the group that was kept. What comes twice replaces itself."""
_AHEAD = timedelta(hours=1)
"""Of a server whose clock is ahead of ours the newest is wanted too."""


class Backfill:
    """Fetches what came after `since` of one group, and what was on its way then.

    deliver: takes readings, and returns a future that is done once they are kept
    """

    def __init__(
        self,
        channel: Channel,
        group: sdk.PushGroup,
        targets: Targets,
        readings: Readings,
        deliver: "Callable[[sdk.Pushed], asyncio.Future[None]]",
    ) -> None:
        self._channel = channel
        self._group = group
        self._targets = targets
        self._readings = readings
        self._deliver = deliver
        self.newest: npt.NDArray[np.int64] = np.zeros(len(group.points), np.int64)
        self.fetched = 0
        self._refused: dict[int, str] = {}

    async def run(self) -> None:
        """All of it. `newest` then has the time of the newest reading of each place, 0 where there
        was none. Raises DeviceError, NotKept among them."""
        kept = await self._which_are_kept()
        step = min(self._channel.limit("history"), _NODES)
        try:
            for begin in range(0, len(kept), step):
                await self._fetch(kept[begin : begin + step])
        except ServiceFault as fault:
            log.warning(
                "the server gives no history",
                device=self._channel.device.name,
                reason=fault.message,
            )
        self._readings.refused(self._refused, "the server refuses the history of tags")
        if self.fetched:
            log.info("history filled in", device=self._channel.device.name, readings=self.fetched)

    async def _which_are_kept(self) -> list[int]:
        """The numbers in `targets` of the nodes whose history may be read."""
        targets, kept = self._targets, []
        step = self._channel.limit("read")
        for begin in range(0, len(targets.nodes), step):
            nodes = targets.nodes[begin : begin + step]
            answer = await self._channel.ask(read_request(nodes, ua.AttributeIds.AccessLevel))
            levels = np.nan_to_num(decode_read(answer, len(nodes)).values).astype(np.int64)
            kept += (np.flatnonzero(levels & _HISTORY_READ) + begin).tolist()
        without = len(targets.nodes) - len(kept)
        if without:
            log.info(
                "tags without history at the server: what they did in the outage is not known",
                device=self._channel.device.name,
                tags=without,
            )
        return kept

    async def _fetch(self, numbers: Sequence[int]) -> None:
        underway = round((self._group.period + _UNDERWAY_S) * 1e6)
        since = max((self._group.since or 0) - underway, 0)
        details = ua.ReadRawModifiedDetails()
        details.IsReadModified = False
        details.StartTime = datetime.fromtimestamp(since / 1e6, UTC)
        details.EndTime = datetime.now(UTC) + _AHEAD
        details.NumValuesPerNode = max(_VALUES // len(numbers), 1)
        details.ReturnBounds = False
        left: dict[int, bytes | None] = dict.fromkeys(numbers)
        while left:
            request = ua.HistoryReadRequest()
            request.Parameters.HistoryReadDetails = details
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            request.Parameters.ReleaseContinuationPoints = False
            request.Parameters.NodesToRead = [
                ua.HistoryReadValueId(
                    NodeId=self._targets.nodes[number],
                    IndexRange=self._targets.ranges[number],
                    ContinuationPoint=more,
                )
                for number, more in left.items()
            ]
            answer = decode_history(await self._channel.ask(request), len(left))
            following: dict[int, bytes | None] = {}
            for number, part in zip(left, answer, strict=True):
                place = self._targets.places[number]
                if is_bad(part.status):
                    self._refused[place] = name_of(part.status)
                    continue
                await self._keep(place, part.values, since)
                if part.more is not None:
                    following[number] = part.more
            left = following

    async def _keep(self, place: int, values: Values, since: int) -> None:
        places = np.full(len(values), place, np.intp)
        times = self._readings.times(values, np.zeros(len(values), np.bool_))
        new = times > since
        if not new.any():
            return
        numbers, qualities, texts = self._readings.columns(values, places)
        rows = np.flatnonzero(new)
        pushed = sdk.Pushed(
            self._group.id,
            places[rows],
            times[rows],
            numbers[rows],
            qualities[rows],
            {row: texts[old] for row, old in enumerate(rows.tolist()) if old in texts},
            history=True,
        )
        await self._deliver(pushed)
        self.fetched += len(rows)
        self.newest[place] = max(int(self.newest[place]), int(times.max()))
