"""Asking for commands and deciding about them. Runs in a request's transaction, and commits."""

import secrets
import uuid
from typing import Any

import structlog
from sqlalchemy import select

from wellhead import sdk
from wellhead_scada.commands import checks
from wellhead_scada.commands.making import make, run
from wellhead_scada.commands.metrics import count
from wellhead_scada.commands.models import Command, Control
from wellhead_scada.commands.refusals import refusal
from wellhead_scada.commands.states import UNSENT, State
from wellhead_scada.commands.steps import STEP, Step, event
from wellhead_scada.commands.sweep import sweep

log = structlog.get_logger(__name__)

APPROVE = "scada.approve"
_INSERT = f"""
INSERT INTO scada_command (tag_id, value, text_value, reason, state, why, key, request,
    requested_by, requested_by_email, expires_at, select_token, select_until, steps)
VALUES (%(tag)s, %(value)s, %(text)s, %(reason)s, %(after)s, %(why)s, %(key)s, %(request)s,
    %(user)s, %(by)s, clock_timestamp() + make_interval(secs => %(expires)s), %(token)s,
    clock_timestamp() + make_interval(secs => %(select)s), jsonb_build_array({STEP}))
ON CONFLICT DO NOTHING
RETURNING id
"""  # noqa: S608 (of constants)
_LIVE = "c.expires_at > clock_timestamp()"


def request(data: dict[str, Any], key: str) -> tuple[Command, bool]:
    """A new command and True, or the one that the caller has under this key and False.

    data: tag_id, value, reason, expires_in_s. Raises WellheadError or ApiError 409, both saying
    what is refused and why.
    """
    user = sdk.current_user()
    asked = checks.request_of(data)
    known = _of_key(user, key, asked)
    if known is not None:
        return known, False
    tag = checks.field_tag(data["tag_id"])
    try:
        control = _check(tag, data)
        made = _insert(tag, control, data, key, asked)
    except sdk.ApiError as error:
        log.warning("command refused", tag=tag.name, by=user.email, code=error.code)
        raise
    if made is None:  # another request was faster: with this key, or for this tag
        sdk.db.session.rollback()
        known = _of_key(user, key, asked)
        if known is None:
            raise _other(data["tag_id"])
        return known, False
    return made, True


def operate(command: Command, token: str) -> None:
    """The second half of select-before-operate. Raises ApiError 409 or 403."""
    if command.requested_by != sdk.current_user().id:
        raise refusal(
            "not_selected",
            f"{command.requested_by_email} selected it",
            field="select_token",
            value="***",
            remedy="Only who selected operates; select it yourself when that selection has ended",
        )
    control = sdk.db.session.get(Control, command.tag_id)
    step = _onward(
        command.id,
        control,
        "selected and operated",
        only=f"c.requested_by = %(me)s AND c.select_token = %(token)s AND {_LIVE}"
        " AND c.select_until > clock_timestamp()",
        values={"me": sdk.current_user().id, "token": token},
    )
    _decide(command, step, "not_selected", "the selection has ended, or the token is another one",
            "Select the tag again with POST /api/v1/scada/commands")  # fmt: skip


def approve(command: Command, reason: str | None) -> None:
    """By a second person. Raises ApiError 403 or 409."""
    _second_person(command)
    user = sdk.current_user()
    step = Step(
        command.id,
        (State.PENDING_APPROVAL,),
        State.ARMED,
        reason or "approved",
        sdk.current_actor(),
        sets={"approved_by": user.id, "approved_by_email": user.email},
        only=f"c.requested_by <> %(me)s AND {_LIVE}",
        values={"me": user.id},
    )
    _decide(command, step, "expired", "its time has passed", "Have it requested again")


def reject(command: Command, reason: str) -> None:
    """By a second person, instead of approving. Raises ApiError 403 or 409."""
    _second_person(command)
    step = Step(
        command.id,
        (State.PENDING_APPROVAL,),
        State.REJECTED,
        reason,
        sdk.current_actor(),
        only="c.requested_by <> %(me)s",
        values={"me": sdk.current_user().id},
    )
    _decide(command, step, "wrong_state", "it cannot be rejected now", "Read it again")


def cancel(command: Command, reason: str | None) -> None:
    """By the requester, or who may approve, before it is dispatched. Raises ApiError 403 or 409."""
    user = sdk.current_user()
    if command.requested_by != user.id and not user.may(APPROVE):
        raise refusal(
            "not_yours",
            f"it is a command of {command.requested_by_email}",
            field="id",
            value=str(command.id),
            remedy=f"Have them cancel it, or somebody with {APPROVE}",
            status=403,
        )
    step = Step(command.id, UNSENT, State.CANCELLED, reason or "cancelled", sdk.current_actor())
    _decide(command, step, "wrong_state", "it cannot be cancelled now", "Read it again")


# --- requesting -----------------------------------------------------------------------------------


def _check(tag: Any, data: dict[str, Any]) -> Control:
    checks.check_switches()
    control = checks.check_control(tag)
    checks.check_value(tag, control, data["value"])
    checks.check_device(tag)
    sweep(tag.tag_id)
    checks.check_interval(tag, control)
    return control


def _insert(
    tag: Any, control: Control, data: dict[str, Any], key: str, asked: str
) -> Command | None:
    user, actor = sdk.current_user(), sdk.current_actor()
    value = data["value"]
    text = value if isinstance(value, str) else None
    selects = control.select_before_operate
    why = "selected, waits to be operated" if selects else "requested"
    values = {
        "tag": tag.tag_id,
        "value": None if text is not None else float(value),
        "text": text,
        "reason": data.get("reason"),
        "after": State.REQUESTED.value,
        "why": why,
        "key": key,
        "request": asked,
        "user": user.id,
        "by": user.email,
        "source": actor.source,
        "expires": data.get("expires_in_s") or control.expires_s,
        "token": secrets.token_urlsafe(16) if selects else None,
        "select": control.select_s if selects else None,
    }
    made = run((_INSERT, values))
    if made is None:
        return None
    command: uuid.UUID = made["id"]
    shown = {"tag_id": tag.tag_id, "value": value, "reason": values["reason"], "key": key}
    run(
        sdk.audit_entry(
            "insert", "scada_command", command, None, {**shown, "state": State.REQUESTED.value}
        )
    )
    run(event(sdk.current_tenant(), command, tag.tag_id, State.REQUESTED, None))
    count(State.REQUESTED)
    if not selects:
        step = _onward(command, control, data.get("reason") or "requested")
        assert make(step)
        count(step.after)
    sdk.db.session.commit()
    log.info("command requested", command=str(command), tag=tag.name, value=value, by=user.email)
    return _again(command)


def _onward(command: uuid.UUID, control: Control | None, why: str, **conditions: Any) -> Step:
    """From `requested` on: to a second person where the tag needs one."""
    critical = control is None or control.critical
    after = State.PENDING_APPROVAL if critical else State.ARMED
    return Step(command, (State.REQUESTED,), after, why, sdk.current_actor(), **conditions)


def _of_key(user: sdk.Identity, key: str, asked: str) -> Command | None:
    mine = select(Command).where(Command.requested_by == user.id, Command.key == key)
    query = sdk.only_visible(mine, Command.asset_id)
    known = sdk.db.session.scalars(query).unique().one_or_none()
    if known is not None and known.request != asked:
        raise refusal(
            "key_reused",
            f"you asked for something else under this key, command {known.id}",
            field="Idempotency-Key",
            value=key,
            remedy="Use a new key for a new command; send the same body to repeat a request",
        )
    return known


def _other(tag_id: int) -> sdk.ApiError:
    query = select(Command).where(Command.tag_id == tag_id, Command.ended_at.is_(None))
    other = sdk.db.session.scalars(query).unique().one_or_none()
    if other is not None:
        return checks.open_command(other)
    return refusal(
        "command_open",
        "another command of this tag ended just now",
        field="tag_id",
        value=tag_id,
        remedy="Ask again",
    )


# --- deciding -------------------------------------------------------------------------------------


def _second_person(command: Command) -> None:
    if command.requested_by == sdk.current_user().id:
        raise refusal(
            "own_command",
            "who requested it cannot decide about it",
            field="id",
            value=str(command.id),
            remedy=f"Have another person with {APPROVE} do it; to withdraw it, cancel it",
            status=403,
        )


def _decide(command: Command, step: Step, code: str, message: str, remedy: str) -> None:
    done = make(step)
    sdk.db.session.commit()
    before = command.state
    sdk.db.session.refresh(command)
    if done:
        count(step.after)
        log.info("command " + step.after.value, command=str(command.id), tag=command.tag_name,
                 by=sdk.current_user().email, why=step.why)  # fmt: skip
        return
    if command.state not in step.before:
        code, message = "wrong_state", f"the command is {command.state}: {command.why}"
        remedy = "Only one that is " + " or ".join(step.before) + " can be"
    raise refusal(code, message, field="state", value=before, remedy=remedy)


def _again(command: uuid.UUID) -> Command:
    found = sdk.db.session.get(Command, command, populate_existing=True)
    assert found is not None
    return found
