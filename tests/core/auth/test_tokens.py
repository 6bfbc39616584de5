"""Tokens that are not what they should be (S6): each is a 401 with a code and a remedy."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask

from wellhead.auth.errors import AuthError
from wellhead.auth.tokens import AUDIENCE, ISSUER, AccessClaims, Tokens
from wellhead.testing import Answer, ApiClient

from .helpers import log_in, refresh

pytestmark = pytest.mark.one_app

KEY = b"k" * 64
CLAIMS = AccessClaims(uuid.uuid4(), uuid.uuid4(), "default")


def signing_key_of(tokens: Tokens) -> bytes:
    key: bytes = tokens._access_key
    return key


def payload(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 600,
        "jti": uuid.uuid4().hex,
        "type": "access",
        "sub": str(CLAIMS.user),
        "sid": str(CLAIMS.session),
        "tid": "default",
    }
    return {key: value for key, value in (good | changes).items() if value is not ...}


def test_what_is_issued_is_read_back() -> None:
    tokens = Tokens(KEY, 600)
    assert tokens.read_access(tokens.issue_access(CLAIMS)) == CLAIMS
    text = jwt.encode(payload(), signing_key_of(tokens), "HS256")
    assert tokens.read_access(text) == CLAIMS


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        *[
            ({claim: ...}, "token_invalid", f"the claim {claim} is missing")
            for claim in ("iss", "aud", "exp", "iat", "jti", "sub", "type", "sid", "tid")
        ],
        ({"exp": 1}, "token_expired", "has expired"),
        ({"aud": "another"}, "token_invalid", "another audience"),
        ({"aud": [AUDIENCE, "another"]}, "token_invalid", "another audience"),
        ({"iss": "another"}, "token_invalid", "another issuer"),
        ({"type": "refresh"}, "token_invalid", "not an access token"),
        ({"iat": 9_999_999_999}, "token_invalid", "clock has moved"),
        ({"exp": "soon"}, "token_invalid", "malformed"),
        ({"sub": "nobody"}, "token_invalid", "a claim is malformed"),
        ({"sid": 7}, "token_invalid", "a claim is malformed"),
        ({"tid": "../other"}, "token_invalid", "a claim is malformed"),
        ({"tid": None}, "token_invalid", "malformed"),
    ],
)
def test_a_claim_that_is_wrong_or_missing(changes: dict[str, Any], code: str, said: str) -> None:
    tokens = Tokens(KEY, 600)
    text = jwt.encode(payload(**changes), signing_key_of(tokens), "HS256")
    with pytest.raises(AuthError) as refused:
        tokens.read_access(text)
    assert (refused.value.status, refused.value.code) == (401, code)
    assert said in refused.value.message or "missing" in refused.value.message
    assert refused.value.remedy


def unsigned(tokens: Tokens) -> str:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(payload())}."


def wrong_key(tokens: Tokens) -> str:
    return jwt.encode(payload(), b"another key, of 32 bytes or more", "HS256")


def other_algorithm(tokens: Tokens) -> str:
    return jwt.encode(payload(), signing_key_of(tokens), "HS512")


def other_alg_header(tokens: Tokens) -> str:
    _, body, signature = jwt.encode(payload(), signing_key_of(tokens), "HS256").split(".")
    swapped = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').rstrip(b"=").decode()
    return f"{swapped}.{body}.{signature}"


def changed_payload(tokens: Tokens) -> str:
    header, _, signature = jwt.encode(payload(), signing_key_of(tokens), "HS256").split(".")
    _, body, _ = jwt.encode(payload(tid="other"), signing_key_of(tokens), "HS256").split(".")
    return f"{header}.{body}.{signature}"


def refresh_token(tokens: Tokens) -> str:
    return tokens.issue_refresh(uuid.uuid4()).text


def deep_json(tokens: Tokens) -> str:
    deep = base64.urlsafe_b64encode(b"[" * 2500).rstrip(b"=").decode()
    return f"{deep}.{deep}.x"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        wrong_key,
        other_algorithm,
        other_alg_header,
        changed_payload,
        refresh_token,
        deep_json,
        lambda tokens: "",
        lambda tokens: "a.b.c",
        lambda tokens: "ü.ü.ü",
        lambda tokens: "x" * 100_000,
    ],
)
def test_a_forged_token_is_refused(forge: Callable[[Tokens], str]) -> None:
    tokens = Tokens(KEY, 600)
    with pytest.raises(AuthError) as refused:
        tokens.read_access(forge(tokens))
    assert (refused.value.status, refused.value.code) == (401, "token_invalid")


def test_a_refresh_token_is_read_only_when_it_is_ours() -> None:
    tokens = Tokens(KEY, 600)
    issued = tokens.issue_refresh(CLAIMS.session)
    read = tokens.read_refresh(issued.text)
    assert (read.session, read.digest) == (CLAIMS.session, issued.digest)
    flipped = ("B" if issued.text[30] != "B" else "C").join((issued.text[:30], issued.text[31:]))
    forged = Tokens(b"o" * 64, 600).issue_refresh(CLAIMS.session).text
    for text in (flipped, forged, issued.text[:-4], issued.text + "AAAA", "", "é", "=" * 84):
        with pytest.raises(AuthError, match="not a refresh token"):
            tokens.read_refresh(text)


def ask(app: Flask, authorization: str | None) -> Answer:
    headers = {} if authorization is None else {"Authorization": authorization}
    return ApiClient(app).request("GET", "/api/v1/auth/me", headers=headers)


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "token_missing"),
        ("", "token_missing"),
        ("Bearer", "token_invalid"),
        ("Bearer ", "token_invalid"),
        ("Basic YTpi", "token_invalid"),
        ("Bearer a b", "token_invalid"),
        ("Bearer null", "token_invalid"),
    ],
)
def test_a_header_that_carries_no_token(app: Flask, authorization: str | None, code: str) -> None:
    answer = ask(app, authorization)
    assert (answer.status, answer.error["code"]) == (401, code)
    assert answer.error["details"][0]["remedy"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_over_http_all_of_them_are_401(app: Flask) -> None:
    tokens: Tokens = app.extensions["wellhead_auth"].tokens
    grant = log_in(app).data
    assert ask(app, f"Bearer {grant['access_token']}").status == 200
    assert ask(app, f"bearer {grant['access_token']}").status == 200
    for text, code in (
        (grant["refresh_token"], "token_invalid"),
        (unsigned(tokens), "token_invalid"),
        (wrong_key(tokens), "token_invalid"),
        (jwt.encode(payload(exp=1), signing_key_of(tokens), "HS256"), "token_expired"),
        # a good signature for a session that never was
        (jwt.encode(payload(), signing_key_of(tokens), "HS256"), "token_revoked"),
    ):
        answer = ask(app, f"Bearer {text}")
        assert (answer.status, answer.error["code"]) == (401, code)
    for text in (grant["access_token"], "x", "é"):
        answer = refresh(app, text)
        assert (answer.status, answer.error["code"]) == (401, "token_invalid")


def test_a_token_of_one_user_does_not_open_anothers_session(app: Flask) -> None:
    tokens: Tokens = app.extensions["wellhead_auth"].tokens
    own = tokens.read_access(log_in(app, "viewer").data["access_token"])
    other = tokens.read_access(log_in(app, "admin").data["access_token"])
    for claims in (
        AccessClaims(own.user, other.session, "default"),
        AccessClaims(other.user, own.session, "default"),
        AccessClaims(own.user, own.session, "other"),
    ):
        answer = ask(app, f"Bearer {tokens.issue_access(claims)}")
        assert (answer.status, answer.error["code"]) == (401, "token_revoked")
