"""The driver `sparkplug`: one host application on one broker.

What is heard is given to the pure `Host`; what follows from it is delivered, asked for, and
acknowledged to the broker once it is on disk. Section numbers are those of the Sparkplug
specification 3.0.0.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog

from wellhead import sdk
from wellhead_scada_mqtt.broker import NotConfigured, connect_options
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.sparkplug import points as rules
from wellhead_scada_mqtt.sparkplug.browse import branches, metrics
from wellhead_scada_mqtt.sparkplug.command import command, reads
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES
from wellhead_scada_mqtt.sparkplug.host import Host, NotFollowed, Outcome, Owner, owner_of
from wellhead_scada_mqtt.sparkplug.payload import PayloadError
from wellhead_scada_mqtt.sparkplug.receipts import Receipts
from wellhead_scada_mqtt.sparkplug.schemas import (
    SparkplugAddressSchema,
    SparkplugBrowseSchema,
    SparkplugDeviceSchema,
)
from wellhead_scada_mqtt.sparkplug.state import HostState, says_offline
from wellhead_scada_mqtt.sparkplug.topics import NAMESPACE, Topic
from wellhead_scada_mqtt.sparkplug.write import rebirth_request

log = structlog.get_logger(__name__)

Plan = Sequence[sdk.Point]


class SparkplugDriver(sdk.Driver[Plan], sdk.Pushes, sdk.Writes, sdk.Browses):
    """One connection to one broker, as the host application of its options."""

    device_schema = SparkplugDeviceSchema
    address_schema = SparkplugAddressSchema
    browse_schema = SparkplugBrowseSchema
    datatypes = frozenset(METRIC_DATATYPES)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._host = Host(device.options["reorder_timeout_s"], device.options["birth_timeout_s"])
        self._client: MqttClient | None = None
        self._state = HostState(device.options["host_id"], 0)
        self._mailbox: sdk.Mailbox | None = None
        self._receipts: Receipts | None = None
        self._stir = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._reported: set[str] = set()

    async def open(self) -> None:
        """Connect, subscribe, then say that this host is there: in that order (section 5.3)."""
        options = self.device.options
        self._state = HostState(options["host_id"], _now_ms())
        name, clean = f"wellhead-{self.device.id}", {**options, "session_expiry_s": 0}
        settings = await asyncio.to_thread(connect_options, clean, name, self._state.will)
        client = MqttClient(settings, self.dialer, self.device.timeout)
        self._client, self._receipts = client, Receipts(client)
        await client.connect()
        filters = [self._state.topic, *(f"{NAMESPACE}/{group}/#" for group in options["groups"])]
        for name, answer in zip(filters, await client.subscribe(filters), strict=True):
            if answer.is_failure:
                raise NotConfigured(
                    f"the broker refuses the subscription: {answer}",
                    field="options.groups",
                    value=name,
                    remedy="Allow this user to read there, in the broker's access list",
                )
        await client.publish(self._state.topic, self._state.online, retain=True)

    async def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if self._client is not None:
            with suppress(sdk.WriteRefused):  # the connection is lost: the broker has the will
                self._client.send(self._state.topic, self._state.offline(_now_ms()), 1, retain=True)
            await self._client.close()
            self._client = None

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        rules.check(point, options)

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        rules.check_write(point)

    # --- listening ------------------------------------------------------------------------------

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        """Births bring the present values; nodes that are there already are asked for them."""
        client, _ = self._connected()
        self._mailbox = mailbox
        mailbox.listening()
        try:
            self._follow(self._host.watch(groups))
            owners = {owner_of(point) for group in groups for point in group.points}
            self._follow(self._host.expect(owners, self._now()))
            client.receive(self._take)
            await client.lost()
        finally:
            self._mailbox = None
            client.receive(None)  # what comes waits for the next `listen`

    def _take(self, messages: Sequence[Message]) -> None:
        """What the client has read."""
        outcome = Outcome()
        for message in messages:
            if message.topic == self._state.topic:
                self._heard_of_itself(message)
                continue
            topic = Topic.parse(message.topic)
            if topic is None or topic.is_command or message.retain:
                continue  # one that the broker had kept says nothing of now, and must not be
            try:
                heard = self._host.hear(topic, message.payload, self._now())
            except (PayloadError, NotFollowed) as error:
                self._report(message.topic, error)
            else:
                outcome.add(heard)
        self._follow(outcome, messages)

    def _follow(self, outcome: Outcome, messages: Sequence[Message] = ()) -> None:
        """Deliver and ask as the outcome says. `messages` are acknowledged once that is kept."""
        client, receipts = self._connected()
        kept = None
        if outcome.pushed and self._mailbox is not None:
            kept = self._mailbox.deliver(outcome.pushed)
        receipts.add(kept, messages)
        for owner, why in outcome.rebirths:
            log.info("births are asked for", device=self.device.name, node=owner.node, reason=why)
            topic = Topic(owner.group, "NCMD", owner.node)
            try:
                client.send(str(topic), rebirth_request(_now_ms()), 0)
            except sdk.WriteRefused:
                return  # the connection is lost, which `listen` is told
        self._stir.set()
        self._stir = asyncio.Event()
        self._set_alarm()

    def _heard_of_itself(self, message: Message) -> None:
        """The will of an earlier connection came after this one's birth (section 5.3)."""
        client, _ = self._connected()
        if says_offline(message.payload) and not message.retain:
            with suppress(sdk.WriteRefused):  # the connection is lost, which `listen` is told
                client.send(self._state.topic, self._state.online, 1, retain=True)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (deadline := self._host.deadline) is not None:
            self._alarm = asyncio.get_running_loop().call_at(deadline, self._time_is_up)

    def _time_is_up(self) -> None:
        if self._client is not None:
            self._follow(self._host.overdue(self._now()))

    # --- reading --------------------------------------------------------------------------------

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return points

    async def read(self, plan: Plan) -> sdk.RawValues:
        """What the metrics read now, as births and data have said. A connection that listens knows;
        another asks for births first."""
        await self._meet({owner_of(point) for point in plan})
        return self._host.read(plan)

    async def _meet(self, owners: set[Owner]) -> None:
        """Wait for the births of these, where nobody listens to them already."""
        if self._mailbox is None:
            self._connected()[0].receive(self._take)
            self._follow(self._host.expect(owners, self._now()))
            await self._until(lambda: owners <= self._host.present.keys())

    # --- writing --------------------------------------------------------------------------------

    async def write(self, point: sdk.Point, value: float | str) -> None:
        """By NCMD or DCMD, which have QoS 0 (section 6.4.23): that a device took it shows in what
        the metric reads next. WriteUnconfirmed when it does not in time."""
        client, _ = self._connected()
        owner, metric = owner_of(point), point.address["metric"]
        await self._meet({owner})
        before = self._host.present.get(owner)
        row = None if before is None else before.birth.rows.get(metric)
        if before is None or row is None:
            raise sdk.WriteRefused(
                "is not there, so nothing was sent" if before is None else "has no such metric",
                field="address",
                value=f"{owner}/{metric}",
                remedy="Wait until its edge node is online, or correct the address",
            )
        payload, then = command(before, row, value, _now_ms())
        reports = int(before.reports[row])
        verb = "NCMD" if owner.device is None else "DCMD"
        client.send(str(Topic(owner.group, verb, owner.node, owner.device)), payload, 0)

        def reported(anew: bool = True) -> bool:
            now = self._host.present.get(owner)
            row = None if now is None else now.birth.rows.get(metric)
            if now is None or row is None:
                return False
            fresh = now is not before or int(now.reports[row]) > reports
            return (fresh or not anew) and reads(now, row, then)

        if not await self._until(reported) and not reported(anew=False):
            raise sdk.WriteUnconfirmed(
                f"sent, and {metric} did not read it within {self.device.timeout:g} s",
                remedy="Look at the device; it may have taken the command all the same",
            )

    # --- browsing -------------------------------------------------------------------------------

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        """Nodes and devices that are there, or the metrics of one."""
        if self._mailbox is None:
            self._connected()[0].receive(self._take)
            await self._until(lambda: False)  # who speaks meanwhile is asked for its births
        start = arguments["start"]
        if start is None:
            yield branches(self._host.present)
            return
        owner = Owner.parse(start)
        if owner in self._host.present:
            yield metrics(owner, self._host.present[owner])

    # --- what all of them need ------------------------------------------------------------------

    def _connected(self) -> tuple[MqttClient, Receipts]:
        if self._client is None or self._receipts is None:
            raise sdk.DeviceUnreachable("not connected")
        return self._client, self._receipts

    async def _until(self, condition: Callable[[], object]) -> bool:
        """Whether the condition came to hold within the device's time-out. Raises DeviceError when
        the connection is lost."""
        client, _ = self._connected()
        lost = asyncio.ensure_future(client.lost())
        waiting: set[asyncio.Future[Any]] = {lost}
        try:
            async with asyncio.timeout(self.device.timeout):
                while not condition():
                    waiting = {lost, asyncio.ensure_future(self._stir.wait())}
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if lost.done():
                        lost.result()
        except TimeoutError:
            return False
        finally:
            for future in waiting:
                future.cancel()
        return True

    def _report(self, topic: str, error: sdk.DeviceError) -> None:
        """Once a topic: a device that publishes nonsense does so for ever."""
        if topic not in self._reported and len(self._reported) < 1_000:
            self._reported.add(topic)
            log.warning("not taken", device=self.device.name, topic=topic, reason=str(error))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
