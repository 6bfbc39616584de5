"""How a command is refused: a stable code, and what, where and what to do."""

from typing import Any

from wellhead import sdk


def refusal(
    code: str, message: str, *, field: str, value: Any, remedy: str, status: int = 409
) -> sdk.ApiError:
    """The error to raise."""
    detail = {"field": field, "value": value, "message": message, "remedy": remedy}
    return sdk.ApiError(status, code, f"{field}: {message} (found {value!r}). {remedy}.", [detail])
