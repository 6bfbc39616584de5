"""The connection to a real Mosquitto: versions, sessions, acknowledgement, encryption, ends."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada_mqtt.broker import NotConfigured, Will
from wellhead_scada_mqtt.client import NO_SUBSCRIBERS, MqttClient
from wellhead_scada_mqtt.life import Life
from wellhead_scada_mqtt.testing import Certificates, Mosquitto, needs_mosquitto

from .helpers import LoopbackDialer, client, connected, said, until

pytestmark = needs_mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as running:
        yield running


async def answering(words: bytes) -> tuple[asyncio.Server, int]:
    """A server that says `words` to each client and then nothing, and its port."""

    class Answering(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transport.write(words)

    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_messages_come_and_go_without_a_thread(broker: Mosquitto, version: str) -> None:
    async def main() -> None:
        threads = threading.active_count()
        async with connected(broker.port, version=version) as (one, heard):
            assert [str(r) for r in await one.subscribe(["wells/+/telemetry"])] == ["Granted QoS 1"]
            await asyncio.gather(
                *(one.publish(f"wells/{n}/telemetry", b"%d" % n) for n in range(9))
            )
            await until(lambda: len(heard) == 9)
            assert sorted(message.payload for message in heard) == [b"%d" % n for n in range(9)]
            assert threading.active_count() == threads
            await one.unsubscribe(["wells/+/telemetry"])
            await one.publish("wells/1/telemetry", b"unheard")
        assert len(heard) == 9
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(
    broker: Mosquitto, version: str
) -> None:
    async def main() -> None:
        async with connected(broker.port, version=version) as (one, heard):
            await one.subscribe(["t"])
            for n in range(4):
                await one.publish("t", b"%d" % n)
            await until(lambda: len(heard) == 4)
            one.acknowledge(heard[:2])
        again = client(broker.port, version=version)
        try:
            assert await again.connect(), "the session is gone"
            late: list[tuple[object, bool]] = []
            again.receive(lambda come: late.extend((m.payload, m.dup) for m in come))
            await until(lambda: len(late) == 2)
            assert late == [(b"2", True), (b"3", True)]
        finally:
            await again.close()

    asyncio.run(main())


def test_messages_before_anybody_takes_them_are_kept(broker: Mosquitto) -> None:
    async def main() -> None:
        async with connected(broker.port, "sender") as (sender, _):
            one = client(broker.port)
            await one.connect()
            await one.subscribe(["t"])
            await sender.publish("t", b"early")
            await one.publish("other", b"")  # its answer comes after what was published before
            heard: list[object] = []
            one.receive(lambda come: heard.extend(m.payload for m in come))
            assert heard == [b"early"]
            await one.close()

    asyncio.run(main())


def test_a_message_nobody_subscribed_to_says_so(broker: Mosquitto) -> None:
    async def main() -> None:
        async with connected(broker.port) as (one, _):
            assert (await one.publish("nobody", b"1")).value == NO_SUBSCRIBERS
            with pytest.raises(sdk.WriteRefused, match="not sent"):
                await one.publish("wells/+/commands", b"1")

    asyncio.run(main())


def test_the_broker_ends_and_says_nothing(broker: Mosquitto) -> None:
    async def main() -> None:
        async with connected(broker.port) as (one, _):
            broker.kill()
            with pytest.raises(sdk.DeviceUnreachable):
                await one.lost()
            with pytest.raises(sdk.DeviceUnreachable):
                await one.subscribe(["t"])
            with pytest.raises(sdk.WriteRefused):
                await one.publish("t", b"1")

    asyncio.run(main())


def test_the_will_is_published_when_the_line_breaks(broker: Mosquitto) -> None:
    async def main() -> None:
        async with connected(broker.port, "listener") as (listener, heard):
            await listener.subscribe(["gone"])
            options = replace(
                client(broker.port, "mortal").options, will=Will("gone", b"mortal"), keepalive=1
            )
            mortal = MqttClient(options, LoopbackDialer(), 10)
            await mortal.connect()
            mortal._line.close()
            await until(lambda: heard)
            assert heard[0].payload == b"mortal"
            await mortal.close()

    asyncio.run(main())


def test_a_broker_that_says_goodbye_is_quoted() -> None:
    async def main() -> None:
        server, port = await answering(bytes.fromhex("2003000000e0018e"))
        async with connected(port) as (one, _):
            with pytest.raises(sdk.DeviceUnreachable, match="Session taken over"):
                await one.lost()
        server.close()

    asyncio.run(main())


@pytest.mark.alone
def test_a_broker_that_falls_silent_is_noticed() -> None:
    """Keep-alive: a ping after 1 s without a packet, an answer to it within the time-out."""

    async def main() -> None:
        server, port = await answering(bytes.fromhex("20020000"))
        async with connected(port, version="3.1.1", keepalive_s=1, timeout=1.0) as (one, _):
            with pytest.raises(sdk.DeviceTimeout, match=r"no answer to a ping within 1 s"):
                async with asyncio.timeout(20):
                    await one.lost()
        server.close()

    asyncio.run(main())


def test_a_broker_hears_of_us_in_each_keep_alive_whatever_the_time_out_is() -> None:
    async def main() -> None:
        pings: list[float] = [asyncio.get_running_loop().time()]

        def ping() -> None:
            pings.append(asyncio.get_running_loop().time())
            life.heard()  # the answer

        life = Life(60.0, ping, lambda: pings[-1], lambda: None)
        life.begin(0.1)
        await until(lambda: len(pings) > 4)
        life.end()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", sdk.DeviceTimeout),
        (b"HTTP/1.1 400 Bad Request\r\n" + b"-" * 200, sdk.DeviceProtocolError),
        (b"\xf0\x02??", sdk.DeviceProtocolError),
        (bytes.fromhex("20020005"), NotConfigured),
        (bytes.fromhex("20020003"), sdk.DeviceUnreachable),
        (bytes.fromhex("30ffffff7f"), sdk.DeviceUnreachable),
    ],
)
def test_what_answers_is_no_broker_or_refuses(answer: bytes, error: type[Exception]) -> None:
    async def main() -> None:
        server, port = await answering(answer)
        one = client(port, timeout=30.0 if answer else 0.3, version="3.1.1")
        with pytest.raises(error) as raised:
            await one.connect()
        assert isinstance(raised.value, sdk.DeviceError)
        said(raised.value)
        await one.close()
        server.close()

    asyncio.run(main())


def test_s11_an_address_outside_the_allow_list_gets_no_packet(broker: Mosquitto) -> None:
    async def main() -> None:
        came: list[object] = []
        server = await asyncio.start_server(lambda *pair: came.append(pair), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        for host in ("127.0.0.1", "127.1", "2130706433", "::ffff:127.0.0.1", "localhost"):
            one = client(port, host=host, dialer=AllowListDialer([]))
            with pytest.raises(sdk.AddressRefused):
                await one.connect()
            await one.close()
        await asyncio.sleep(0)
        assert came == []
        server.close()

    asyncio.run(main())


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def secured(folder: Path, pair: tuple[Path, Path], ca: Path) -> Mosquitto:
    """A broker that shows `pair` and asks for a certificate of `ca`."""
    return Mosquitto(
        folder,
        [
            f"certfile {pair[0]}",
            f"keyfile {pair[1]}",
            f"cafile {ca}",
            "require_certificate true",
            "use_identity_as_username true",
        ],
        anonymous=False,
    )


def test_tls_with_a_client_certificate(tmp_path: Path, trusted: Certificates) -> None:
    certificate, key = trusted.make("gateway")
    mine: dict[str, Any] = {"tls": True, "ca_file": str(trusted.ca)}
    with secured(tmp_path, trusted.make("broker"), trusted.ca) as broker:

        async def main() -> None:
            shown: dict[str, Any] = {"cert_file": str(certificate), "key_file": str(key)}
            async with connected(broker.port, **mine, **shown) as (one, heard):
                await one.subscribe(["t"])
                await one.publish("t", b"x" * 100_000)
                await until(lambda: heard)
                assert len(heard[0].payload) == 100_000
            nameless = client(broker.port, **mine)
            with pytest.raises(sdk.DeviceUnreachable):
                await nameless.connect()
            await nameless.close()

        asyncio.run(main())


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("untrusted", "unable to get local issuer|self.signed"),
        ("expired", "expired"),
        ("name", "IP address mismatch"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_refused(
    tmp_path: Path, trusted: Certificates, flaw: str, words: str
) -> None:
    made_by = Certificates(tmp_path, "Other CA") if flaw == "untrusted" else trusted
    host = "broker.example" if flaw == "name" else "127.0.0.1"
    pair = made_by.make("broker", host, days=-1 if flaw == "expired" else 1)
    with secured(tmp_path, pair, trusted.ca) as broker:

        async def main() -> None:
            one = client(broker.port, tls=True, ca_file=str(trusted.ca))
            with pytest.raises(NotConfigured, match=words) as raised:
                await one.connect()
            assert "ca_file" in said(raised.value)
            await one.close()

        asyncio.run(main())


def test_the_certificate_must_have_the_configured_name(
    tmp_path: Path, trusted: Certificates
) -> None:
    """The address comes from the dialer; the name that is checked is the device's host."""
    certificate, key = trusted.make("gateway")
    shown: dict[str, Any] = {
        "ca_file": str(trusted.ca),
        "cert_file": str(certificate),
        "key_file": str(key),
    }
    with secured(tmp_path, trusted.make("broker", "broker.example"), trusted.ca) as broker:

        async def main() -> None:
            async with connected(broker.port, host="broker.example", tls=True, **shown):
                pass
            one = client(broker.port, host="other.example", tls=True, **shown)
            with pytest.raises(NotConfigured, match="Hostname mismatch"):
                await one.connect()
            await one.close()

        asyncio.run(main())
