"""Whom the driver talks to and what it tells them: certificates, users, passwords, addresses."""

import asyncio
import ipaddress
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.certificates import (
    Certificates,
    SecurityRefused,
    application_uris,
    thumbprint,
)
from wellhead_scada_opcua.driver import OpcUaDriver

from . import pki
from .helpers import driver, field, listening, opened, point, until

WHOLE = "SignAndEncrypt"
SECURE = {"security_policy": "Basic256Sha256"}


async def refused(port: int, **given: Any) -> SecurityRefused:
    with pytest.raises(SecurityRefused) as caught:
        async with opened(port, **{**SECURE, **given}):
            pass
    return caught.value


# --- S17 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "mode"),
    [
        ("Basic256Sha256", "Sign"),
        ("Basic256Sha256", WHOLE),
        ("Aes128_Sha256_RsaOaep", WHOLE),
        ("Aes256_Sha256_RsaPss", WHOLE),
    ],
)
def test_a_trusted_server_is_read_with_each_policy(tmp_path: Path, policy: str, mode: str) -> None:
    shown = pki.certificate()
    pki.trust(tmp_path, shown)

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            await server.add("p", 4.5)
            given = {"security_policy": policy, "security_mode": mode}
            async with opened(server.port, folder=tmp_path, **given) as made:
                raw = await made.read(made.plan([point("p")]))
                assert raw.values.tolist() == [4.5]

    asyncio.run(work())


def test_s17_an_untrusted_certificate_is_refused_and_put_aside_to_be_trusted(
    tmp_path: Path,
) -> None:
    shown = pki.certificate()

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            await server.add("p", 4.5)
            error = await refused(server.port, folder=tmp_path)
            assert "not trusted" in error.message
            assert error.value == thumbprint(shown)
            aside = tmp_path / "rejected" / f"{thumbprint(shown)}.der"
            assert f"move {aside} to {tmp_path / 'trusted'}" in (error.remedy or "")
            assert not server.server.iserver._external_sessions
            aside.rename(tmp_path / "trusted" / aside.name)  # what the operator does
            async with opened(server.port, folder=tmp_path, **SECURE) as made:
                raw = await made.read(made.plan([point("p")]))
                assert raw.values.tolist() == [4.5]

    asyncio.run(work())


@pytest.mark.parametrize(
    ("wrong", "says", "remedy"),
    [
        ({"begins": -30, "ends": -1}, "expired on", "Renew it"),
        ({"begins": 2, "ends": 30}, "is valid from", "clocks"),
        (
            {"uri": "urn:someone:else"},
            "for another application: urn:someone:else",
            "application URI",
        ),
    ],
)
def test_s17_expired_and_wrong_uri_certificates_are_refused_though_trusted(
    tmp_path: Path, wrong: Any, says: str, remedy: str
) -> None:
    shown = pki.certificate(**wrong)
    pki.trust(tmp_path, shown)

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            error = await refused(server.port, folder=tmp_path)
            assert says in error.message
            assert remedy in (error.remedy or "")
            assert not server.server.iserver._external_sessions

    asyncio.run(work())


def test_s17_a_server_whose_authority_is_trusted_is_trusted_until_revoked(tmp_path: Path) -> None:
    authority = pki.certificate(authority=True)
    shown = pki.certificate(issuer=authority)
    certificates = Certificates(tmp_path)
    with pytest.raises(SecurityRefused, match="not trusted"):
        certificates.check(pki.der(shown) + pki.der(authority), pki.SERVER_URI)
    pki.trust(tmp_path, authority)
    assert certificates.check(pki.der(shown), pki.SERVER_URI) == shown
    (tmp_path / "trusted" / "ca.crl").write_bytes(pki.revocations(authority, shown))
    with pytest.raises(SecurityRefused, match="not trusted"):
        certificates.check(pki.der(shown), pki.SERVER_URI)


def test_s17_a_trusted_server_is_no_authority_for_others(tmp_path: Path) -> None:
    pki.trust(tmp_path, pki.certificate())
    another = pki.certificate()  # signed by the same key, and not the one that is trusted
    with pytest.raises(SecurityRefused, match="not trusted"):
        Certificates(tmp_path).check(pki.der(another), pki.SERVER_URI)


@pytest.mark.parametrize("shown", [b"", b"nonsense", b"\x30\x82\xff\xff"])
def test_s17_what_is_no_certificate_is_refused(tmp_path: Path, shown: bytes) -> None:
    with pytest.raises(SecurityRefused, match="no certificate"):
        Certificates(tmp_path).check(shown, pki.SERVER_URI)


def test_a_server_without_the_policy_says_what_it_offers(tmp_path: Path) -> None:
    async def work() -> None:
        async with field() as server:
            error = await refused(server.port, folder=tmp_path)
            assert error.message == "the server offers no such security"
            assert error.remedy == "It offers: None None"

    asyncio.run(work())


def test_a_server_that_demands_security_is_not_talked_to_without(tmp_path: Path) -> None:
    async def work() -> None:
        async with field(pki.secured(pki.certificate())) as server:
            error = await refused(server.port, folder=tmp_path, security_policy="None")
            assert error.message == "the server offers no such security"
            assert (error.field, error.value) == ("options.security_policy", "None")
            assert error.remedy == "Choose a policy that the server offers, Basic256Sha256 say"

    asyncio.run(work())


def test_a_missing_file_is_named_and_its_folder_made(tmp_path: Path) -> None:
    with pytest.raises(SecurityRefused, match="cannot be read") as caught:
        Certificates(tmp_path / "opcua").secret("passwords", "op.password")
    folder = tmp_path / "opcua" / "passwords"
    assert caught.value.value == str(folder / "op.password")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_channels_keys_are_renewed_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wellhead_scada_opcua.client.CHANNEL_MS", 200)
    shown = pki.certificate()
    pki.trust(tmp_path, shown)

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            await server.add("p", 0.0)
            group = sdk.PushGroup("g", 0.02, (point("p"),))
            async with (
                opened(server.port, folder=tmp_path, **SECURE) as made,
                listening(made, group) as box,
            ):
                assert made._channel._client is not None
                protocol = made._channel._client.protocol
                assert protocol is not None
                first = protocol._connection.security_token.TokenId
                for number in range(1, 200):
                    await server.put("p", float(number), ua.VariantType.Double)
                    await until(lambda number=number: number in box.values(0), "each change")  # type: ignore[misc]
                    if protocol._connection.security_token.TokenId > first + 2:
                        break
                assert protocol._connection.security_token.TokenId > first + 2

    asyncio.run(work())


# --- our own certificate --------------------------------------------------------------------------


def test_the_clients_certificate_is_made_once_and_for_one_uri(tmp_path: Path) -> None:
    async def work() -> None:
        makers = [asyncio.to_thread(Certificates(tmp_path).own, None, None) for _ in range(4)]
        made = await asyncio.gather(*makers)
        assert len({certificate for certificate, _ in made}) == 1
        (uri,) = application_uris(made[0][0])
        assert uri.startswith("urn:")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["own"]
        assert (tmp_path / "own" / "private_key.pem").stat().st_mode & 0o777 == 0o600

    asyncio.run(work())


def test_without_a_folder_there_is_no_security_and_no_connection() -> None:
    async def work() -> None:
        error = await refused(1)
        assert error.field == "options.security_policy"

    asyncio.run(work())


# --- users --------------------------------------------------------------------------------------


def test_a_user_logs_in_with_a_password_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = pki.certificate()
    pki.trust(tmp_path, shown)
    users = pki.Users("operator", "correct horse")
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "scm1").write_text("correct horse\n")
    monkeypatch.setenv("OPCUA_WRONG", "battery staple")

    async def work() -> None:
        async with field(pki.secured(shown, users)) as server:
            given = {**SECURE, "folder": tmp_path, "user": "operator"}
            for mode in ("Sign", WHOLE):
                async with opened(server.port, password_file="scm1", security_mode=mode, **given):
                    assert users.seen[-1] == ("operator", "correct horse")
            error = await refused(server.port, password_env="OPCUA_WRONG", **given)
            assert "refuses the user" in error.message
            assert "battery" not in str(error)
            error = await refused(server.port, password_env="OPCUA_NONE", **given)
            assert error.field == "options.password_env"
            error = await refused(server.port, password_file="none", **given)
            assert "passwords" in (error.remedy or "")

    asyncio.run(work())


def test_a_password_is_never_sent_readable_unless_that_is_said(tmp_path: Path) -> None:
    """A server that asks for it so on a channel that is only signed gets nothing."""
    shown = pki.certificate()
    pki.trust(tmp_path, shown)
    users = pki.Users("operator", "correct horse")
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "scm1").write_text("correct horse")
    none = "http://opcfoundation.org/UA/SecurityPolicy#None"

    async def work() -> None:
        async with field(pki.secured(shown, users)) as server:
            for endpoint in server.server.iserver.endpoints:
                for token in endpoint.UserIdentityTokens:
                    token.SecurityPolicyUri = none
            given = {
                "folder": tmp_path,
                "user": "operator",
                "password_file": "scm1",
                "security_mode": "Sign",
            }
            error = await refused(server.port, **given)
            assert "readable" in error.message
            assert users.seen == []
            async with opened(server.port, allow_plain_password=True, **SECURE, **given):
                assert users.seen == [("operator", "correct horse")]

    asyncio.run(work())


def test_a_user_logs_in_with_a_certificate(tmp_path: Path) -> None:
    shown = pki.certificate()
    pki.trust(tmp_path, shown)
    (tmp_path / "users").mkdir()
    (tmp_path / "users" / "me.der").write_bytes(pki.der(shown))
    (tmp_path / "users" / "me.pem").write_bytes(pki.pem(pki.key(0)))

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            given = {"user_certificate": "me.der", "user_key": "me.pem", **SECURE}
            async with opened(server.port, folder=tmp_path, **given):
                (session,) = server.server.iserver._external_sessions.values()
                assert session is not None

    asyncio.run(work())


# --- S11 ------------------------------------------------------------------------------------------


class Fixed:
    """Gives out one address whatever it is asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        self.asked.append(host)
        return ipaddress.ip_address(self.address)


class Refusing:
    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        raise sdk.AddressRefused("outside", field="options.host", value=host, remedy="allow it")


def made_with(dialer: Any, host: str, port: int, **given: Any) -> OpcUaDriver:
    known = driver(port, **given).device
    spec = sdk.DeviceSpec("1", "d", {**known.options, "host": host}, 10.0, known.folder)
    return OpcUaDriver(spec, dialer)


def test_s11_an_address_that_is_refused_sees_no_packet(tmp_path: Path) -> None:
    async def work() -> None:
        seen: list[object] = []
        listener = await asyncio.start_server(lambda *_: seen.append(1), "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        for policy in ("None", "Basic256Sha256"):
            made = made_with(Refusing(), "127.0.0.1", port, security_policy=policy, folder=tmp_path)
            with pytest.raises(sdk.AddressRefused):
                await made.open()
            await made.close()
        listener.close()
        await asyncio.sleep(0.05)
        assert not seen

    asyncio.run(work())


def test_s11_only_the_resolved_address_is_dialled_whatever_the_server_answers(
    tmp_path: Path,
) -> None:
    """The name leads nowhere, and the endpoints that the server names lead to another listener."""
    shown = pki.certificate()
    pki.trust(tmp_path, shown)

    async def work() -> None:
        seen: list[object] = []
        elsewhere = await asyncio.start_server(lambda *_: seen.append(1), "127.0.0.1", 0)
        other = elsewhere.sockets[0].getsockname()[1]
        async with field(pki.secured(shown)) as server:
            server.server.set_match_discovery_endpoint_url(False)
            for endpoint in server.server.iserver.endpoints:
                endpoint.EndpointUrl = f"opc.tcp://127.0.0.1:{other}/"
                endpoint.Server.DiscoveryUrls = [endpoint.EndpointUrl]
            dialer = Fixed("127.0.0.1")
            made = made_with(dialer, "scm1.invalid", server.port, folder=tmp_path, **SECURE)
            await made.open()
            assert dialer.asked == ["scm1.invalid"]
            await made.close()
        elsewhere.close()
        assert not seen

    asyncio.run(work())
