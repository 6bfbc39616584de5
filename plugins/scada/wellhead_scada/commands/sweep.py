"""Commands whose time has passed with nobody caring: expired when unsent, else unknown."""

import structlog

from wellhead import sdk
from wellhead_scada.commands.making import make
from wellhead_scada.commands.states import SENT, UNSENT, State
from wellhead_scada.commands.steps import Step

log = structlog.get_logger(__name__)

UNSENT_OVER = """(c.expires_at <= clock_timestamp()
    OR c.state = 'requested' AND c.select_until <= clock_timestamp())"""
_SENT_OVER = "c.ended_at IS NULL AND c.settle_by <= clock_timestamp()"
_OVER = f"""
SELECT c.id, c.state FROM scada_command c
WHERE c.ended_at IS NULL AND (c.tag_id = %(tag)s OR %(tag)s::int IS NULL)
AND (c.state = ANY(%(unsent)s) AND {UNSENT_OVER} OR c.state = ANY(%(sent)s) AND {_SENT_OVER})
ORDER BY c.created_at
"""  # noqa: S608 (of constants)


def end_overdue() -> None:
    """The job: in the tenant that is set."""
    sweep()
    sdk.db.session.commit()


def sweep(tag: int | None = None) -> None:
    """End what is overdue, of one tag or all; not committed."""
    values = {
        "tag": tag,
        "unsent": [state.value for state in UNSENT],
        "sent": [state.value for state in SENT],
    }
    connection = sdk.db.session.connection()
    for command, state in connection.exec_driver_sql(_OVER, values).all():
        if state in UNSENT:
            step = Step(
                command,
                UNSENT,
                State.EXPIRED,
                "its time passed before it was sent",
                sdk.current_actor(),
                only=UNSENT_OVER,
            )
        else:
            step = Step(
                command,
                SENT,
                State.UNKNOWN,
                "its gateway has not said what became of it: see in the field",
                sdk.current_actor(),
                only=_SENT_OVER,
            )
        if make(step):
            log.warning("command is overdue", command=str(command), state=step.after.value)
