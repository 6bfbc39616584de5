"""One connection to a broker, on the event loop, without a thread: what all MQTT drivers use.

paho makes and reads the packets (`line.Line` is its socket). A client connects once: whoever uses
it makes a new one after a loss, so nothing is ever sent a second time behind somebody's back.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wellhead import sdk
from wellhead_scada_mqtt import errors
from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.life import Life
from wellhead_scada_mqtt.line import LARGEST, Line
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.packets import Packets

NO_SUBSCRIBERS = 16
"""Reason code of a publication that nobody has subscribed to (MQTT 5.0, section 2.4)."""

_AT_ONCE = 1000
"""Packets read before others get their turn of the loop: some 10 ms."""

_SENDING = 20
"""QoS 1 messages on the way to a broker that does not say how many it takes: Mosquitto's limit."""


class MqttClient:
    """Made on the running loop; `connect`, then everything else, then `close` in any case.

    timeout: seconds that connecting, and each exchange, may take
    """

    def __init__(self, options: ConnectOptions, dialer: sdk.Dialer, timeout: float) -> None:
        self.options = options
        self._dialer = dialer
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._line = Line(self._read, self._line_ended)
        self._paho = Packets(self._line, options)
        self._paho.on_connect = self._on_connect
        self._paho.on_subscribe = self._on_answer
        self._paho.on_unsubscribe = self._on_answer
        self._paho.on_publish = lambda _client, _data, mid, reason, _properties: self._settle(
            mid, [reason]
        )
        self._paho.on_disconnect = self._on_disconnect
        self._take: Callable[[list[Message]], None] | None = None
        self._connack: asyncio.Future[bool] = self._loop.create_future()
        self._answers: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self._sending = asyncio.Semaphore(_SENDING)
        self._ended = asyncio.Event()
        self._why: sdk.DeviceError | None = None
        self._paused = False
        self._kept: list[Message] = []
        self._taps: list[Callable[[list[Message]], None]] = []
        self._life = Life(timeout, self._paho.ping, lambda: self._line.sent, self._gone)

    # --- connecting -------------------------------------------------------------------------------

    async def connect(self) -> bool:
        """True when the broker still has this client's session. Raises AddressRefused,
        NotConfigured, DeviceUnreachable or DeviceTimeout."""
        options = self.options
        try:
            async with asyncio.timeout(self._timeout):
                address = await self._dialer.resolve(options.host, options.port)
                await self._loop.create_connection(
                    lambda: self._line,
                    str(address),
                    options.port,
                    ssl=options.tls,
                    server_hostname=options.host if options.tls else None,
                )
                self._greet()
                present = await self._connack
        except TimeoutError:
            raise errors.silent(options, self._timeout) from None
        except ssl.SSLCertVerificationError as error:
            raise errors.distrusted(options, error) from None
        except OSError as error:  # ssl.SSLError is one
            raise errors.unreachable(self.options, error.strerror or str(error)) from None
        self._life.begin(self._paho.keepalive)
        return present

    def _greet(self) -> None:
        options = self.options
        if options.username is not None:
            self._paho.username_pw_set(options.username, options.password)
        if options.will is not None:
            will = options.will
            self._paho.will_set(will.topic, will.payload, 1, will.retain)
        if options.version != "5":
            self._paho.connect(options.host, options.port, options.keepalive)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = options.window
        properties.MaximumPacketSize = LARGEST
        if options.session_expiry:
            properties.SessionExpiryInterval = options.session_expiry
        self._paho.connect(
            options.host,
            options.port,
            options.keepalive,
            clean_start=options.session_expiry == 0,
            properties=properties,
        )

    async def close(self) -> None:
        """Say goodbye, without waiting for an answer, and leave no socket. Never raises."""
        self._end(sdk.DeviceUnreachable("the connection was closed here"))
        if self._paho.is_connected():
            self._paho.disconnect()
        self._line.close()
        if self._line.opened:
            await self._line.closed.wait()

    def give_up(self, why: sdk.DeviceError) -> None:
        """This connection is of no more use: `lost` raises `why`."""
        self._end(why)

    async def lost(self) -> NoReturn:
        """Returns never; raises the DeviceError that ended the connection, once it has ended."""
        await self._ended.wait()
        assert self._why is not None
        raise self._why

    # --- receiving --------------------------------------------------------------------------------

    def receive(self, take: Callable[[list[Message]], None] | None) -> None:
        """Hand messages to `take` from now on, those that came before first; many at a time.
        `take` must not raise. None: keep them until the next call."""
        self._take = take
        if take is not None and self._kept:
            messages, self._kept = self._kept, []
            take(messages)

    @contextmanager
    def tapped(self, tap: Callable[[list[Message]], None]) -> Iterator[None]:
        """Have `tap` see each message too that comes meanwhile, before `receive` hands it on."""
        self._taps.append(tap)
        try:
            yield
        finally:
            self._taps.remove(tap)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that it need not keep these, which must be the oldest that are not
        acknowledged, in order (MQTT 5.0, section 4.6). Nothing happens on a lost connection."""
        if self._why is None:
            for message in messages:
                if message.qos:
                    self._paho.ack(message.mid, message.qos)

    def pause(self) -> None:
        """Take nothing from the broker until `resume`."""
        self._paused = True
        self._life.deafen(True)
        self._line.pause()

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            self._life.deafen(False)
            self._line.resume()

    async def subscribe(self, filters: Sequence[str], qos: int = 1) -> list[ReasonCode]:
        """The broker's answer to each filter; `is_failure` tells. Raises DeviceError."""
        if not filters:
            return []
        return await self._ask(lambda: self._paho.subscribe([(name, qos) for name in filters]))

    async def unsubscribe(self, filters: Sequence[str]) -> None:
        """Raises DeviceError."""
        if filters:
            await self._ask(lambda: self._paho.unsubscribe(list(filters)))

    # --- sending ----------------------------------------------------------------------------------

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> ReasonCode:
        """Publish with QoS 1; returns what the broker answered when it has taken it, which for
        MQTT 3.1.1 is always success, also for what it then throws away. Raises WriteRefused when
        the broker refuses it or nothing was sent, DeviceError when nobody knows."""
        async with self._sending:
            if self._why is not None:
                raise sdk.WriteRefused(f"not sent: {self._why.message}")
            answer = await self._ask(lambda: self._send(topic, payload, retain))
        if answer[0].is_failure:
            raise errors.not_published(topic, answer[0])
        return answer[0]

    def send(self, topic: str, payload: bytes, qos: int, *, retain: bool = False) -> None:
        """Publish without waiting for an answer: QoS 0, or a last word before `close`. Raises
        WriteRefused when nothing was sent."""
        code = MQTTErrorCode.MQTT_ERR_NO_CONN
        if self._why is None:
            code, _ = self._send(topic, payload, retain, qos)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise sdk.WriteRefused(f"not sent: {paho.error_string(code)}")

    def _send(self, topic: str, data: bytes, keep: bool, qos: int = 1) -> tuple[MQTTErrorCode, int]:
        try:
            sent = self._paho.publish(topic, data, qos, keep)
        except ValueError as error:  # a wildcard or nothing as the topic
            raise sdk.WriteRefused(f"not sent: {error}", field="topic", value=topic) from None
        return sent.rc, sent.mid

    async def _ask(self, send: Callable[[], tuple[MQTTErrorCode, int | None]]) -> list[ReasonCode]:
        """Send a packet with an identifier and wait for its answer. Raises DeviceError."""
        if self._why is not None:
            raise self._why
        code, mid = send()
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            raise errors.unreachable(self.options, paho.error_string(code))
        answer: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._answers[mid] = answer
        try:
            async with asyncio.timeout(self._timeout):
                return await answer
        except TimeoutError:
            raise sdk.DeviceTimeout(
                f"the broker did not answer within {self._timeout:g} s"
            ) from None
        finally:
            self._answers.pop(mid, None)

    # --- what paho and the line call --------------------------------------------------------------

    def _read(self) -> None:
        """Bytes have come. Isolates paho's parser, which raises many things at broken packets."""
        come = self._paho.count
        try:
            for _ in range(_AT_ONCE):
                if not self._line.unread:
                    break
                if self._paho.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    break
            if self._paho.want_write():
                self._paho.loop_write()
        except Exception as error:
            self._end(errors.not_mqtt(type(error).__name__))
            self._line.close()
        if self._paho.count != come:
            self._life.heard()
        self._hand_over()
        if self._line.unread and self._why is None:
            self._line.pause()
            self._loop.call_soon(self._read)
        elif not self._paused:
            self._line.resume()

    def _hand_over(self) -> None:
        if not self._paho.inbox:
            return
        messages, self._paho.inbox = self._paho.inbox, []
        for tap in self._taps:
            tap(messages)
        if self._take is None:  # of QoS 0 nobody waits for any, and the broker bounds the others
            self._kept += [message for message in messages if message.qos]
        else:
            self._take(messages)

    def _gone(self) -> None:
        self._end(
            sdk.DeviceTimeout(
                f"no answer to a ping within {self._timeout:g} s",
                remedy="Check the line to the broker, and whether it needs a longer timeout",
            )
        )
        self._line.close()

    def _on_connect(
        self, _client: Any, _data: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if reason.is_failure:
            self._end(errors.refused(self.options, reason))
            return
        most = getattr(properties, "ReceiveMaximum", None)
        self._sending = asyncio.Semaphore(most or _SENDING)
        if not self._connack.done():
            self._connack.set_result(flags.session_present)

    def _on_answer(
        self, _client: Any, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        self._settle(mid, reasons)

    def _settle(self, mid: int, reasons: list[ReasonCode]) -> None:
        answer = self._answers.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(reasons)

    def _on_disconnect(
        self, _client: Any, _data: Any, flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._end(
                errors.unreachable(self.options, f"the broker ended the connection: {reason}")
            )
        elif reason == "Protocol error":
            self._end(errors.not_mqtt("a packet that the protocol does not have"))
        else:
            self._end(errors.unreachable(self.options, f"the connection ended: {reason}"))

    def _line_ended(self, error: Exception | None) -> None:
        if isinstance(error, TimeoutError):
            self._end(sdk.DeviceTimeout(str(error)))
        else:
            self._end(
                errors.unreachable(self.options, str(error) if error else "the broker hung up")
            )

    def _end(self, why: sdk.DeviceError) -> None:
        if self._why is not None:
            return
        self._why = why
        self._life.end()
        self._ended.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(why)
        if not self._connack.done():
            self._connack.set_exception(why)
            self._connack.exception()  # nobody may be waiting for it any more
