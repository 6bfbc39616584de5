"""How far a spool is stored: what it and the ledger know of each other.

They are compared at each connection, before anything is stored: either may have been restored from
a copy, be in use twice, or belong to another.
"""

from contextlib import suppress
from typing import Any

import psycopg
import structlog

from wellhead import sdk
from wellhead_historian.forwarding import gaps, ledger
from wellhead_historian.spool.file import STORED
from wellhead_historian.spool.spool import Spool, SpoolError

_OPENED = "forwarder.opened"
"""Document of the spool: the highest id given before the file was opened for the first time since a
forwarder last looked into the ledger. A copy may be opened several times before it can."""
_KNOWN = "forwarder.known"
"""Document of the spool: the identity by which a ledger knows it."""
log = structlog.get_logger(__name__)


class OtherDatabase(sdk.WellheadError):
    """The database never had anything of a spool that was stored in one before."""


class Progress:
    """Of `spool`. position: its last entry that is stored"""

    def __init__(self, spool: Spool) -> None:
        self.position = 0
        self._spool = spool
        self._ledger = 0  # what it says of the spool as it is called now
        self._opened: int | None = None
        self._first_time = True

    def open(self) -> None:
        """Note when the file was opened, before the first connection."""
        if self._opened is not None:
            return
        known = self._spool.load(_OPENED)
        self._opened = self._spool.opened_at if known is None else int(known)
        if known is None:
            with suppress(SpoolError):  # no room: readings are stored all the same
                self._spool.save(_OPENED, self._opened).result()

    def store(self, through: int) -> None:
        """Entries up to `through` are stored, and the ledger says so."""
        self.position = self._ledger = through
        self._spool.remove(through)

    def reconcile(self, connection: psycopg.Connection[Any]) -> None:
        """Learn from the ledger what is stored, and delete that from the spool. Raises
        OtherDatabase, psycopg.Error and SpoolError."""
        self._check(connection)
        if self._first_time:
            self._ledger = self._spool.load(STORED) or 0
        with connection.transaction():
            stored = ledger.position(connection, self._spool.id)
            if stored < self._ledger:
                # Another server took over, or a backup: what the spool still has goes there again.
                log.error("historian: the database is an older one, and lacks what it had stored")
                gaps.note_older(connection, self._spool.id)
                self.position = stored
        self._ledger = stored
        ours = self._opened if self._first_time else self._spool.last
        if ours is not None and stored > ours:
            # The ledger is ahead: the file is a restored copy, or a copy of it is in use. What that
            # brought is stored; what this got since must not be taken for it, so it goes on under a
            # new identity.
            log.warning("historian: the spool file is an old copy", spool=str(self._spool.path))
            stored = self.position = ours if self._first_time else self.position
            # Deleted by the commit that renews: under its new identity nobody would know of them.
            self._spool.remove(stored)
            self._spool.renew().result()
            self._ledger = 0
            with connection.transaction():
                ledger.position(connection, self._spool.id)
        self._note()
        self._first_time = False
        self.position = max(self.position, stored)
        self._spool.remove(self.position)

    def _check(self, connection: psycopg.Connection[Any]) -> None:
        """Raises OtherDatabase when what waits has the tags and sources of another database."""
        spool = self._spool
        if spool.load(_KNOWN) != str(spool.id):
            return
        with connection.transaction():
            known = ledger.knows(connection, spool.id)
        if known:
            return
        waits = spool.backlog[0] > 0 or not self._first_time  # a running gateway has its tags, too
        if not waits:
            # It goes on as this one's. With the same identity it would do so at the other as well.
            spool.renew().result()
        else:
            raise OtherDatabase(
                "the database has never had anything of this spool, but another had: its tenant or "
                "itself was made anew, and the readings here are of the other's tags",
                field="spool",
                value=str(spool.path),
                remedy="Bring the other database back; or stop the gateway, move this file away, "
                "and start it again",
            )

    def _note(self) -> None:
        """Both documents as they are from now on."""
        if self._first_time and self._spool.load(_OPENED) is not None:
            self._spool.save(_OPENED, None).result()  # before anything raises the ledger
        identity = str(self._spool.id)
        if self._spool.load(_KNOWN) != identity:
            with suppress(SpoolError):  # no room: said at the next connection
                self._spool.save(_KNOWN, identity).result()
