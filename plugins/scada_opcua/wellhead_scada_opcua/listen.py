"""Listening: one subscription a group, until the server falls silent."""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.channel import Channel, ServiceFault, read_request
from wellhead_scada_opcua.history import Backfill
from wellhead_scada_opcua.messages import Publication, decode_publish, decode_republish
from wellhead_scada_opcua.status import name_of
from wellhead_scada_opcua.stream import Stream
from wellhead_scada_opcua.subscription import Subscription

log = structlog.get_logger(__name__)

_STATE = ua.NodeId(ua.ObjectIds.Server_ServerStatus_State)


class Listener:
    """One `listen` of a driver."""

    def __init__(
        self,
        channel: Channel,
        stream: Stream,
        groups: Sequence[sdk.PushGroup],
        mailbox: sdk.Mailbox,
    ) -> None:
        self._channel = channel
        self._stream = stream
        self._mailbox = mailbox
        self._all: list[Subscription] = []
        handle = 1
        for group in groups:
            self._all.append(Subscription(channel, group, mailbox.deliver, handle))
            handle += len(group.points)

    async def run(self) -> None:
        """Until cancelled. Raises DeviceError."""
        filling: asyncio.Task[None] | None = None
        self._stream.begin()
        try:
            for subscription in self._all:
                await subscription.subscribe()
            by_id = {one.id: one for one in self._all if one.id is not None}
            self._mailbox.listening()
            late = [one for one in by_id.values() if one.group.since is not None]
            for subscription in self._all:
                if subscription in late:
                    subscription.hold()
                else:
                    subscription.say_what_is_refused()
            filling = asyncio.create_task(self._fill(late))
            await self._receive(by_id, filling)
        finally:
            if filling is not None:
                filling.add_done_callback(lambda done: done.cancelled() or done.exception())
                filling.cancel()
            if subscribed := [one.id for one in self._all if one.id is not None]:
                self._stream.part(subscribed)

    async def _fill(self, late: Sequence[Subscription]) -> None:
        """What was missed comes before what is new. Raises DeviceError."""
        for subscription in late:
            backfill = Backfill(
                self._channel,
                subscription.group,
                subscription.targets,
                subscription.readings,
                lambda pushed: self._mailbox.deliver([pushed]),
            )
            await backfill.run()
            subscription.release(backfill.newest)
            subscription.say_what_is_refused()

    async def _receive(self, by_id: dict[int, Subscription], filling: "asyncio.Task[None]") -> None:
        while True:
            if filling.done():
                filling.result()
            self._see_that_all_are_heard(by_id)
            if not by_id:  # nothing to wait for; yet a server that is gone is noticed
                await asyncio.sleep(self._quiet())
                await self._probe()
                continue
            self._stream.fill(2 * len(by_id))
            answer = await self._stream.next(self._quiet(), filling)
            if answer is not None:
                publication = decode_publish(answer)
                subscription = by_id.get(publication.subscription)
                if subscription is not None:
                    await self._take(subscription, publication)
            elif self._quiet() <= 0:
                await self._probe()

    def _quiet(self) -> float:
        """Seconds that may pass yet before the server is asked whether it is there."""
        now = asyncio.get_running_loop().time()
        return self._channel.heard + self._channel.device.timeout - now

    async def _probe(self) -> None:
        await self._channel.ask(read_request([_STATE]))

    def _see_that_all_are_heard(self, by_id: dict[int, Subscription]) -> None:
        now = asyncio.get_running_loop().time()
        for subscription in by_id.values():
            if now - subscription.heard > subscription.patience:
                raise sdk.DeviceTimeout(
                    f"no keep-alive of a subscription within {subscription.patience:.1f} s"
                )

    async def _take(self, subscription: Subscription, publication: Publication) -> None:
        subscription.heard = self._channel.heard
        for number in subscription.missing(publication):
            await self._fetch_again(subscription, number, publication.available)
        if publication.closed is not None:
            raise sdk.DeviceUnreachable(
                f"the server ended the subscription: {name_of(publication.closed)}"
            )
        kept = partial(self._stream.acknowledge, publication.subscription, publication.sequence)
        if publication.data:
            subscription.arrived(publication, kept)

    async def _fetch_again(
        self, subscription: Subscription, number: int, available: Sequence[int]
    ) -> None:
        """A message that did not come, if the server still has it."""
        if number in available:
            request = ua.RepublishRequest()
            request.Parameters.SubscriptionId = subscription.id
            request.Parameters.RetransmitSequenceNumber = number
            try:
                answer = decode_republish(await self._channel.ask(request))
            except ServiceFault as fault:
                log.warning(fault.message, device=self._channel.device.name, message=number)
            else:
                kept = partial(self._stream.acknowledge, subscription.id or 0, number)
                subscription.arrived(answer, kept)
                return
        raise sdk.DeviceProtocolError(
            "messages of a subscription are missing",
            value=number,
            remedy="A server that keeps history is asked for it at the new connection",
        )
