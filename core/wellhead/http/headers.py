"""What every answer says to browsers: nothing may be embedded, guessed or fetched from elsewhere.

Pages of other origins may call the API only when `[web] origins` names them. Tokens travel in a
header and never in a cookie, so a page gains nothing from a login that its visitor has elsewhere.
"""

from flask import Flask, request
from flask_cors import CORS
from werkzeug.wrappers import Response

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # for answers that are no page; what serves pages says its own
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_A_YEAR = 31_536_000
_PREFLIGHT_SECONDS = 600


def install_headers(app: Flask, origins: list[str]) -> None:
    """origins: scheme, host and port of each page's origin that may call the API"""
    if origins:
        CORS(
            app,
            resources={r"/api/*": {}},
            origins=origins,
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match"],
            expose_headers=["Content-Disposition", "ETag", "Retry-After", "X-Request-ID"],
            max_age=_PREFLIGHT_SECONDS,
        )
    app.after_request(_guard)


def _guard(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
