"""Which messages the broker may be told are kept: in order, once what they brought is on disk."""

import asyncio
from collections import deque
from collections.abc import Sequence

from wellhead import sdk
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.message import Message

_MANY = 500
"""Deliveries that are not on disk yet, at which the broker has to wait."""


class Receipts:
    """What was delivered and is not kept yet. Where something is not kept at all (the spool is
    full) nothing after it is acknowledged, and the connection is at an end: the births of the next
    one bring what is so then."""

    def __init__(self, client: MqttClient) -> None:
        self._client = client
        self._open: deque[tuple[asyncio.Future[None] | None, Sequence[Message]]] = deque()

    def add(self, kept: "asyncio.Future[None] | None", messages: Sequence[Message]) -> None:
        """`messages` brought what is `kept` once that is done; None: nothing."""
        self._open.append((kept, [message for message in messages if message.qos]))
        if kept is not None and not kept.done():
            kept.add_done_callback(lambda _: self._settle())
        self._settle()
        if len(self._open) >= _MANY:
            self._client.pause()

    def _settle(self) -> None:
        while self._open:
            kept, messages = self._open[0]
            if kept is not None:
                if not kept.done():
                    return
                if (error := kept.exception()) is not None:
                    self._client.give_up(sdk.NotKept(str(error)))
                    return
            self._client.acknowledge(messages)
            self._open.popleft()
        self._client.resume()
