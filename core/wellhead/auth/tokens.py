"""Access tokens (JWT, RFC 7519) and refresh tokens (opaque).

One algorithm, and every claim required: a token of another kind, issuer or audience, one without an
end, or one signed with nothing is as good as none (RFC 8725).

A refresh token is session id, random secret and a keyed check. The database holds its SHA-256 only.
The check tells a token of ours that was used before, which ends the session, from an invented one,
which must end nobody's.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt

from wellhead.auth.errors import token_expired, token_invalid
from wellhead.database.scope import check_tenant_name
from wellhead.errors import WellheadError

ALGORITHM = "HS256"
ISSUER = "wellhead"
AUDIENCE = "wellhead-api"
ACCESS = "access"
_CLAIMS = ["iss", "aud", "exp", "iat", "jti", "sub", "type", "sid", "tid"]
_SID_BYTES = 16
_SECRET_BYTES = 32
_CHECK_BYTES = 15  # 63 bytes in all: base64 without padding
_REFRESH_BYTES = _SID_BYTES + _SECRET_BYTES + _CHECK_BYTES
_MAX_TOKEN = 4096


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says. tenant: its name."""

    user: uuid.UUID
    session: uuid.UUID
    tenant: str


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """text: what the client keeps; digest: what the database keeps."""

    text: str
    session: uuid.UUID

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()


class Tokens:
    """Issues and reads tokens with the server's key."""

    def __init__(self, key: bytes, access_seconds: int) -> None:
        self.access_seconds = access_seconds
        self._access_key = hmac.digest(key, b"wellhead access token", "sha256")
        self._refresh_key = hmac.digest(key, b"wellhead refresh token", "sha256")

    def issue_access(self, claims: AccessClaims) -> str:
        now = int(time.time())
        return jwt.encode(
            {
                "iss": ISSUER,
                "aud": AUDIENCE,
                "iat": now,
                "exp": now + self.access_seconds,
                "jti": uuid.uuid4().hex,
                "type": ACCESS,
                "sub": str(claims.user),
                "sid": str(claims.session),
                "tid": claims.tenant,
            },
            self._access_key,
            algorithm=ALGORITHM,
        )

    def read_access(self, text: str) -> AccessClaims:
        """The claims. Raises AuthError (401): token_expired, or token_invalid for all else."""
        if len(text) > _MAX_TOKEN:
            raise token_invalid("it is too long")
        try:
            payload: dict[str, Any] = jwt.decode(
                text,
                self._access_key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": _CLAIMS, "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise token_expired() from None
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise token_invalid(_reason(error)) from None
        if payload["type"] != ACCESS:
            raise token_invalid("it is not an access token")
        try:
            user, session = uuid.UUID(payload["sub"]), uuid.UUID(payload["sid"])
            tenant = check_tenant_name(payload["tid"])
        except (ValueError, TypeError, AttributeError, WellheadError):
            raise token_invalid("a claim is malformed") from None
        return AccessClaims(user, session, tenant)

    def issue_refresh(self, session: uuid.UUID) -> RefreshToken:
        body = session.bytes + secrets.token_bytes(_SECRET_BYTES)
        return RefreshToken(_encode(body + self._check(body)), session)

    def read_refresh(self, text: str) -> RefreshToken:
        """The token, when this server issued it. Raises AuthError (401, token_invalid)."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise token_invalid("it is not a refresh token") from None
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        genuine = len(raw) == _REFRESH_BYTES and hmac.compare_digest(check, self._check(body))
        if not genuine or _encode(raw) != text:
            raise token_invalid("it is not a refresh token")
        return RefreshToken(text, uuid.UUID(bytes=raw[:_SID_BYTES]))

    def _check(self, body: bytes) -> bytes:
        return hmac.digest(self._refresh_key, body, "sha256")[:_CHECK_BYTES]


def _reason(error: Exception) -> str:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"the claim {error.claim} is missing"
    if isinstance(error, jwt.InvalidAudienceError):
        return "it is meant for another audience"
    if isinstance(error, jwt.InvalidIssuerError):
        return "it comes from another issuer"
    if isinstance(error, jwt.ImmatureSignatureError):
        return "it was issued in the future, the server's clock has moved"
    if isinstance(error, jwt.InvalidSignatureError | jwt.InvalidAlgorithmError):
        return "its signature does not match"
    return "it is malformed"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii")
