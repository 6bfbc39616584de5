"""Steps of commands for live clients: the command as the list shows it, after the step."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_scada.commands.models import Command
from wellhead_scada.commands.schemas import CommandDetailSchema

_SCHEMA = CommandDetailSchema()


def shown(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The command of an event with its history; None for a user who may not see its tag."""
    query = select(Command).where(Command.id == uuid.UUID(data["id"]))
    seen = sdk.only_visible(query, Command.asset_id)
    command = sdk.db.session.scalars(seen).unique().one_or_none()
    found: Mapping[str, Any] | None = None if command is None else _SCHEMA.dump(command)
    return found
