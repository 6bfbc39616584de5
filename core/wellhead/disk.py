"""The room that the data directory's disk has left."""

import shutil
from pathlib import Path

_LEAST_FREE_BYTES = 1 << 30
_GIB = 1 << 30


def room(data_dir: Path) -> tuple[bool, str]:
    """(whether it is enough, how much it is, for people). Raises OSError without the folder."""
    usage = shutil.disk_usage(data_dir)
    text = f"{usage.free / _GIB:.1f} of {usage.total / _GIB:.1f} GiB free at {data_dir}"
    return usage.free >= _LEAST_FREE_BYTES, text
