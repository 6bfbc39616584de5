"""The MQTT driver: a broker is a device, what its messages say are tags."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

from wellhead import sdk
from wellhead_scada_mqtt import points as rules
from wellhead_scada_mqtt.broker import NotConfigured, connect_options
from wellhead_scada_mqtt.browse import Survey
from wellhead_scada_mqtt.client import NO_SUBSCRIBERS, MqttClient
from wellhead_scada_mqtt.command import check_writable, command_of
from wellhead_scada_mqtt.intake import Intake
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.newest import Newest
from wellhead_scada_mqtt.schemas import MqttAddressSchema, MqttBrowseSchema, MqttDeviceSchema
from wellhead_scada_mqtt.topics import Topics
from wellhead_scada_mqtt.trouble import Troubles

log = structlog.get_logger(__name__)

Plan = tuple[sdk.Point, ...]

_BROWSE_STEP_S = 0.5
_BROWSE_MOST = 1000
"""Messages looked at a step, so that a busy broker does not hold up the event loop."""


class MqttDriver(sdk.Driver[Plan], sdk.Pushes, sdk.Writes, sdk.Browses):
    """One connection to one broker."""

    device_schema = MqttDeviceSchema
    address_schema = MqttAddressSchema
    browse_schema = MqttBrowseSchema
    datatypes = frozenset(rules.DATATYPES)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._client: MqttClient | None = None
        self._subscribed: set[str] = set()
        self._intake: Intake | None = None
        self._newest: Newest | None = None
        self._troubles = Troubles(device.name)

    async def open(self) -> None:
        name = f"wellhead-{self.device.id}"
        options = await asyncio.to_thread(connect_options, self.device.options, name)
        self._client = MqttClient(options, self.dialer, self.device.timeout)
        await self._client.connect()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        rules.check(point, options)

    # --- listening --------------------------------------------------------------------------------

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        """Subscriptions stay when this ends: the broker keeps messages for the next connection.
        What the groups do not need any more is unsubscribed when it is called again."""
        client = self._connected()
        wanted = {group.id: group.points for group in groups}
        self._newest = newest = Newest(wanted, self.device.timeout)
        topics = Topics(wanted, self._troubles)
        stale_after = self.device.options["stale_after_s"]
        intake = Intake(topics, client, mailbox, newest, stale_after)
        points = [point for group in groups for point in group.points]
        refused = await self._subscribe(client, rules.filters_of(points, self.device.options))
        mailbox.listening()
        self._intake = intake
        intake.start(refused)
        try:
            await client.lost()
        finally:
            self._intake = None
            intake.stop()

    async def _subscribe(self, client: MqttClient, filters: Sequence[str]) -> list[str]:
        """The filters that the broker refuses."""
        group = self.device.options["share_group"]
        names = {f"$share/{group}/{name}" if group else name: name for name in filters}
        await client.unsubscribe(sorted(self._subscribed - set(names)))
        answers = await client.subscribe(list(names))
        refused = [
            plain
            for plain, answer in zip(names.values(), answers, strict=True)
            if answer.is_failure
        ]
        self._subscribed = set(names)
        if refused:
            log.warning(
                "the broker refuses subscriptions",
                device=self.device.name,
                topics=refused[:10],
                count=len(refused),
                reason=str(next(answer for answer in answers if answer.is_failure)),
                remedy="Allow this user to read there, in the broker's access list",
            )
        return refused

    # --- reading ----------------------------------------------------------------------------------

    def plan(self, points: Sequence[sdk.Point]) -> Plan:
        return tuple(points)

    async def read(self, plan: Plan) -> sdk.RawValues:
        """The newest value of each point that was heard, while it is listened to; else what the
        broker has kept, or what comes within the device's time-out."""
        if self._newest is not None and self._newest.knows(plan):
            return await self._newest.read(plan)
        newest = Newest({"": plan}, self.device.timeout)
        topics = Topics({"": plan}, self._troubles)

        def tap(messages: list[Message]) -> None:
            for pushed in topics.read(messages, 0):
                newest.update(pushed)

        async with self._overhearing(tap, rules.filters_of(plan, self.device.options)):
            return await newest.read(plan)

    # --- writing and browsing ---------------------------------------------------------------------

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        check_writable(point)

    async def write(self, point: sdk.Point, value: float | str) -> None:
        """Publishes the command, never retained. MQTT 5: the broker says when it refuses it or
        nobody is subscribed. The read-back is the telemetry that follows."""
        client = self._connected()
        try:
            check_writable(point)
            payload = command_of(point, value)
        except sdk.WellheadError as error:
            raise sdk.WriteRefused(
                error.message, field=error.field, value=error.value, remedy=error.remedy
            ) from None
        topic = point.address["command_topic"]
        if self._newest is not None:
            self._newest.doubt(point)
        try:
            answer = await client.publish(topic, payload)
            if answer.value == NO_SUBSCRIBERS:
                raise sdk.WriteRefused(
                    "nobody is subscribed to the topic of the command",
                    field="address.command_topic",
                    value=topic,
                    remedy="Check the topic, and that the device is connected to the broker",
                )
        except sdk.WriteRefused:
            if self._newest is not None:
                self._newest.trust(point)
            raise

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        loop = asyncio.get_running_loop()
        end = loop.time() + arguments["seconds"]
        heard: list[Message] = []
        survey = Survey(arguments["most"])
        async with self._overhearing(heard.extend, [arguments["filter"]]):
            while survey.left and (rest := end - loop.time()) > 0:
                await asyncio.sleep(min(rest, _BROWSE_STEP_S))
                messages, heard[:] = heard[:_BROWSE_MOST], []
                yield survey.look_at(messages)

    @asynccontextmanager
    async def _overhearing(
        self, tap: Callable[[list[Message]], None], filters: Sequence[str]
    ) -> AsyncIterator[None]:
        """Have `tap` see what comes for `filters`, what the broker has kept first, on this
        connection, which must not have a second beside it. With QoS 0, of which a session keeps
        nothing. What the broker has kept of the device's own topics comes once more for it, and is
        no news to `listen`."""
        client = self._connected()
        own = [name for name in filters if name not in self._subscribed]
        with client.tapped(tap):
            if self._intake is not None:
                self._intake.overheard = True
            try:
                answers = await client.subscribe(own, qos=0)
                if answers and all(answer.is_failure for answer in answers):
                    raise NotConfigured(
                        f"the broker refuses this subscription: {answers[0]}",
                        field="topic",
                        value=own[0],
                        remedy="Allow this user to read there, in the broker's access list",
                    )
                yield
            finally:
                if self._intake is not None:
                    self._intake.overheard = False
                await client.unsubscribe(own)

    def _connected(self) -> MqttClient:
        if self._client is None:
            raise sdk.DeviceUnreachable("not connected")
        return self._client
