"""Certificates for the tests: one key for all of them, since making one takes a moment."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

SERVER_URI = "urn:field:server"


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(one: rsa.RSAPrivateKey) -> bytes:
    return one.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def certificate(
    *,
    uri: str = SERVER_URI,
    begins: int = -1,
    ends: int = 30,
    authority: bool = False,
    issuer: x509.Certificate | None = None,
) -> x509.Certificate:
    """begins, ends: days from now. issuer: one whose key is key(1); None: self-signed"""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA" if authority else "server")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key(1 if authority else 0).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=False
        )
        .sign(key(1 if authority or issuer else 0), hashes.SHA256())
    )


def revocations(authority: x509.Certificate, *revoked: x509.Certificate) -> bytes:
    now = datetime.now(UTC)
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(now)
        .next_update(now + timedelta(days=1))
    )
    for one in revoked:
        made = made.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.serial_number)
            .revocation_date(now)
            .build()
        )
    return made.sign(key(1), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def trust(folder: Path, *certificates: x509.Certificate) -> None:
    (folder / "trusted").mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(certificates):
        (folder / "trusted" / f"{number}.der").write_bytes(der(one))


class Users(UserManager):
    """Takes one user, and remembers what it was given."""

    def __init__(self, name: str, password: str) -> None:
        self.name = name
        self.password = password
        self.seen: list[tuple[Any, Any]] = []

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> Any:
        from asyncua.crypto.permission_rules import User, UserRole

        self.seen.append((username, password))
        if (username, password) == (self.name, self.password):
            return User(role=UserRole.User, name=username)
        return None


def secured(shown: x509.Certificate, users: UserManager | None = None) -> Any:
    """For helpers.field: with this certificate, and all policies but None."""

    async def setup(server: Server) -> None:
        await server.set_application_uri(SERVER_URI)
        await server.load_certificate(der(shown), "der")
        await server.load_private_key(pem(key(0)), None, "pem")
        server.set_security_policy(
            [
                ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
                ua.SecurityPolicyType.Basic256Sha256_Sign,
                ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
                ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
            ]
        )
        if users is not None:
            server.iserver.user_manager = users

    return setup
