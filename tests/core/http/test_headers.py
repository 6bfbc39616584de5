"""What answers say to browsers, and what other origins may do: nothing, unless named."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.runtime import Runtime
from wellhead.settings import Settings

PAGE = "https://dashboard.example"
PATH = "/api/v1/assets"


@pytest.fixture
def client(settings: Settings) -> Iterator[Callable[..., FlaskClient]]:
    made: list[Flask] = []

    def make(origins: tuple[str, ...] = (), proxies: tuple[str, ...] = ()) -> FlaskClient:
        web = replace(settings.web, origins=list(origins), proxies=list(proxies))
        made.append(create_app(Runtime.make(replace(settings, web=web))))
        return made[-1].test_client()

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("path", ["/health/live", PATH, "/nothing", "/api/v1/openapi.json"])
def test_every_answer_is_guarded(client: Callable[..., FlaskClient], path: str) -> None:
    headers = client().get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Strict-Transport-Security" not in headers, "over plain HTTP it would mean nothing"


def test_https_stays_https_behind_a_proxy(client: Callable[..., FlaskClient]) -> None:
    sent = {"X-Forwarded-Proto": "https"}
    trusting, wary = client(proxies=("127.0.0.0/8",)), client()

    assert "max-age" in trusting.get(PATH, headers=sent).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in wary.get(PATH, headers=sent).headers


def test_no_other_origin_may_call_by_default(client: Callable[..., FlaskClient]) -> None:
    closed = client()
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    for answer in (closed.options(PATH, headers=asked), closed.get(PATH, headers=asked)):
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_a_named_origin_may_call_and_no_other(client: Callable[..., FlaskClient]) -> None:
    opened = client(origins=(PAGE,))
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, if-match",
    }

    preflight = opened.options(PATH, headers=asked)

    assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in preflight.headers["Access-Control-Allow-Headers"].title()
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    assert "ETag" in opened.get(PATH, headers=asked).headers["Access-Control-Expose-Headers"]
    other = opened.options(PATH, headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
