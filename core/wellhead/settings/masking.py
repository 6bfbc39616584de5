"""Keeping secrets out of error messages, logs and listings of the configuration."""

import re
from typing import Any
from urllib.parse import urlsplit

_SECRET_KEY = re.compile(r"password|passphrase|secret|token|private_key|api_key", re.IGNORECASE)
MASK = "***"


def masked(key: str, value: Any) -> Any:
    """`value` as it may be shown: hidden under a key that names a secret, and without the password
    of a URL. `None` stays, since "not set" is no secret."""
    if value is None or isinstance(value, bool):
        return value
    if _SECRET_KEY.search(key) and not key.endswith("_file"):
        return MASK
    if isinstance(value, dict):
        return {name: masked(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(key, item) for item in value]
    if isinstance(value, str):
        return _without_password(value)
    return value


def _without_password(text: str) -> str:
    try:
        password = urlsplit(text).password
    except ValueError:  # not a URL
        return str(text)
    return text.replace(f":{password}@", f":{MASK}@", 1) if password else str(text)
