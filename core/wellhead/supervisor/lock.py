"""One `wellhead run` a data directory, by a lock that goes with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wellhead.errors import ConfigError


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory. Raises ConfigError when another process does."""
    with (data_dir / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(
                "another `wellhead run` uses this data directory",
                field="data_dir",
                value=str(data_dir),
                remedy="Stop it first, or choose another one with WELLHEAD_DATA_DIR",
            ) from None
        yield


def is_held(data_dir: Path) -> bool:
    """Whether a `wellhead run` holds the data directory now."""
    try:
        with only_one(data_dir):
            return False
    except ConfigError:
        return True
    except OSError:  # no such folder, or none of ours
        return False
