"""Security policy and user token of one connection: what is agreed, checked and refused."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any

from asyncua import Client, ua
from asyncua.crypto import security_policies as policies
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from wellhead import sdk
from wellhead_scada_opcua.certificates import (
    PASSWORDS,
    USERS,
    Certificates,
    SecurityRefused,
    application_uris,
)
from wellhead_scada_opcua.client import OpcUaClient

_POLICIES: dict[str, type[policies.SecurityPolicy]] = {
    "Basic256Sha256": policies.SecurityPolicyBasic256Sha256,
    "Aes128_Sha256_RsaOaep": policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256_Sha256_RsaPss": policies.SecurityPolicyAes256Sha256RsaPss,
}
_MODES = {
    "Sign": ua.MessageSecurityMode.Sign,
    "SignAndEncrypt": ua.MessageSecurityMode.SignAndEncrypt,
}
_NONE = policies.SecurityPolicyNone.URI


class Security:
    """What the options of a device ask for."""

    def __init__(self, device: sdk.DeviceSpec) -> None:
        self._options = device.options
        self._folder = device.folder
        self._own: tuple[x509.Certificate, Any] | None = None

    async def prepare(self) -> str | None:
        """Have what is needed before anything is sent; returns the application URI to go by, None
        for any. Raises SecurityRefused."""
        if self._options["security_policy"] == "None":
            return None
        certificates = self._certificates
        self._own = await asyncio.to_thread(self._load, certificates)  # a key takes a moment
        uris = application_uris(self._own[0])
        if not uris:
            raise SecurityRefused(
                "the client's certificate has no application URI",
                field="options.certificate",
                value=self._options["certificate"],
                remedy="Make it anew with a URI among its alternative names",
            )
        return uris[0]

    def _load(self, certificates: Certificates) -> tuple[x509.Certificate, Any]:
        certificate, pem = certificates.own(
            self._options["certificate"], self._options["private_key"]
        )
        return certificate, _key(pem, "options.private_key")

    def _load_user(self) -> tuple[x509.Certificate, Any]:
        certificates, options = self._certificates, self._options
        certificate = certificates.certificate(USERS, options["user_certificate"])
        return certificate, _key(
            certificates.secret(USERS, options["user_key"]), "options.user_key"
        )

    async def agree(self, client: OpcUaClient) -> None:
        """Set up the policy of `client`, which is not connected yet: ask the server for its
        endpoints, and look at the certificate it shows. Raises SecurityRefused."""
        if self._own is None:
            return
        name, mode = self._options["security_policy"], _MODES[self._options["security_mode"]]
        policy = _POLICIES[name]
        endpoint = self._choose(await client.connect_and_get_server_endpoints(), policy.URI, mode)
        server = self._check(endpoint.ServerCertificate, endpoint.Server)
        certificate, key = self._own
        client.security_policy = policy(server, certificate, key, mode)
        client.uaclient.set_security(client.security_policy)
        client.certificate_validator = self._check_again

    async def log_in(self, client: OpcUaClient) -> None:
        """Activate the session of `client` for the user. Raises SecurityRefused."""
        options = self._options
        if options["user_certificate"]:
            certificate, key = await asyncio.to_thread(self._load_user)
            client.user_private_key = key
            await client.activate_session(certificate=certificate)
            return
        password = self._password()
        if password is not None:
            self._see_that_it_is_encrypted(client)
        await client.activate_session(username=options["user"], password=password)

    @property
    def _certificates(self) -> Certificates:
        if self._folder is None:
            raise SecurityRefused(
                "this process has no folder for keys and certificates",
                field="options.security_policy",
                value=self._options["security_policy"],
                remedy="Use the device in a gateway, which keeps them in its data folder",
            )
        return Certificates(self._folder)

    def _choose(
        self,
        endpoints: Sequence[ua.EndpointDescription],
        uri: str,
        mode: ua.MessageSecurityMode,
    ) -> ua.EndpointDescription:
        try:
            return Client.find_endpoint(endpoints, mode, uri)
        except ua.UaError:
            offers = {
                f"{one.SecurityPolicyUri.rpartition('#')[2]} {one.SecurityMode.name.rstrip('_')}"
                for one in endpoints
                if one.SecurityPolicyUri
            }
            raise SecurityRefused(
                "the server offers no such security",
                field="options.security_policy",
                value=f"{self._options['security_policy']} {self._options['security_mode']}",
                remedy=f"It offers: {', '.join(sorted(offers)) or 'nothing'}",
            ) from None

    def _check(self, shown: bytes | None, server: ua.ApplicationDescription) -> x509.Certificate:
        return self._certificates.check(shown or b"", server.ApplicationUri or "")

    async def _check_again(
        self, certificate: x509.Certificate, server: ua.ApplicationDescription
    ) -> None:
        """What the server said in the clear, it has to say on the secured channel too."""
        self._check(certificate.public_bytes(serialization.Encoding.DER), server)

    def _password(self) -> str | None:
        options = self._options
        if options["password_file"]:
            raw = self._certificates.secret(PASSWORDS, options["password_file"])
            return raw.decode("utf-8", errors="replace").partition("\n")[0].rstrip("\r")
        if options["password_env"]:
            try:
                return os.environ[options["password_env"]]
            except KeyError:
                raise SecurityRefused(
                    "the gateway has no such environment variable",
                    field="options.password_env",
                    value=options["password_env"],
                    remedy="Set it for the gateway's process, or use password_file",
                ) from None
        return None

    def _see_that_it_is_encrypted(self, client: OpcUaClient) -> None:
        channel = client.security_policy.Mode == ua.MessageSecurityMode.SignAndEncrypt
        token = client.server_policy(ua.UserTokenType.UserName).SecurityPolicyUri
        by_itself = token != _NONE and self._own is not None
        if not (channel or by_itself or self._options["allow_plain_password"]):
            raise SecurityRefused(
                "the server wants the password readable",
                field="options.security_mode",
                value=self._options["security_mode"],
                remedy="Choose SignAndEncrypt, or say allow_plain_password = true",
            )


def _key(pem: bytes, field: str) -> Any:
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise SecurityRefused(
            f"not a private key: {error}",
            field=field,
            remedy="Give an RSA key in PEM, without a password",
        ) from error
