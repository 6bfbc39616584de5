"""The key that signs tokens: made at the first start, shared by processes, refused when weak."""

import binascii
import secrets
from pathlib import Path

from wellhead.auth.secret_files import create_secret, read_private, secrets_folder
from wellhead.errors import ConfigError

_BYTES = 64
_MIN_BYTES = 32
_MIN_DIFFERENT = 16  # of 256 byte values; 32 random bytes have 30, and fewer than 23 never


def key_path(data_dir: Path) -> Path:
    return secrets_folder(data_dir) / "jwt.key"


def signing_key(data_dir: Path) -> bytes:
    """The key of `<data_dir>/secrets/jwt.key`, hexadecimal, created when there is none.

    Raises ConfigError for a file that is malformed, short, not random or open to others.
    """
    path = key_path(data_dir)
    create_secret(path, secrets.token_hex(_BYTES) + "\n")
    text = read_private(path).strip()
    try:
        key = binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        raise _refused(path, "is not hexadecimal") from None
    if len(key) < _MIN_BYTES:
        raise _refused(path, f"is too weak: {len(key)} bytes, at least {_MIN_BYTES} are needed")
    if len(set(key)) < _MIN_DIFFERENT:
        raise _refused(path, "is too weak: its bytes are not random")
    return key


def _refused(path: Path, problem: str) -> ConfigError:
    return ConfigError(
        f"the key that signs tokens {problem}",
        field=str(path),
        remedy=f"Write one with `openssl rand -hex {_BYTES}`, or delete the file: a new one is "
        "made, and all log in again",
    )
