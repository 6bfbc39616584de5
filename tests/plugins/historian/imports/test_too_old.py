"""What is imported and older than its tags' classes keep any."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead.testing.client import Answer


@pytest.fixture
def settings(settings: sdk.Settings) -> sdk.Settings:
    classes = {"short": {"keep_days": 2}, "long": {"keep_days": 10_000}}
    return replace(settings, plugins={**settings.plugins, "historian": {"classes": classes}})


def send(api: ApiClient, text: str, **query: Any) -> Answer:
    headers = {"Content-Type": "text/csv"}
    path = "/api/v1/tags/imports"
    return api.request("POST", path, query=query, headers=headers, text=text)


def test_readings_that_are_not_kept_are_told(api: ApiClient) -> None:
    for name, kept in (("S", "short"), ("L", "long"), ("D", "default")):
        assert api.post("/api/v1/tags", {"name": name, "tag_class": kept}).status == 201
    now = datetime.now(UTC)
    times = [now - timedelta(days=days) for days in (400, 5, 1)]
    rows = [f"{moment:%Y-%m-%dT%H:%M:%SZ},1,2,3" for moment in times]
    text = "\n".join(["time,S,L,D", *rows])
    for query in ({"dry_run": "true"}, {"id": "one"}, {"id": "one"}):
        [told] = send(api, text, **query).data["too_old"]
        assert (told["tag_class"], told["readings"]) == ("short", 2)
        since = datetime.fromisoformat(told["kept_from"])
        assert timedelta(days=2) <= now - since <= timedelta(days=2, hours=2)
    fresh = "\n".join(["time,S,L,D", rows[-1]])
    assert send(api, fresh, dry_run="true").data["too_old"] == []
