"""The Publish requests that lie at the server: each is answered when there is something to say."""

import asyncio
from collections import deque

from asyncua import ua

from wellhead_scada_opcua.channel import Channel, ServiceFault

_MOST = 20
Acknowledgements = list[ua.SubscriptionAcknowledgement]


class Stream:
    """Lives as long as the session: the server may answer the requests of one `listen` with what
    the next one subscribed to."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: deque[tuple[int, asyncio.Task[bytes], Acknowledgements]] = deque()
        self._most = _MOST
        self._acknowledged: Acknowledgements = []
        self._parting: set[asyncio.Task[bytes]] = set()
        self._turn = 0

    def begin(self) -> None:
        """A new `listen`: what older requests say of missing subscriptions is no news."""
        self._turn += 1

    def acknowledge(self, subscription: int, sequence: int) -> None:
        """With the next request: the server need not keep this message any longer."""
        self._acknowledged.append(
            ua.SubscriptionAcknowledgement(SubscriptionId=subscription, SequenceNumber=sequence)
        )

    def fill(self, wanted: int) -> None:
        """Have this many requests at the server."""
        while len(self._waiting) < min(max(wanted, 2), self._most):
            request = ua.PublishRequest()
            said, self._acknowledged = self._acknowledged, []
            request.Parameters.SubscriptionAcknowledgements = said
            task = asyncio.create_task(self._channel.ask(request, limit=0))
            self._waiting.append((self._turn, task, said))

    async def next(self, seconds: float, other: "asyncio.Task[None]") -> bytes | None:
        """The next answer, None when there is none within `seconds` or before `other` is done.
        Raises DeviceError."""
        turn, task, said = self._waiting[0]
        waited = {task} if other.done() else {task, other}
        await asyncio.wait(waited, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return None
        self._waiting.popleft()
        try:
            return task.result()
        except ServiceFault as fault:
            self._acknowledged += said
            if fault.name == "BadTooManyPublishRequests" and self._most > 1:
                self._most = max(1, len(self._waiting))
            elif not (fault.name == "BadNoSubscription" and turn < self._turn):
                raise
            return None

    def part(self, subscriptions: list[int]) -> None:
        """Tell the server that nobody listens any more, without waiting for its answer."""
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = subscriptions
        task = asyncio.create_task(self._channel.ask(request))
        self._parting.add(task)
        task.add_done_callback(self._parted)

    def _parted(self, task: "asyncio.Task[bytes]") -> None:
        self._parting.discard(task)
        if not task.cancelled():
            task.exception()  # a server that cannot be told notices by itself

    def close(self) -> None:
        """End every request of this side."""
        tasks = [task for _, task, _ in self._waiting]
        for task in tasks + list(self._parting):
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            task.cancel()
        self._waiting.clear()
