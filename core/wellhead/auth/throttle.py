"""Failed logins are counted in the database, so that all workers share one count.

Counted are account with address (5 failures in 15 minutes) and address alone (50), the latter
against one who tries one password on many accounts. An account alone is not counted: anybody could
lock out its owner. A count begins with its first failure and ends 15 minutes later. The count is
looked at right before a hash, while holding one of the two places to hash, so attempts in parallel
get at most one guess beyond it for each other place in all processes.

The table stays small: a row takes a hash (30 ms of a core) to come by, and goes after its
15 minutes. Addresses are those of the true peer; of IPv6 the /64, which is what one subscriber has.
"""

import hashlib
import ipaddress
from datetime import timedelta

from sqlalchemy import ColumnElement, case, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from wellhead.auth.errors import login_throttled
from wellhead.auth.models import login_failure

WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES = 5
"""Of one account from one address within the window."""
ADDRESS_FAILURES = 50
"""From one address within the window."""
_SWEEP = 1000
_columns = login_failure.c


class Throttle:
    """The counts that one login attempt falls under."""

    def __init__(self, email: str, address: str) -> None:
        network = network_of(address)
        self._account = _digest("account", email.strip().lower(), network)
        self._address = _digest("address", network)

    def check(self, session: Session) -> None:
        """Raises AuthError (429) while too many attempts failed."""
        remaining = func.extract("epoch", _columns.since + WINDOW - func.now())
        seconds = session.execute(
            select(func.max(remaining))
            .where(_columns.key.in_([self._account, self._address]))
            .where(
                _columns.failures
                >= case((_columns.key == self._account, ACCOUNT_FAILURES), else_=ADDRESS_FAILURES)
            )
            .where(_current())
        ).scalar_one()
        if seconds is not None:
            raise login_throttled(int(seconds) + 1)

    def failed(self, session: Session) -> None:
        """Count one failure, and forget counts whose time is over."""
        statement = insert(login_failure).values(
            [
                {"key": key, "failures": 1, "since": func.now()}
                for key in sorted((self._account, self._address))  # one order: no deadlock
            ]
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[_columns.key],
                set_={
                    "failures": case((_current(), _columns.failures + 1), else_=literal(1)),
                    "since": case((_current(), _columns.since), else_=func.now()),
                },
            )
        )
        old = (
            select(_columns.key).where(~_current()).limit(_SWEEP).with_for_update(skip_locked=True)
        )
        session.execute(delete(login_failure).where(_columns.key.in_(old.scalar_subquery())))

    def succeeded(self, session: Session) -> None:
        """The account's owner is at this address; the address's own count stays."""
        session.execute(delete(login_failure).where(_columns.key == self._account))


def _current() -> ColumnElement[bool]:
    # the second half: a clock that jumped back must lock nobody out for long
    return (_columns.since > func.now() - WINDOW) & (_columns.since <= func.now() + WINDOW)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def network_of(address: str) -> str:
    """What is counted of a peer's address: all of IPv4, the /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
