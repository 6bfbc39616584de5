"""Bodies that are too large or too deep are refused with a reason, whatever they hold."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.http.blueprint import MAX_DEPTH, _unstorable
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient


@pytest.fixture
def small(settings: Settings) -> Iterator[ApiClient]:
    app = create_app(Runtime.make(replace(settings, limits=replace(settings.limits, body_mb=1))))
    yield ApiClient(app).as_role("admin")
    with app.app_context():
        db.engine.dispose()


def test_a_body_that_is_too_large(small: ApiClient) -> None:
    answer = small.post("/api/v1/assets", {"kind": "field", "name": "x" * (1 << 20)})
    assert (answer.status, answer.error["code"]) == (413, "too_large")


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
def test_a_body_that_is_too_deep(small: ApiClient, depth: int) -> None:
    response = small.app.test_client().post(
        "/api/v1/assets",
        data='{"name": ' + "[" * depth + "]" * depth + "}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {small.token}"},
    )
    assert response.status_code == 422, response.get_json()
    error = response.get_json()["error"]
    assert f"at most {MAX_DEPTH} levels" in error["message"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


@given(_JSON)
def test_what_can_be_stored_passes(body: object) -> None:
    found = _unstorable(body, MAX_DEPTH)
    assert (found is None) == ("\\u0000" not in json.dumps(body))
