"""How often one may ask: a limit an address, before anybody is identified, and one a user after.

Counts are kept in Redis where `[limits] redis_url` names one, for all web processes together; else
each process counts for itself, so that n of them let through up to n times the limit. A Redis that
is away makes each process count for itself until it is back. Logins have a stricter count of their
own in the database (`wellhead.auth.throttle`).
"""

import math
import time
from collections.abc import Callable

from flask import Flask, g, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded, RequestLimit
from werkzeug.wrappers import Response

from wellhead.auth.identity import current_user, identified
from wellhead.auth.throttle import network_of
from wellhead.http.errors import answer_api_error
from wellhead.http.limit_counts import ProcessCounts
from wellhead.http.refusals import ApiError
from wellhead.settings.model import LimitsSettings


def limit_addresses(app: Flask, settings: LimitsSettings) -> None:
    """Count by the true peer, of IPv6 by the /64. To be installed before what identifies the
    caller."""
    app.register_error_handler(RateLimitExceeded, _exceeded)
    if settings.per_address:
        _install(app, settings, "address", settings.per_address, _address, _is_health)


def limit_users(app: Flask, settings: LimitsSettings) -> None:
    """Count by user and tenant. To be installed after what identifies the caller."""
    if settings.per_user:
        _install(app, settings, "user", settings.per_user, _user, lambda: identified() is None)


def _install(
    app: Flask,
    settings: LimitsSettings,
    what: str,
    rate: str,
    key: Callable[[], str],
    exempt: Callable[[], bool],
) -> None:
    limit = ApplicationLimit(
        rate, key_function=key, exempt_when=exempt, on_breach=_remember, scope=what
    )
    limiter = Limiter(
        key,
        application_limits=[limit],
        strategy="fixed-window",
        storage_uri=settings.redis_url or f"{ProcessCounts.STORAGE_SCHEME[0]}://",
        in_memory_fallback_enabled=settings.redis_url is not None,
        key_prefix="wellhead",
    )
    limiter.init_app(app)


def _is_health() -> bool:
    return request.path in ("/health/live", "/health/ready")


def _address() -> str:
    return network_of(request.remote_addr or "unknown")


def _user() -> str:
    identity = current_user()
    return f"{identity.tenant}/{identity.id}"


def _remember(breach: RequestLimit) -> None:
    g.limit_ends = breach.window.reset_time


def _exceeded(error: RateLimitExceeded) -> Response:
    wait = max(1, math.ceil(g.limit_ends - time.time()))
    detail = {"message": "The limit is reached", "remedy": f"Wait {wait} s, then ask less often"}
    problem = ApiError(
        429,
        "too_many_requests",
        f"Too many requests: the limit is {error.limit.limit}",
        [detail],
        {"Retry-After": str(wait)},
    )
    return answer_api_error(problem)
