"""From messages to kept readings: delivered together, acknowledged once they are on disk."""

import asyncio
from collections import deque
from collections.abc import Sequence

from wellhead import sdk
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.newest import Newest
from wellhead_scada_mqtt.topics import Topics

MOST_UNKEPT = 20_000
"""Messages read and not yet on disk, after which no more are taken from the broker. Those of QoS 1
are bounded by the window anyway; those of QoS 0 by this alone."""


class Intake:
    """What becomes of the messages of one `listen`.

    stale_after: seconds of silence after which a topic's points are bad; 0 = never
    overheard: somebody else has subscribed too, so what the broker had kept comes once more, and
        is no news
    """

    def __init__(
        self,
        topics: Topics,
        client: MqttClient,
        mailbox: sdk.Mailbox,
        newest: Newest,
        stale_after: float,
    ) -> None:
        self.overheard = False
        self._topics = topics
        self._client = client
        self._mailbox = mailbox
        self._newest = newest
        self._stale_after = stale_after
        self._loop = asyncio.get_running_loop()
        self._unkept: deque[tuple[asyncio.Future[None] | None, list[Message]]] = deque()
        self._count = 0
        self._watch: asyncio.TimerHandle | None = None

    def start(self, refused: Sequence[str]) -> None:
        """From now on, until `stop`, messages are delivered. refused: filters that bring none"""
        self._deliver(self._topics.refused(refused), [])
        if self._stale_after:
            self._topics.begin(self._loop.time())
            self._look()
        self._client.receive(self._take)

    def stop(self) -> None:
        """Leave further messages with the client; what is delivered is still acknowledged."""
        self._client.receive(None)
        if self._watch is not None:
            self._watch.cancel()

    def _take(self, messages: list[Message]) -> None:
        news = [one for one in messages if not one.retain] if self.overheard else messages
        self._deliver(self._topics.read(news, self._loop.time()), messages)

    def _deliver(self, pushed: Sequence[sdk.Pushed], messages: list[Message]) -> None:
        for some in pushed:
            self._newest.update(some)
        kept = self._mailbox.deliver(pushed) if pushed else None
        self._unkept.append((kept, messages))
        self._count += len(messages)
        if kept is None:
            self._settle(None)
        else:
            kept.add_done_callback(self._settle)
        if self._count >= MOST_UNKEPT:
            self._client.pause()

    def _settle(self, _kept: "asyncio.Future[None] | None") -> None:
        """Acknowledge, oldest first, what is on disk by now."""
        while self._unkept:
            kept, messages = self._unkept[0]
            if kept is not None:
                if not kept.done():
                    break
                try:
                    kept.result()
                except sdk.DeviceError as why:
                    self._client.give_up(why)
                    return  # the broker keeps these, and all that came after them
            self._unkept.popleft()
            self._count -= len(messages)
            self._client.acknowledge(messages)
        if self._count < MOST_UNKEPT // 2:
            self._client.resume()

    def _look(self) -> None:
        now = self._loop.time()
        pushed = self._topics.silent(now - self._stale_after)
        if pushed:
            self._deliver(pushed, [])
        self._watch = self._loop.call_later(min(self._stale_after / 4, 1.0), self._look)
