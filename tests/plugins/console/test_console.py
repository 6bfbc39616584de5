"""The page without a browser: its files, its headers, and what it knows of qualities."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from wellhead import sdk
from wellhead.plugins.loader import load_plugins
from wellhead.settings import load_settings

STATIC = files("wellhead_console") / "static"
FILES = sorted(path.name for path in STATIC.iterdir())


@pytest.fixture(scope="module")
def browser(shared_app: Flask) -> FlaskClient:
    return shared_app.test_client()


def test_anybody_gets_the_page_and_a_policy_that_runs_no_foreign_script(
    browser: FlaskClient,
) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_every_file_comes_with_its_type_and_is_asked_for_again(browser: FlaskClient) -> None:
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for name in FILES:
        answer = browser.get(f"/console/{name}")
        assert answer.status_code == 200, name
        assert answer.mimetype == types.get(Path(name).suffix, "text/html")
        again = browser.get(f"/console/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        answer.close()


@pytest.mark.parametrize(
    "name", ["nothing.js", "../plugin.py", "%2e%2e/plugin.py", "..%2fplugin.py"]
)
def test_no_other_file_can_be_had(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/console/{name}").status_code == 404


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page)
    for name in FILES:
        text = (STATIC / name).read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[^\s\"')]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}, name
        assert "innerHTML" not in text, name
    for asked in re.findall(r'(?:src|href)="console/([^"]+)"', page):
        assert asked in FILES
    for name in FILES:
        for asked in re.findall(r'from "\./([^"]+)"', (STATIC / name).read_text(encoding="utf-8")):
            assert asked in FILES


def test_the_page_has_the_names_of_qualities_from_the_server(browser: FlaskClient) -> None:
    names = json.loads(browser.get("/console/quality.json").data)
    assert names["24"] == sdk.quality.name_of(24)
    assert len(names) == 256


def test_the_page_leads_to_the_documentation(browser: FlaskClient) -> None:
    assert 'href="api/v1/docs"' in browser.get("/").text
    assert browser.get("/api/v1/docs").status_code == 200


def test_the_page_is_no_part_of_the_documented_api(browser: FlaskClient) -> None:
    paths = browser.get("/api/v1/openapi.json").get_json()["paths"]
    assert "/api/v1/live/ticket" in paths
    assert not [path for path in paths if not path.startswith(("/api/", "/health/"))]


def test_the_sample_is_a_configuration(tmp_path: Path) -> None:
    sample = files("wellhead_console") / "sample.toml"
    path = tmp_path / "wellhead.toml"
    path.write_text(sample.read_text(encoding="utf-8"), encoding="utf-8")
    settings = load_settings(path, {})
    assert settings.web.origins == ["https://wells.example.com"]
    assert load_plugins(settings).records["console"].status is sdk.Status.DISABLED
    assert set(tomllib.loads(path.read_text(encoding="utf-8"))["plugins"]) == {"console"}
