"""An audit row for a write that does not pass through the ORM.

Gateways and other processes with connections of their own write it in the transaction of the
change, as the recorder does for every flush.
"""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from wellhead.audit.actor import Actor, current_actor
from wellhead.audit.values import plain

_INSERT = """
INSERT INTO core_audit
    (actor_id, actor_email, request_id, source, action, table_name, record_id, old, new)
VALUES (%(actor_id)s, %(actor_email)s, %(request_id)s, %(source)s, %(action)s, %(table_name)s,
    %(record_id)s, %(old)s, %(new)s)
"""


def audit_entry(
    action: str,
    table: str,
    record: object,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    actor: Actor | None = None,
) -> tuple[str, dict[str, Any]]:
    """(statement, parameters) for psycopg: the audit row of one write, to be executed in its
    transaction, inside the tenant.

    action: insert, update or delete; record: the primary key
    old, new: column → value, as they may be shown; for an update those that changed
    actor: on whose account; None = who the code runs for
    """
    who = actor or current_actor()
    return _INSERT, {
        "actor_id": who.user_id,
        "actor_email": who.email,
        "request_id": who.request_id,
        "source": who.source,
        "action": action,
        "table_name": table,
        "record_id": str(record),
        "old": None if old is None else Jsonb(plain(old)),
        "new": None if new is None else Jsonb(plain(new)),
    }
