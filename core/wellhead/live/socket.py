"""The WebSocket /api/v1/live: who may open it, and the messages a client may send.

    {"type": "auth", "ticket": "…"}, first, within 10 s  → {"type": "ready", "t": µs}
    {"type": "subscribe", "tags": […], "assets": […], …} → {"type": "snapshot", …}, then frames
        with "resume": p, the `p` of the last message before a connection was lost
                                                         → {"type": "resumed", …}, then frames
    {"type": "unsubscribe", "tags": […], …}              → {"type": "unsubscribed", "tags": […]}
    {"type": "subscribe", "events": ["commands"]}        → {"type": "subscribed", "events": […]},
        then {"type": "event", "topic", "data"}, and {"type": "events_missed"} when some may be

What is wrong is answered with {"type": "error", "code", "message"}; the socket stays open unless it
is the ticket that is wrong.
"""

import time
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from flask import Blueprint as FlaskBlueprint
from flask import Flask, current_app, g, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from werkzeug.wrappers import Response
from wsproto.utilities import RemoteProtocolError

from wellhead.auth.identity import Identity, acting_as
from wellhead.database.extension import tenant
from wellhead.http.blueprint import Blueprint
from wellhead.http.errors import answer_api_error
from wellhead.http.refusals import ApiError
from wellhead.live.client import Client
from wellhead.live.frames import encode_message
from wellhead.live.outlet import SocketOutlet
from wellhead.live.recent import NoPosition, Position
from wellhead.live.service import EXTENSION, SESSION_ENDED, Live, live_of
from wellhead.live.tickets import redeem_ticket
from wellhead.live.topics import SubscriptionError
from wellhead.runtime import runtime_of

PATH = "/api/v1/live"
AUTH_SECONDS = 10.0
PING_SECONDS = 20
MAX_MESSAGE_BYTES = 1 << 20
_MAX_UNREAD = 100
_MAX_SHOWN = 500
_LOOK_SECONDS = 2.0
_READER_SECONDS = 1.0
_TOO_MANY = 1008
_INTERNAL_ERROR = 1011
_SOCKETS = ("werkzeug.socket", "gunicorn.socket")
log = structlog.get_logger(__name__)


def init_live(app: Flask) -> None:
    """Add the live connection to an app; no thread and no connection before its first client, or
    `Live.listen`."""
    live = Live(app, runtime_of(app))
    app.extensions[EXTENSION] = live
    live.collect_topics()
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": PING_SECONDS,
        "max_message_size": MAX_MESSAGE_BYTES,
    }
    blueprint = FlaskBlueprint("live_socket", __name__)
    blueprint.before_request(_check_origin)
    blueprint.before_request(_take_socket)
    blueprint.register_error_handler(RemoteProtocolError, _no_handshake)
    Sock().route(PATH, bp=blueprint)(Blueprint.public(_serve))
    app.register_blueprint(blueprint)


def origin_allowed(origin: str | None, host: str, others: list[str]) -> bool:
    """Whether a page from `origin` may open the socket. A browser always says where the page is
    from; what says nothing is not a browser and gets in by its ticket alone."""
    if origin is None or origin in others:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # half an IPv6 address
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    others = runtime_of(current_app).settings.web.origins
    if not origin_allowed(origin, request.host, others):
        raise ApiError(
            403,
            "origin_refused",
            "Pages from this origin may not open the live connection",
            [
                {
                    "field": "Origin",
                    "value": origin,
                    "remedy": "Add the origin to [web] origins if you trust it",
                }
            ],
        )


def _no_handshake(error: RemoteProtocolError) -> Response:
    message = f"This is no WebSocket handshake of version 13: {error}."
    return answer_api_error(ApiError(400, "bad_request", message))


def _take_socket() -> None:
    """Put our outlet between simple-websocket and the socket, and refuse compression: frames are
    encoded once for all clients, and a compressed message could unpack to any size."""
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    for name in _SOCKETS:
        if name in request.environ:
            g.outlet = request.environ[name] = SocketOutlet(request.environ[name])


def _serve(ws: Server) -> None:
    outlet: SocketOutlet = g.outlet
    outlet.start()
    try:
        _converse(ws, outlet)
    except ConnectionClosed:
        pass
    except Exception:  # isolates: the response to an error would be written into the WebSocket
        log.error("live: socket failed", exc_info=True)
        outlet.goodbye(_INTERNAL_ERROR, "internal_error")
    finally:
        outlet.finish()
        ws.thread.join(_READER_SECONDS)


def _converse(ws: Server, outlet: SocketOutlet) -> None:
    identity = _admit(ws, outlet)
    if identity is None:
        return
    live = live_of(current_app)
    client = live.join(identity, outlet)
    outlet.when_drained(client.drained)
    log.info("live: client", user=identity.email, tenant=identity.tenant)
    try:
        _send(outlet, "ready", t=time.time_ns() // 1000)
        while ws.connected:
            # simple-websocket wakes nobody when it closes a socket over a message too long
            message = ws.receive(timeout=_LOOK_SECONDS)
            if message is None:
                continue
            if len(ws.input_buffer) > _MAX_UNREAD:
                outlet.goodbye(_TOO_MANY, "Too many messages at once")
                return
            _handle(live, client, outlet, message)
    finally:
        live.leave(client)


def _admit(ws: Server, outlet: SocketOutlet) -> Identity | None:
    """Whom the first message lets in; anybody else is told why and sent away."""
    text = ws.receive(timeout=AUTH_SECONDS)
    if text is None:
        problem = ("auth_timeout", f"No ticket within {AUTH_SECONDS:.0f} s")
    else:
        message = _parse(text)
        if message.get("type") != "auth":
            problem = ("auth_first", 'The first message must be {"type": "auth", "ticket": …}')
        else:
            identity = redeem_ticket(message.get("ticket"))
            if identity is not None:
                return identity
            problem = (
                "ticket_invalid",
                "The ticket is not good: each is good once, for 30 s; get one from "
                "POST /api/v1/live/ticket",
            )
    code, reason = problem
    _send(outlet, "error", code=code, message=reason)
    outlet.goodbye(SESSION_ENDED, code, after_queued=True)
    return None


def _handle(live: Live, client: Client, outlet: SocketOutlet, text: str | bytes) -> None:
    message = _parse(text)
    kind = message.pop("type", None)
    followed = message.pop("events", None)
    try:
        if kind not in ("subscribe", "unsubscribe"):
            raise SubscriptionError(
                "unknown_type",
                "messages are subscribe and unsubscribe",
                field="type",
                value=kind,
            )
        since = _position(message.pop("resume", None)) if kind == "subscribe" else None
        with current_app.app_context(), tenant(client.who.tenant), acting_as(client.who):
            tags = live.topics.resolve(message)
        if followed is not None:
            live.events.change(client, followed, follow=kind == "subscribe")
    except SubscriptionError as error:
        _send(outlet, "error", code=error.code, message=str(error)[:_MAX_SHOWN])
        return
    except Exception:  # isolates: a plugin's topic and its database, from the socket
        log.error("live: subscription failed", exc_info=True)
        _send(outlet, "error", code="internal_error", message="The ids could not be looked up")
        return
    if followed is not None:
        _send(outlet, f"{kind}d", events=sorted(client.events))
        if not message:
            return
    if kind == "subscribe":
        live.subscribe(client, tags, since)
    else:
        live.unsubscribe(client, tags)
        _send(outlet, "unsubscribed", tags=tags)


def _position(text: object) -> Position | None:
    if text is None:
        return None
    try:
        return Position.parse(text)
    except NoPosition as error:
        raise SubscriptionError("malformed", str(error), field="resume") from error


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return message if isinstance(message, dict) else {}


def _send(outlet: SocketOutlet, kind: str, **fields: Any) -> None:
    outlet.send(encode_message({"type": kind, **fields}))
