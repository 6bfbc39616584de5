"""The data directory: can it be written, is there room, are the secrets secret; and the clock."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import wellhead
from wellhead.disk import room
from wellhead.plugins.contributions import Finding


def look_at_files(data_dir: Path) -> Iterator[Finding]:
    """data_dir: as configured; it need not exist yet."""
    if not data_dir.exists():
        yield Finding("files", "info", f"{data_dir} is not there yet", "`wellhead run` makes it")
        return
    if not (data_dir.is_dir() and os.access(data_dir, os.R_OK | os.W_OK | os.X_OK)):
        yield Finding(
            "files",
            "action",
            f"{data_dir} cannot be written by this user",
            f"chown it to the user that runs Wellhead, or run doctor as that user: {data_dir}",
        )
        return
    yield Finding("files", "ok", f"{data_dir} can be written")
    yield _room(data_dir)
    yield from _secrets(data_dir / "secrets")


def _room(data_dir: Path) -> Finding:
    enough, text = room(data_dir)
    if enough:
        return Finding("files", "ok", text)
    remedy = "Free some: at a full disk PostgreSQL stops and spools refuse readings"
    return Finding("files", "action", text, remedy)


def _secrets(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        return
    open_ones = [
        path
        for path in (folder, *sorted(folder.iterdir()))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    for path in open_ones:
        mode, right = stat.S_IMODE(path.stat().st_mode), "700" if path.is_dir() else "600"
        yield Finding(
            "files",
            "action",
            f"{path} is open to others (mode {mode:04o})",
            f"chmod {right} {path}; a secret that others may have read is better made anew",
        )
    if not open_ones:
        yield Finding("files", "ok", f"{folder} is its owner's only")


def look_at_clock() -> Finding:
    """A machine whose battery is empty wakes up years ago: before this package was installed."""
    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)) + " UTC"
    if now >= _installed_at():
        return Finding("clock", "ok", shown)
    remedy = "Set the clock, and keep it with chrony or ntpd"
    return Finding("clock", "action", f"{shown} is before Wellhead was installed", remedy)


def _installed_at() -> float:
    return Path(wellhead.__file__).stat().st_mtime
