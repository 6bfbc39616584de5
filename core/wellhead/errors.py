"""The error Wellhead raises on purpose: it names the field, the value and the remedy."""

from typing import Any


class WellheadError(Exception):
    """A problem somebody can act on.

    `field` says where (a config key, a column, a JSON field), `value` what was found there and
    `remedy` what to do. `str()` gives one line with all of them.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: Any = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        found = f" (found {self.value!r})" if self.value is not None else ""
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{found}{remedy}"


class ConfigError(WellheadError):
    """The configuration cannot be used as it is."""


class DatabaseError(WellheadError):
    """The database cannot be reached or is not in the state the code needs."""


class DatabaseAway(DatabaseError):
    """The database cannot be reached; it may be later."""
