"""Answers that are no success, as views raise them; `errors` makes them into responses."""

from typing import Any


class ApiError(Exception):
    """An answer that is not a success, raised from a view.

    status: HTTP status; code: stable string; details: dicts with field, value, message, remedy
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or []
        self.headers = headers or {}


def conflict(message: str, *, field: str, value: Any, remedy: str) -> ApiError:
    """409: what was asked for is well-formed but clashes with a record that is there."""
    detail = {"field": field, "value": value, "message": message, "remedy": remedy}
    return ApiError(409, "conflict", f"{field}: {message}. {remedy}.", [detail])


def not_found(what: str, key: Any) -> ApiError:
    """404 for a record that is not there, or not visible to the caller."""
    return ApiError(404, "not_found", f"There is no {what} {key}.")
