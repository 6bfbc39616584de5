"""What of the SDK is on its way out: all of it in one place, each with what to use instead.

A name listed here is no longer in `sdk.__all__` and still works; using it warns, with the file and
line that does.
"""

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Deprecated:
    """since, removed_in: versions of the plugin API; instead: what to write; target: where the old
    thing is, `module:attribute`."""

    since: str
    removed_in: str
    instead: str
    target: str


DEPRECATED: dict[str, Deprecated] = {}


def deprecated_name(name: str) -> Any:
    """What `sdk.<name>` meant, with a DeprecationWarning at whoever asks; for `__getattr__` of the
    SDK. Raises AttributeError for a name that never was, or is gone."""
    old = DEPRECATED.get(name)
    if old is None:
        raise AttributeError(f"module 'wellhead.sdk' has no attribute {name!r}")
    warnings.warn(
        f"sdk.{name} is deprecated since plugin API {old.since} and goes with {old.removed_in}; "
        f"use {old.instead}",
        DeprecationWarning,
        stacklevel=3,  # past this function and `__getattr__`
    )
    module, _, attribute = old.target.partition(":")
    return getattr(import_module(module), attribute)
