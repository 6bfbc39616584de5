"""Commits that wait for the database's disk, also on a server where others do not.

Whoever sends readings forgets them once they are stored. With `synchronous_commit = off` a server
answers a commit up to a second before it is on disk, and a crash takes it back. Settings that ask
for more than the disk, such as a standby's, stay as they are.
"""

from typing import Any

import psycopg

_WAIT = (
    "SELECT set_config('synchronous_commit', 'on', %s) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)


def wait_for_disk(connection: psycopg.Connection[Any], *, once: bool) -> None:
    """Have commits of `connection` wait; `once`: that of the transaction which it is in."""
    connection.execute(_WAIT, (once,))
