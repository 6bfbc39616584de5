"""The API's documentation in headless Chromium, which finds no host but this one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from wellhead.testing import ApiClient, wait_until

from .browser import serving

pytestmark = pytest.mark.system


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    with serving(app) as served:
        yield served


_IDS = "return [...document.querySelectorAll('.opblock')].map(found => found.id)"
_STEP = """
const bottom = window.innerHeight + window.scrollY >= document.body.scrollHeight - 1;
window.scrollTo(0, bottom ? 0 : window.scrollY + window.innerHeight / 2);
"""


def test_a_stranger_reads_the_api_and_calls_it_with_a_token(
    origin: str, api: ApiClient, chromium: Any
) -> None:
    def every(selector: str) -> list[Any]:
        found: list[Any] = chromium.find_elements("css selector", selector)
        return found

    def press(selector: str) -> None:
        wait_until(lambda: every(selector), what=selector)
        chromium.execute_script("arguments[0].click()", every(selector)[0])

    document = api.get("/api/v1/openapi.json").body["paths"]
    documented = sum(len(set(found) - {"parameters"}) for found in document.values())
    chromium.get(f"{origin}/api/v1/docs")
    seen: set[str] = set()

    def all_seen() -> bool:
        """A step down the page, which holds only what is near its window; at its end to the top."""
        seen.update(chromium.execute_script(_IDS))
        chromium.execute_script(_STEP)
        return len(seen) == documented

    wait_until(all_seen, timeout=60, what="all operations")
    assert "/api/v1/auth/login" in every(".token")[0].text

    press(".btn.authorize")
    wait_until(lambda: every(".auth-container input"), what="where the token goes")
    every(".auth-container input")[0].send_keys(api.token)
    press(".auth-btn-wrapper .authorize")
    press(".auth-btn-wrapper .btn-done")
    wait_until(lambda: all_seen() and every("[id$=-readMe]"), timeout=60, what="readMe")
    press("[id$=-readMe] .opblock-summary-control")
    press("[id$=-readMe] .try-out__btn")
    press("[id$=-readMe] .execute")
    answered = "[id$=-readMe] .live-responses-table tbody .response-col_status"
    wait_until(lambda: every(answered), what="an answer")
    assert every(answered)[0].text.startswith("200")

    asked = [
        event["params"]["request"]["url"]
        for entry in chromium.get_log("performance")
        for event in [json.loads(entry["message"])["message"]]
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert f"{origin}/api/v1/auth/me" in asked
    elsewhere = [url for url in asked if not url.startswith((f"{origin}/", "data:", "chrome:"))]
    assert not elsewhere
    assert chromium.get_log("browser") == []
