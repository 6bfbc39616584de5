"""What login needs for the life of a process: keys, hashing places, permissions."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from wellhead.auth.passwords import Passwords
from wellhead.auth.permissions import Permissions
from wellhead.auth.tokens import Tokens

EXTENSION = "wellhead_auth"


@dataclass(frozen=True, slots=True)
class AuthState:
    """refresh_life: how long a session lives without a refresh"""

    tokens: Tokens
    passwords: Passwords
    permissions: Permissions
    refresh_life: timedelta


def auth_state() -> AuthState:
    """Of the current app."""
    state: AuthState = current_app.extensions[EXTENSION]
    return state
