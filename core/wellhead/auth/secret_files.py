"""Secrets on disk: a 0700 folder of 0600 files that appear whole or not at all."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from wellhead.errors import ConfigError


def secrets_folder(data_dir: Path) -> Path:
    """`<data_dir>/secrets`, made if need be, open to its owner only."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def create_secret(path: Path, text: str) -> bool:
    """Write a file that is not there yet; False, and nothing written, when it is.

    Of several processes that start at once one creates the file, and none sees half of it.
    """
    if path.exists():
        return False
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return True


def replace_secret(path: Path, text: str) -> None:
    """Write a file, in place of the one that may be there."""
    draft = _draft(path, text)
    try:
        os.replace(draft, path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    _sync_folder(path.parent)


def read_private(path: Path) -> str:
    """The text of a secret file. Raises ConfigError when others than its owner may touch it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigError(
            "others than the owner may read or write this secret file",
            field=str(path),
            value=f"{mode:04o}",
            remedy=f"Run chmod 600 {path}, or delete it: a new one is made, and all log in again",
        )
    return path.read_text(encoding="ascii", errors="replace")


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
