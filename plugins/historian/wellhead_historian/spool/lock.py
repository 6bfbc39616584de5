"""One process a spool file: a lock that ends with the process that holds it."""

import fcntl
from pathlib import Path
from typing import IO

from wellhead_historian.spool.types import SpoolError


def lock(path: Path) -> IO[bytes]:
    """The lock of the spool at `path`, held until it is closed. Raises SpoolError."""
    file = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise SpoolError(
            "another process has the spool open",
            field=str(path),
            remedy="Stop it, or give this gateway another name",
        ) from error
    return file
