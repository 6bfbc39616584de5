"""The store behind a web server, in a thread of its own."""

import base64
import hmac
import socket
import ssl
import threading
import time
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask, Response, request

from wellhead_witsml.protocol import soap
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.store.functions import Rules, StoreFunctions

PATH = "/witsml/store"
_SOCKET = "wellhead.socket"
_FOR_ANYONE = ("WMLS_GetVersion", "WMLS_GetBaseMsg")


def make_app(store: StoreFunctions, user: str | None = None, password: str = "") -> Flask:
    """The store as a Flask application. user: None = anyone may come in"""
    app = Flask(__name__)
    expected = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"

    @app.post(PATH)
    def call() -> Response:
        faults = store.faults
        time.sleep(faults.delay_s)
        if faults.http_500:
            return Response("the application pool is stopped", 500, mimetype="text/plain")
        given = request.headers.get("Authorization", "")
        if user is not None and not hmac.compare_digest(given.encode(), expected.encode()):
            return Response("", 401, {"WWW-Authenticate": 'Basic realm="store"'})
        try:
            function, parts = soap.read_message(request.get_data())
        except ReplyError as error:
            return _xml(soap.fault(str(error)), 500)
        if request.headers.get("SOAPAction", "").strip('"') != soap.ACTIONS + function:
            return _xml(soap.fault(f"SOAPAction is none of {function}"), 500)
        if not request.headers.get("User-Agent") and function not in _FOR_ANYONE:
            return _xml(
                soap.message(f"{function}Response", {"Result": -472, "SuppMsgOut": ""}), 200
            )
        answer = store.call(function, parts)
        if answer is None:
            return _xml(soap.fault(f"no function {function}"), 500)
        body = soap.message(f"{function}Response", answer)
        if faults.cut:
            _cut(body)
        return _xml(body, 200)

    return app


class StoreServer:
    """A running store: `with StoreServer() as server: … server.url …`.

    port: 0 = one that is free
    certificate: PEM files (certificate, key) to speak TLS with
    """

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        file: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        user: str | None = None,
        password: str = "",
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.store = StoreFunctions(rules, file)
        app = make_app(self.store, user, password)
        self._server = make_server(host, port, app, _Server, _Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://{host}:{self._server.server_port}{PATH}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> "StoreServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more and close the file."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.store.close()


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request, which a slow one holds up alone."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up, or a fault that hung up on it, is no news."""


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), _SOCKET: self.connection}

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """A request is no news."""


def _xml(body: bytes, status: int) -> Response:
    return Response(body, status, content_type=soap.CONTENT_TYPE)


def _cut(body: bytes) -> None:
    """Announce the whole answer, send the half of it and close the connection."""
    connection: socket.socket = request.environ[_SOCKET]
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body[: len(body) // 2])
    connection.shutdown(socket.SHUT_RDWR)
