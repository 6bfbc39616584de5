"""Readings northwards: the destination `mqtt` of the plugin uplink publishes them as JSON.

QoS 1, and the outbox forgets what the broker has acknowledged. So nothing is lost; what was on its
way when the line or the process ended is published again, with the same number `n`.
"""

import asyncio
import ipaddress
import re
import threading
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import orjson
from marshmallow import Schema, ValidationError, fields, validate

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada_mqtt.broker import BrokerSchema, connect_options
from wellhead_scada_mqtt.client import MqttClient

PLACES = ("tenant", "device", "asset", "tag")
MOST_READINGS = 1000
"""Of one message: some tens of kilobytes, which every broker takes."""
_PATIENCE_S = 300.0
_ANYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
_NONE = "-"
_PLACE = re.compile(r"\{([^{}]*)\}")
_NOT_IN_A_LEVEL = re.compile(r"[/+#\x00-\x1f]")
Answer = TypeVar("Answer")


class Tag(Protocol):
    """What is used of `wellhead_uplink.edge.destination.Tag`."""

    name: str
    unit: str | None
    device: str | None
    asset: str | None


class Entry(Protocol):
    """What is used of `wellhead_uplink.edge.destination.Entry`."""

    id: int

    @property
    def batches(self) -> list[sdk.Batch]: ...


class Report(Protocol):
    """What is used of `wellhead_uplink.edge.destination.Report`."""

    tags: Mapping[int, Any]


def _is_template(text: str) -> None:
    unknown = [place for place in _PLACE.findall(text) if place not in PLACES]
    if unknown:
        raise ValidationError(f"No such place: {unknown[0]!r}; there are {', '.join(PLACES)}.")
    if re.search(r"[+#\x00]", text) or not text.strip("/"):
        raise ValidationError("Must be a topic without the wildcards + and #.")


class NorthwardOptions(BrokerSchema):
    """Options of the kind `mqtt`: those of a broker, and how to publish."""

    topic = fields.String(
        load_default="wellhead/{tenant}/{device}/{tag}",
        validate=[validate.Length(1, 500), _is_template],
        metadata={"description": "Topic, with places for {tenant}, {device}, {asset}, {tag}"},
    )
    timeout_s = fields.Float(
        load_default=30.0,
        validate=validate.Range(1, 300),
        metadata={"description": "Seconds that connecting, and each acknowledgement, may take"},
    )


class Northward:
    """See `wellhead_uplink.edge.destination.Destination`. The connection lives on an event loop in
    a thread of its own, so that the broker hears of us while nothing is to be sent."""

    options_schema: ClassVar[type[Schema]] = NorthwardOptions

    def __init__(self, tenant: str, options: Mapping[str, Any]) -> None:
        self._tenant = tenant
        self._options = options
        self._topic = options["topic"]
        self._client: MqttClient | None = None
        self._tags: Mapping[int, Tag] = {}
        self._connect_options = connect_options(
            {**options, "session_expiry_s": 0}, f"wellhead-north-{tenant}"
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def report(self, report: Report) -> None:
        self._tags = report.tags
        if self._client is None:
            self._do(self._connect())

    def send(self, entries: Sequence[Entry]) -> int:
        batches: list[sdk.Batch] = []
        last = entries[0].id
        for entry in entries:
            try:
                batches += entry.batches
            except sdk.BatchError:
                if entry is entries[0]:
                    raise
                break  # it is the first of the next call
            last = entry.id
        self._do(self._publish(list(self._messages(batches, last))))
        return last

    def close(self) -> None:
        if self._client is not None:
            self._do(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # --- messages ---------------------------------------------------------------------------------

    def _messages(self, batches: Sequence[sdk.Batch], number: int) -> Iterator[tuple[str, bytes]]:
        """(topic, payload) of each message, a tag's in order of its readings."""
        joined = sdk.Batch.join(batches)
        for topic, ids in self._topics(np.unique(joined.tags)).items():
            found = np.flatnonzero(np.isin(joined.tags, ids))
            for at in range(0, len(found), MOST_READINGS):
                rows = found[at : at + MOST_READINGS]
                body = self._named(ids, joined.tags[rows])
                body["t"], body["v"] = joined.times[rows], joined.values[rows]
                body["q"] = joined.qualities[rows]
                if joined.texts:
                    values = zip(rows.tolist(), body["v"].tolist(), strict=True)
                    body["v"] = [joined.texts.get(row, value) for row, value in values]
                body["n"] = number
                yield topic, orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)

    def _topics(self, ids: npt.NDArray[np.int32]) -> dict[str, list[int]]:
        topics: dict[str, list[int]] = defaultdict(list)
        for tag in ids.tolist():
            if tag not in self._tags:  # made since the last report: the next has it
                raise ConnectionError(f"tag {tag} is not known yet")
            known = self._tags[tag]
            filled = {
                "tenant": self._tenant,
                "device": known.device,
                "asset": known.asset,
                "tag": known.name,
            }
            topic = _PLACE.sub(lambda place, given=filled: _level(given[place[1]]), self._topic)  # type: ignore[misc]
            topics[topic].append(tag)
        return topics

    def _named(self, ids: Sequence[int], tags: npt.NDArray[np.int32]) -> dict[str, Any]:
        """One tag's name and unit, or a column of names and one of units."""
        if len(ids) == 1:
            known = self._tags[ids[0]]
            return {"tag": known.name, "unit": known.unit}
        several = [self._tags[tag] for tag in tags.tolist()]
        return {"tag": [tag.name for tag in several], "unit": [tag.unit for tag in several]}

    # --- the connection ---------------------------------------------------------------------------

    async def _connect(self) -> None:
        dialer = AllowListDialer(_ANYWHERE)  # the address is the configuration's, nobody else's
        self._client = MqttClient(self._connect_options, dialer, self._options["timeout_s"])
        await self._client.connect()

    async def _publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        assert self._client is not None
        await asyncio.gather(*(self._client.publish(*message) for message in messages))

    def _do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run `work` on the loop. Raises OSError for what may pass by itself."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)
        except (sdk.DeviceUnreachable, sdk.DeviceTimeout) as error:
            raise ConnectionError(str(error)) from error
        except sdk.WriteRefused as error:
            if error.field == "topic":  # by the broker's access list
                raise
            raise ConnectionError(str(error)) from error


def _level(text: str | None) -> str:
    """A name as one level of a topic."""
    return _NOT_IN_A_LEVEL.sub("_", text) if text else _NONE
