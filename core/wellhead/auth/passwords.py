"""Passwords: argon2id, a few hashes at a time, and the rules for new ones.

A hash costs 19 MiB and some 30 ms of a core on purpose (RFC 9106; OWASP's parameters t=2, m=19 MiB,
p=1), so an unlimited number at once would let anybody who can reach the login fill the machine.
Under gevent hashing runs in the hub's native threads: in a greenlet it would stop all others.
"""

import base64
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import gevent
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from gevent import monkey

from wellhead.auth.errors import login_busy
from wellhead.errors import WellheadError

HASHES_AT_ONCE = 2
"""In one process."""
QUEUE_SECONDS = 10.0
"""How long a login waits for its turn to hash before it is told to come back."""
MIN_LENGTH = 12
MAX_LENGTH = 1024
_MIN_DIFFERENT = 5

_T = TypeVar("_T")


class Passwords:
    """Hashes and verifies. One object a process, since it holds the cap."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=2,
            memory_cost=19 * 1024,
            parallelism=1,
            hash_len=32,
            salt_len=16,
            type=Type.ID,
        )
        self._turns = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._nobody = _hash_of_nothing(self._hasher)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of the places to hash; waits for it. Raises AuthError (429) after 10 s of waiting."""
        if not self._turns.acquire(timeout=QUEUE_SECONDS):
            raise login_busy(int(QUEUE_SECONDS))
        try:
            yield
        finally:
            self._turns.release()

    def hash(self, password: str) -> str:
        """The hash of a new password, with its parameters and salt. Call it within `turn`."""
        return _natively(lambda: self._hasher.hash(_octets(password)))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one stored. Call it within `turn`.

        stored: None for a user who does not exist, which costs the same time and is never true
        """
        return _natively(lambda: self._verify(stored, password))

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            matches = self._hasher.verify(stored or self._nobody, _octets(password))
        except (VerificationError, InvalidHashError):
            return False
        return matches and stored is not None


def check_new_password(password: str, email: str, field: str = "password") -> None:
    """The rules for a password somebody chooses. Raises WellheadError that never holds it.

    Length counts, mixtures of characters do not (NIST SP 800-63B, 5.1.1.2).
    """
    if len(password) < MIN_LENGTH:
        problem = f"too short, {len(password)} characters"
    elif len(password) > MAX_LENGTH:
        problem = f"too long, {len(password)} characters"
    elif email.casefold() in password.casefold():
        problem = "contains the e-mail address"
    elif password.casefold() == email.partition("@")[0].casefold():
        problem = "is the name in the e-mail address"
    elif len(set(password)) < _MIN_DIFFERENT:
        problem = "repeats too few different characters"
    else:
        return
    raise WellheadError(
        f"the password is not acceptable: {problem}",
        field=field,
        remedy=f"Choose {MIN_LENGTH} to {MAX_LENGTH} characters, at least {_MIN_DIFFERENT} of them "
        "different, without the e-mail address; several words do well",
    )


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that costs what `hasher`'s own do and that no password has, made without hashing."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _natively(work: Callable[[], _T]) -> _T:
    """Run in a native thread under gevent; else here: argon2 lets go of the interpreter lock."""
    if not monkey.is_module_patched("threading"):
        return work()
    result: _T = gevent.get_hub().threadpool.apply(work)
    return result


def _octets(password: str) -> bytes:
    """One spelling of each character, whatever keyboard it came from (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
