"""The states of a command and what may follow each. Pure: every step of web, gateway and job is
made against this table, and so is every row of the history in the tests."""

from enum import StrEnum


class State(StrEnum):
    """requested: selected, waits to be operated; every command begins here
    pending_approval: waits for a second person
    armed: waits for its gateway
    dispatched: its gateway is about to send it or has; on disk before anything is sent
    acknowledged: the device took it; the last word where nothing is read back
    verified: it reads back as commanded
    failed: not done, or reads back otherwise; unknown: nobody knows whether it was done
    """

    REQUESTED = "requested"
    PENDING_APPROVAL = "pending_approval"
    ARMED = "armed"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


_NOT_SENT = frozenset({State.REJECTED, State.EXPIRED, State.CANCELLED})

NEXT: dict[State, frozenset[State]] = {
    State.REQUESTED: _NOT_SENT | {State.PENDING_APPROVAL, State.ARMED},
    State.PENDING_APPROVAL: _NOT_SENT | {State.ARMED},
    State.ARMED: _NOT_SENT | {State.DISPATCHED},
    # expired and failed: its gateway knows for certain that nothing was sent, or was refused
    State.DISPATCHED: frozenset({State.EXPIRED, State.FAILED, State.ACKNOWLEDGED, State.UNKNOWN}),
    State.ACKNOWLEDGED: frozenset({State.VERIFIED, State.FAILED, State.UNKNOWN}),
    # only as news of the gateway that sent it and could not tell the database in time
    State.UNKNOWN: frozenset(
        {State.EXPIRED, State.ACKNOWLEDGED, State.VERIFIED, State.FAILED},
    ),
    State.VERIFIED: frozenset(),
    State.REJECTED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.FAILED: frozenset(),
}
"""Nothing leads back to armed, so nothing is ever sent a second time."""

UNSENT = (State.REQUESTED, State.PENDING_APPROVAL, State.ARMED)
"""Before dispatch: what may still be cancelled, rejected or expire."""

SENT = (State.DISPATCHED, State.ACKNOWLEDGED)
"""In a gateway's hands."""

OPEN = (*UNSENT, *SENT)
"""Not ended; but for `acknowledged` of a tag that is not read back."""


def allowed(before: tuple[State, ...], after: State) -> bool:
    """Whether `after` may follow each of these."""
    return all(after in NEXT[state] for state in before)
