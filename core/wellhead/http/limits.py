"""How often one may ask: a limit an address, before anybody is identified, and one a user after.

Counts are kept in Redis where `[limits] redis_url` names one, for all web processes together; else
each process counts for itself, so that n of them let through up to n times the limit. A Redis that
is away makes each process count for itself until it is back. Logins have a stricter count of their
own in the database (`wellhead.auth.throttle`).
"""

import math
from collections.abc import Callable
from time import monotonic, time

import structlog
from flask import Flask, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from wellhead.auth.identity import identified
from wellhead.auth.throttle import network_of
from wellhead.http.limit_counts import ProcessCounts
from wellhead.http.refusals import ApiError
from wellhead.settings.model import LimitsSettings

_PREFIX = "wellhead"
_WAIT_S = 1.0
_AGAIN_S = 5.0
"""How long nobody asks a Redis that was away: each who does may wait for it."""
log = structlog.get_logger(__name__)


class Counts:
    """Counts a request in Redis, and in this process where there is none or it is away."""

    def __init__(self, redis_url: str | None) -> None:
        self._own = FixedWindowRateLimiter(ProcessCounts())
        self._shared = None
        if redis_url is not None:
            redis = storage_from_string(
                redis_url, socket_timeout=_WAIT_S, socket_connect_timeout=_WAIT_S
            )
            assert isinstance(redis, Storage)
            self._shared = FixedWindowRateLimiter(redis)
        self._asked_again_at = 0.0

    def hit(self, limit: RateLimitItem, what: str, key: str) -> float | None:
        """Count one more; when the window ends, in seconds since 1970, that has no room for it."""
        if self._shared is not None and monotonic() >= self._asked_again_at:
            try:
                return _hit(self._shared, limit, what, key)
            except self._shared.storage.base_exceptions as error:
                self._asked_again_at = monotonic() + _AGAIN_S
                log.warning("Redis is away, each process counts for itself", reason=str(error))
        return _hit(self._own, limit, what, key)


def _hit(counts: FixedWindowRateLimiter, limit: RateLimitItem, what: str, key: str) -> float | None:
    if counts.hit(limit, what, key):
        return None
    return counts.get_window_stats(limit, what, key).reset_time


def limit_addresses(app: Flask, settings: LimitsSettings) -> None:
    """Count by the true peer, of IPv6 by the /64. To be installed before what identifies the
    caller."""
    _install(app, settings, "address", settings.per_address, _address)


def limit_users(app: Flask, settings: LimitsSettings) -> None:
    """Count by user and tenant. To be installed after what identifies the caller."""
    _install(app, settings, "user", settings.per_user, _user)


def _install(
    app: Flask, settings: LimitsSettings, what: str, rate: str, key: Callable[[], str | None]
) -> None:
    """key: whom the request is counted for; None = for nobody"""
    if not rate:
        return
    limits = parse_many(rate)
    for limit in limits:
        limit.namespace = _PREFIX
    counts = Counts(settings.redis_url)

    @app.before_request
    def count() -> None:
        whom = key()
        if whom is None:
            return
        for limit in limits:
            ends = counts.hit(limit, what, whom)
            if ends is not None:
                raise _exceeded(limit, ends)


def _address() -> str | None:
    if request.path in ("/health/live", "/health/ready"):
        return None
    return network_of(request.remote_addr or "unknown")


def _user() -> str | None:
    identity = identified()
    return None if identity is None else f"{identity.tenant}/{identity.id}"


def _exceeded(limit: RateLimitItem, ends: float) -> ApiError:
    wait = max(1, math.ceil(ends - time()))
    detail = {"message": "The limit is reached", "remedy": f"Wait {wait} s, then ask less often"}
    return ApiError(
        429,
        "too_many_requests",
        f"Too many requests: the limit is {limit}",
        [detail],
        {"Retry-After": str(wait)},
    )
