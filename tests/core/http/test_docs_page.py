"""The documentation page without a browser: its files, its headers, and nothing else."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

PAGE = "/api/v1/docs"


@pytest.fixture(scope="module")
def browser(shared_app: Flask) -> FlaskClient:
    return shared_app.test_client()


def test_anybody_gets_the_page_and_no_foreign_script(browser: FlaskClient) -> None:
    page = browser.get(PAGE)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|https?:", page.text)


def test_each_file_comes_with_its_type_and_is_asked_for_again(browser: FlaskClient) -> None:
    types = {"js": "text/javascript", "css": "text/css", "png": "image/png"}
    names = re.findall(r'(?:src|href)="docs/([^"]+)"', browser.get(PAGE).text)
    assert len(names) == 5
    for name in names:
        answer = browser.get(f"{PAGE}/{name}")
        assert (answer.status_code, answer.mimetype) == (200, types[name.rsplit(".")[-1]])
        same = {"If-None-Match": answer.headers["ETag"]}
        assert browser.get(f"{PAGE}/{name}", headers=same).status_code == 304
        answer.close()


@pytest.mark.parametrize(
    "name", ["nothing.js", "oauth2-redirect.html", "..%2froutes%2fdocs.py", "docs.html"]
)
def test_no_other_file_can_be_had(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"{PAGE}/{name}").status_code == 404


def test_routes_that_the_page_names_exist(browser: FlaskClient) -> None:
    named = re.findall(r"<code>([A-Z]+) (/[^<]+)</code>", browser.get(PAGE).text)
    document = browser.get("/api/v1/openapi.json").get_json()["paths"]
    assert len(named) == 2
    for method, path in named:
        assert method.lower() in document[path]
