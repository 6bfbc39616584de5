"""One scan group as one subscription: its items, what arrives of them, and in which order."""

import asyncio
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import structlog
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.channel import Channel
from wellhead_scada_opcua.messages import Publication
from wellhead_scada_opcua.readings import Readings
from wellhead_scada_opcua.status import is_bad, name_of
from wellhead_scada_opcua.targets import Targets
from wellhead_scada_opcua.values import Values

log = structlog.get_logger(__name__)

_KEEP_ALIVE_S = 10.0
_LIFETIME_S = 60.0
_MOST_HELD = 1_000_000
"""Readings that wait in memory while history is fetched."""
_LAST_SEQUENCE = 2**32 - 1
_DEADBANDS = {"absolute": ua.DeadbandType.Absolute, "percent": ua.DeadbandType.Percent}

Deliver = Callable[[Sequence[sdk.Pushed]], "asyncio.Future[None]"]


class Subscription:
    """Of `group`.

    id: the server's number of it; None while there is nothing to subscribe to
    patience: seconds after which the server must have said something of it
    """

    def __init__(
        self,
        channel: Channel,
        group: sdk.PushGroup,
        deliver: Deliver,
        first_handle: int,
    ) -> None:
        self.group = group
        self.targets = Targets.find(group.points, channel.namespaces)
        self.readings = Readings(channel.device, group.points)
        self.id: int | None = None
        self.patience = math.inf
        self.heard = 0.0
        self._channel = channel
        self._deliver = deliver
        self._first = first_handle
        self._refused: list[int] = []
        self._expected: int | None = None
        self._present = np.ones(len(group.points), np.bool_)
        self._known: npt.NDArray[np.int64] | None = None
        self._held: list[tuple[sdk.Pushed, Callable[[], None]]] | None = None
        self._rows_held = 0

    # --- subscribing ----------------------------------------------------------------------------

    async def subscribe(self) -> None:
        """Create it with all of its items. Raises DeviceError."""
        reasons = dict(self.targets.bad)
        if self.targets.nodes:
            await self._create()
            reasons |= await self._create_items()
        self.readings.refused(reasons, "the server refuses tags")
        self._refused = list(reasons)

    def say_what_is_refused(self) -> None:
        """Deliver the tags that the server refuses as bad. As readings of now they are newer than
        any history, so that has to be there before."""
        rows = len(self._refused)
        if rows:
            self._deliver(
                [
                    sdk.Pushed(
                        self.group.id,
                        np.array(self._refused, np.intp),
                        np.zeros(rows, np.int64),
                        np.full(rows, np.nan),
                        np.full(rows, sdk.quality.BAD_CONFIGURATION, np.int16),
                    )
                ]
            )

    async def _create(self) -> None:
        period = max(self.group.period, 0.001)
        alive = max(1, math.ceil(_KEEP_ALIVE_S / period))
        request = ua.CreateSubscriptionRequest()
        parameters = request.Parameters
        parameters.RequestedPublishingInterval = period * 1000
        parameters.RequestedMaxKeepAliveCount = alive
        parameters.RequestedLifetimeCount = max(3 * alive, math.ceil(_LIFETIME_S / period))
        parameters.MaxNotificationsPerPublish = 0
        parameters.PublishingEnabled = True
        parameters.Priority = 0
        answer = await self._channel.call(request, ua.CreateSubscriptionResponse)
        revised = answer.Parameters
        self.id = revised.SubscriptionId
        self.heard = self._channel.heard
        self.patience = (
            revised.RevisedPublishingInterval / 1000 * (revised.RevisedMaxKeepAliveCount + 1)
            + self._channel.device.timeout
        )

    async def _create_items(self) -> dict[int, str]:
        """The places that the server refuses, with the reason."""
        refused: dict[int, str] = {}
        step = self._channel.limit("monitor")
        for begin in range(0, len(self.targets.nodes), step):
            places = self.targets.places[begin : begin + step]
            request = ua.CreateMonitoredItemsRequest()
            request.Parameters.SubscriptionId = self.id
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            request.Parameters.ItemsToCreate = [
                ua.MonitoredItemCreateRequest(
                    ItemToMonitor=what,
                    MonitoringMode=ua.MonitoringMode.Reporting,
                    RequestedParameters=self._parameters(place),
                )
                for place, what in zip(
                    places, self.targets.read_ids(begin, begin + step), strict=True
                )
            ]
            answer = await self._channel.call(request, ua.CreateMonitoredItemsResponse)
            if len(answer.Results) != len(places):
                raise sdk.DeviceProtocolError("not one result for each monitored item")
            for place, result in zip(places, answer.Results, strict=True):
                if is_bad(result.StatusCode.value):
                    refused[place] = name_of(result.StatusCode.value)
        return refused

    def _parameters(self, place: int) -> ua.MonitoringParameters:
        options, address = self._channel.device.options, self.group.points[place].address
        sampling = options["sampling"]
        made = ua.MonitoringParameters()
        made.ClientHandle = self._first + place
        made.SamplingInterval = (self.group.period if sampling is None else sampling) * 1000
        made.QueueSize = options["queue_size"]
        made.DiscardOldest = True
        if address["deadband"] is not None:
            made.Filter = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=_DEADBANDS[address["deadband_type"]],
                DeadbandValue=address["deadband"],
            )
        return made

    # --- what arrives ---------------------------------------------------------------------------

    def missing(self, publication: Publication) -> range:
        """The numbers of the messages that should have come before this one; it is the newest from
        now on."""
        number, expected = publication.sequence, self._expected
        following = number % _LAST_SEQUENCE + 1 if publication.data else number
        self._expected = following
        if expected is None or number == expected:
            return range(0)
        lost = (number - expected) % _LAST_SEQUENCE
        return range(expected, number) if lost == number - expected else range(number, number)

    def arrived(self, publication: Publication, kept: Callable[[], None]) -> None:
        """Deliver what is in it. `kept` is called once all of it is on disk. Raises DeviceError."""
        pushed = [
            made for values in publication.values if len((made := self._pushed(values)).places)
        ]
        if self._held is None:
            if self._known is not None and not publication.more:
                pushed = [self._without_known(one) for one in pushed]
                self._known = None
            self._hand_over(pushed, kept)
            return
        for last, one in zip(range(len(pushed))[::-1], pushed, strict=True):
            self._held.append((one, _nothing if last else kept))
            self._rows_held += len(one.places)
        if self._rows_held > _MOST_HELD:
            raise sdk.DeviceError("more comes than can wait while the history is fetched")

    def hold(self) -> None:
        """Keep what arrives in memory until `release`."""
        self._held = []

    def release(self, known: npt.NDArray[np.int64]) -> None:
        """Deliver what was held, without what the history had already. known: times by place."""
        held, self._held = self._held or [], None
        self._known = known
        for one, kept in held:
            self._hand_over([self._without_known(one)], kept)

    def _hand_over(self, pushed: Sequence[sdk.Pushed], kept: Callable[[], None]) -> None:
        def settled(done: "asyncio.Future[None]") -> None:
            if not done.cancelled() and done.exception() is None:
                kept()

        self._deliver(pushed).add_done_callback(settled)

    def _pushed(self, values: Values) -> sdk.Pushed:
        places = values.handles.astype(np.intp) - self._first
        if len(places) and not (places.min() >= 0 and places.max() < len(self.group.points)):
            raise sdk.DeviceProtocolError("a value that nobody asked for", value=self.group.id)
        present = self._present[places]
        times = self.readings.times(values, ~present)
        numbers, qualities, texts = self.readings.columns(values, places)
        if present.any():
            times = self._date_present(places, times, values.server, present)
        return sdk.Pushed(self.group.id, places, times, numbers, qualities, texts)

    def _date_present(
        self,
        places: npt.NDArray[np.intp],
        times: npt.NDArray[np.int64],
        server: npt.NDArray[np.int64],
        present: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.int64]:
        """The first value of each place is the present one, however old: what is not newer than
        what was kept before the outage is a reading of when the server says so, at the latest of
        now, or the tag would stay bad until its value changes."""
        self._present[places] = False
        since = self.group.since
        if since is None:
            return times
        now = np.where(server > since, server, 0)
        return np.where(present & (times <= since), now, times)

    def _without_known(self, pushed: sdk.Pushed) -> sdk.Pushed:
        assert self._known is not None
        fresh = (pushed.times == 0) | (pushed.times > self._known[pushed.places])
        if fresh.all():
            return pushed
        rows = np.flatnonzero(fresh)
        return sdk.Pushed(
            pushed.group,
            pushed.places[rows],
            pushed.times[rows],
            pushed.values[rows],
            pushed.qualities[rows],
            {
                row: pushed.texts[old]
                for row, old in enumerate(rows.tolist())
                if old in pushed.texts
            },
        )


def _nothing() -> None:
    """A part of a message: its last one acknowledges it."""
