"""Bodies that are too large or too deep are refused with a reason, whatever they hold."""

import io
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from wsgiref.simple_server import make_server

import pytest
from flask import Flask
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import InvalidChunkSize
from gunicorn.http.unreader import SocketUnreader
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import ProgramLimitExceeded
from sqlalchemy.exc import OperationalError

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.http.bodies import MAX_DEPTH, MAX_VALUES, PUBLIC_BYTES, _unstorable
from wellhead.runtime import Runtime, runtime_of
from wellhead.testing import Answer, ApiClient


@pytest.fixture(scope="module")
def small(shared_app: Flask) -> Iterator[ApiClient]:
    """A client of another app on the shared one's database, whose bodies have a megabyte."""
    settings = runtime_of(shared_app).settings
    app = create_app(Runtime.make(replace(settings, limits=replace(settings.limits, body_mb=1))))
    yield ApiClient(app).as_role("admin")
    with app.app_context():
        db.engine.dispose()


def test_a_body_that_is_too_large(small: ApiClient) -> None:
    answer = small.post("/api/v1/assets", {"kind": "field", "name": "x" * (1 << 20)})
    assert (answer.status, answer.error["code"]) == (413, "too_large")
    [detail] = answer.error["details"]
    assert detail["message"] == "the body has more than 1,048,576 bytes"
    assert "body_mb" in detail["remedy"]


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


def send(client: ApiClient, path: str, body: str, kind: str = "application/json") -> Answer:
    return client.request("POST", path, text=body, headers={"Content-Type": kind})


def test_a_number_with_more_digits_than_python_reads(small: ApiClient) -> None:
    body = '{"kind": "field", "name": ' + "9" * 5000 + "}"
    answer = send(small, "/api/v1/assets", body)
    assert (answer.status, answer.error["code"]) == (422, "validation_failed")
    assert "digits" in answer.error["message"]


def test_a_body_of_too_many_values_is_refused_before_each_is_looked_at(
    shared_api: ApiClient,
) -> None:
    answer = send(shared_api, "/api/v1/auth/keys", '{"scopes": [' + "0," * MAX_VALUES + "0]}")
    assert answer.status == 422
    assert f"{MAX_VALUES:,} values" in answer.error["message"]


def test_of_very_many_errors_the_first_are_told(small: ApiClient) -> None:
    answer = small.post("/api/v1/assets", {f"x{number}": 1 for number in range(5000)})
    assert answer.status == 422
    assert len(answer.error["details"]) == 101
    assert "first 100" in answer.error["details"][-1]["message"]


def test_who_is_not_logged_in_may_send_little(shared_app: Flask) -> None:
    body = {"email": "a@example.com", "password": "x" * PUBLIC_BYTES}
    answer = ApiClient(shared_app).post("/api/v1/auth/login", body)
    assert (answer.status, answer.error["code"]) == (413, "too_large")


def test_text_that_cannot_be_stored_is_named_by_its_field(small: ApiClient) -> None:
    answer = small.post("/api/v1/assets", {"kind": "field", "name": "a\0b"})
    assert answer.error["details"][0]["field"] == "name"
    answer = small.post("/api/v1/assets/bulk", {"items": [{"name": "ok"}, {"name": "\ud800"}]})
    assert answer.error["details"][0]["field"] == "items.1.name"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (",".join(f"id.{number}" for number in range(100_000)), "1,000 columns"),
        ("kind,name\n" + "\n" * MAX_VALUES, "1,000,000 cells"),
        ("kind,name\n" + "field,x\n" * (MAX_VALUES // 2), "1,000,000 cells"),
    ],
)
def test_a_file_of_too_many_cells(shared_api: ApiClient, text: str, said: str) -> None:
    answer = send(shared_api, "/api/v1/assets/bulk", text, "text/csv")
    assert answer.status == 422
    assert said in answer.error["message"]


@pytest.mark.parametrize(("token", "status"), [("bad", 401), ("", 413)])
def test_a_refusal_reaches_who_is_still_sending(small: ApiClient, token: str, status: int) -> None:
    """Over a real socket, which is reset when it is closed with bytes unread."""
    server = make_server("127.0.0.1", 0, small.app)  # werkzeug's own would read the rest itself
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        headers = {"Authorization": f"Bearer {token or small.token}", "Content-Type": "text/csv"}
        connection.request("POST", "/api/v1/assets/bulk", b"x" * (8 << 20), headers)
        assert connection.getresponse().status == status
        connection.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class BadChunk(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise InvalidChunkSize(b"zz")


def test_a_body_in_broken_chunks(small: ApiClient) -> None:
    response = small.app.test_client().post(
        "/api/v1/assets",
        content_type="application/json",
        headers={"Authorization": f"Bearer {small.token}", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "wsgi.input": BadChunk()},
    )
    assert response.status_code == 400, response.get_json()


@pytest.mark.parametrize(
    ("kind", "body", "left_out"),
    [
        ("text/csv", b"kind,name\nfield,Half A\nfield,Half Field", 6),
        ("application/json", b'{"items": [{"kind": "field", "name": "Half A"}]}', 1),
    ],
)
def test_of_a_body_that_breaks_off_nothing_is_taken(
    small: ApiClient, kind: str, body: bytes, left_out: int
) -> None:
    """As gunicorn gives it when a client is killed while it sends."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(body[:-left_out])
        there.shutdown(socket.SHUT_WR)
        stream = Body(LengthReader(SocketUnreader(here), len(body)))
        response = small.app.test_client().post(
            "/api/v1/assets/bulk",
            content_type=kind,
            headers={"Authorization": f"Bearer {small.token}"},
            environ_overrides={
                "wsgi.input_terminated": True,
                "wsgi.input": stream,
                "CONTENT_LENGTH": str(len(body)),
            },
        )
    assert response.status_code == 400, response.get_json()
    assert "nothing of it is taken" in response.get_json()["error"]["message"]
    assert small.get("/api/v1/assets", q="Half").data == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


@given(_JSON)
def test_what_can_be_stored_passes(body: object) -> None:
    found = _unstorable(body, MAX_DEPTH)
    assert (found is None) == ("\\u0000" not in json.dumps(body))


def test_a_value_that_no_index_holds_is_no_outage(shared_app: Flask) -> None:
    cause = ProgramLimitExceeded("index row size 10016 exceeds maximum 2712")
    with shared_app.test_request_context("/api/v1/wells"):
        answer = shared_app.make_response(
            shared_app.handle_user_exception(OperationalError("", None, cause))
        )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "validation_failed")
