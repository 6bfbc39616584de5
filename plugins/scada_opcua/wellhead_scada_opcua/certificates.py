"""Which servers are trusted, and what Wellhead shows them of itself.

asyncua checks no server's certificate by itself. Here a server is refused until somebody has moved
its certificate from `rejected` to `trusted`, as OPC UA applications do it everywhere.
"""

import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from asyncua.crypto import cert_gen
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from wellhead import sdk

T = TypeVar("T")
OWN, TRUSTED, REJECTED, USERS, PASSWORDS = "own", "trusted", "rejected", "users", "passwords"
CERTIFICATE, KEY = "certificate.der", "private_key.pem"
_YEARS = 20
_MOST_REJECTED = 100
_LEAST_BITS = 2048
_PEM = b"-----BEGIN"


class SecurityRefused(sdk.DeviceError):
    """This device is not talked to, for the sake of security; nothing secret was sent."""

    quality = sdk.quality.BAD_CONFIGURATION


class Certificates:
    """The folder with keys and certificates of one gateway.

    own: certificate and key of this client; made when they are not there
    trusted: certificates of servers, or of authorities (with their revocation lists, *.crl)
    rejected: what servers showed and nobody trusted yet, by thumbprint
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # --- our own --------------------------------------------------------------------------------

    def own(self, certificate: str | None, key: str | None) -> tuple[x509.Certificate, bytes]:
        """(certificate, key in PEM) by the names of their files; without names those that are made
        at first use. Raises SecurityRefused. Making them takes a moment."""
        if certificate is None or key is None:
            self._make_own()
            certificate, key = CERTIFICATE, KEY
        return self.certificate(OWN, certificate), self.secret(OWN, key)

    def certificate(self, folder: str, name: str) -> x509.Certificate:
        """Raises SecurityRefused when there is none."""
        return self._load(folder, name, load_certificate)

    def secret(self, folder: str, name: str) -> bytes:
        """What a file says. Raises SecurityRefused when there is none."""
        return self._load(folder, name, lambda raw: raw)

    def _load(self, folder: str, name: str, read: Callable[[bytes], T]) -> T:
        path = self.folder / folder / name
        try:
            return read(path.read_bytes())
        except (OSError, ValueError) as error:
            with suppress(OSError):  # so that there is a folder to put the file into
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            raise SecurityRefused(
                f"cannot be read: {error}",
                field="options",
                value=str(path),
                remedy=f"Put the file into the gateway's folder {self.folder / folder}",
            ) from error

    def _make_own(self) -> None:
        """Both files at once, so that of two devices that begin together one makes them."""
        target = self.folder / OWN
        if (target / CERTIFICATE).exists():
            return
        uri = f"urn:{socket.gethostname()}:wellhead:{secrets.token_hex(4)}"
        key = cert_gen.generate_private_key()
        made = cert_gen.generate_self_signed_app_certificate(
            key,
            "Wellhead",
            {"organizationName": "Wellhead"},
            [x509.UniformResourceIdentifier(uri), x509.DNSName(socket.gethostname())],
            [ExtendedKeyUsageOID.CLIENT_AUTH],
            days=365 * _YEARS,
        )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.folder / f".{OWN}-{secrets.token_hex(4)}"
        new.mkdir(mode=0o700)
        with os.fdopen(os.open(new / KEY, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(cert_gen.dump_private_key_as_pem(key))
        (new / CERTIFICATE).write_bytes(made.public_bytes(serialization.Encoding.DER))
        try:
            new.rename(target)
        except OSError:  # another device made it in the meantime, or the operator put files there
            if not (target / CERTIFICATE).exists():
                for name in (KEY, CERTIFICATE):
                    (new / name).replace(target / name)
            shutil.rmtree(new, ignore_errors=True)

    # --- those of servers -----------------------------------------------------------------------

    def check(self, shown: bytes, uri: str) -> x509.Certificate:
        """The certificate, a server's (the first of `shown`, which may be a chain), when it is to
        be trusted. uri: what the server says it is. Raises SecurityRefused naming what is wrong."""
        try:
            certificate, issuers = _chain(shown)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _refused(
                "the server shows no certificate that can be read",
                None,
                str(error),
                ("Give the server a certificate, or choose another security_policy"),
            ) from error
        self._check_time(certificate)
        names = application_uris(certificate)
        if uri not in names:
            raise _refused(
                f"the server's certificate is for another application: {', '.join(names) or None}",
                "ApplicationUri",
                uri,
                "Make the server's certificate anew, with its own application URI in it",
            )
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise _refused(
                "the key of the server's certificate is too weak",
                "certificate",
                thumbprint(certificate),
                f"Give the server an RSA key of {_LEAST_BITS} bits",
            )
        if not self._is_trusted(certificate, issuers):
            self._keep_rejected(certificate)
            name = f"{thumbprint(certificate)}.der"
            raise _refused(
                "the server's certificate is not trusted",
                "certificate",
                thumbprint(certificate),
                "Compare this SHA-1 thumbprint with the one that the server shows its operator; if "
                f"they are equal, move {self.folder / REJECTED / name} to "
                f"{self.folder / TRUSTED}",
            )
        return certificate

    @staticmethod
    def _check_time(certificate: x509.Certificate) -> None:
        now = datetime.now(UTC)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if begins <= now <= ends:
            return
        since = f"expired on {ends:%Y-%m-%d}" if now > ends else f"is valid from {begins:%Y-%m-%d}"
        raise _refused(
            f"the server's certificate {since}",
            "certificate",
            thumbprint(certificate),
            "Renew it at the server, and see that the clocks of server and gateway are right",
        )

    def _is_trusted(self, certificate: x509.Certificate, issuers: list[x509.Certificate]) -> bool:
        trusted = list(self._files(("*.der", "*.pem", "*.crt", "*.cer"), load_certificate))
        if certificate in trusted:
            return not self._is_revoked(certificate, trusted)
        seen = certificate
        for _ in range(len(issuers) + 1):
            if self._is_revoked(seen, trusted + issuers):
                return False
            if any(_issued(seen, authority) for authority in trusted):
                return True
            following = next((one for one in issuers if _issued(seen, one)), None)
            if following is None or following == seen:
                return False
            seen = following
        return False

    def _is_revoked(
        self, certificate: x509.Certificate, authorities: list[x509.Certificate]
    ) -> bool:
        for revocations in self._files(("*.crl",), _load_crl):
            if revocations.issuer != certificate.issuer:
                continue
            if not any(_signed(revocations, authority) for authority in authorities):
                continue
            number = certificate.serial_number
            if revocations.get_revoked_certificate_by_serial_number(number) is not None:
                return True
        return False

    def _files(self, patterns: tuple[str, ...], read: Callable[[bytes], T]) -> Iterator[T]:
        for pattern in patterns:
            for path in sorted((self.folder / TRUSTED).glob(pattern)):
                yield self._load(TRUSTED, path.name, read)

    def _keep_rejected(self, certificate: x509.Certificate) -> None:
        """So that it can be moved. A full disk or folder is no reason to fail in another way."""
        folder = self.folder / REJECTED
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / TRUSTED).mkdir(mode=0o700, exist_ok=True)
            path = folder / f"{thumbprint(certificate)}.der"
            if path.exists() or len(list(folder.iterdir())) >= _MOST_REJECTED:
                return
            path.write_bytes(certificate.public_bytes(serialization.Encoding.DER))


def load_certificate(raw: bytes) -> x509.Certificate:
    """From PEM or DER. Raises ValueError."""
    if raw.lstrip().startswith(_PEM):
        return x509.load_pem_x509_certificate(raw)
    return x509.load_der_x509_certificate(raw)


def application_uris(certificate: x509.Certificate) -> list[str]:
    """The application URIs in a certificate (OPC 10000-6, section 6.2.2)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return names.value.get_values_for_type(x509.UniformResourceIdentifier)


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-1 in capitals, as servers show it."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303


def _load_crl(raw: bytes) -> x509.CertificateRevocationList:
    if raw.lstrip().startswith(_PEM):
        return x509.load_pem_x509_crl(raw)
    return x509.load_der_x509_crl(raw)


def _chain(shown: bytes) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The first certificate of concatenated DER, and those that follow. Raises ValueError."""
    found = []
    while shown:
        size = int.from_bytes(shown[2:4], "big") + 4 if shown[1:2] == b"\x82" else len(shown)
        found.append(x509.load_der_x509_certificate(shown[:size]))
        shown = shown[size:]
    if not found:
        raise ValueError("none")
    return found[0], found[1:]


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    now = datetime.now(UTC)
    if not authority.not_valid_before_utc <= now <= authority.not_valid_after_utc:
        return False
    try:
        basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return basic.value.ca


def _signed(revocations: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    key = authority.public_key()
    try:
        return isinstance(key, rsa.RSAPublicKey) and revocations.is_signature_valid(key)
    except (TypeError, ValueError):
        return False


def _refused(problem: str, field: str | None, value: str, remedy: str) -> SecurityRefused:
    return SecurityRefused(problem, field=field, value=value, remedy=remedy)
