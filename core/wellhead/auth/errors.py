"""Refusals of login and tokens, each with the HTTP status and stable code it is answered with."""

from wellhead.errors import WellheadError


class AuthError(WellheadError):
    """The caller is not let in. `status` and `code` are what the API answers.

    retry_after: seconds until another try can succeed, for the header of that name
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        remedy: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def token_missing() -> AuthError:
    return AuthError(
        401,
        "token_missing",
        "This needs a login",
        remedy="Send the header `Authorization: Bearer <access_token>`, from /api/v1/auth/login, "
        "or with an API key in its place",
    )


def token_invalid(why: str) -> AuthError:
    return AuthError(
        401,
        "token_invalid",
        f"The token is not valid: {why}",
        remedy="Log in again at /api/v1/auth/login",
    )


def token_expired() -> AuthError:
    return AuthError(
        401,
        "token_expired",
        "The access token has expired",
        remedy="Get a new one at /api/v1/auth/refresh with the refresh token",
    )


def key_invalid() -> AuthError:
    """The one answer to an API key that is unknown, expired, revoked, or whose user is out."""
    return AuthError(
        401,
        "key_invalid",
        "The API key is not valid (any more)",
        remedy="Make a new one with POST /api/v1/auth/keys",
    )


def token_revoked() -> AuthError:
    return AuthError(
        401,
        "token_revoked",
        "This session has ended",
        remedy="Log in again at /api/v1/auth/login",
    )


def login_failed() -> AuthError:
    """The one answer to an unknown user, a wrong password and a disabled user."""
    return AuthError(
        401,
        "login_failed",
        "E-mail or password is wrong",
        remedy="Check both; an administrator can set a new password",
    )


def login_throttled(seconds: int) -> AuthError:
    return AuthError(
        429,
        "login_throttled",
        "Too many failed logins",
        remedy=f"Wait {seconds} s, then try again",
        retry_after=seconds,
    )


def login_busy(seconds: int) -> AuthError:
    return AuthError(
        429,
        "login_busy",
        "Too many logins at once",
        remedy=f"Try again in {seconds} s",
        retry_after=seconds,
    )


def login_needed() -> AuthError:
    return AuthError(
        403,
        "login_needed",
        "An API key cannot do this",
        remedy="Log in at /api/v1/auth/login and use the access token",
    )


def asset_limited() -> AuthError:
    return AuthError(
        403,
        "asset_limited",
        "This is not available to users who are limited to assets",
        remedy="Ask an administrator who has no such limit",
    )


def permission_denied(permission: str) -> AuthError:
    return AuthError(
        403,
        "permission_denied",
        f"This needs the permission {permission}",
        remedy="Ask an administrator for a role that has it",
    )
