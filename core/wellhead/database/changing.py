"""Changing a record that belongs to another."""

from collections.abc import Mapping
from typing import Any

from wellhead.errors import WellheadError


def set_fields(record: Any, data: Mapping[str, Any], *, fixed: tuple[str, ...] = ()) -> None:
    """Change the fields that `data` names. Raises WellheadError for another value of a `fixed` one:
    a record does not move from one owner to another."""
    for name in fixed:
        if data.get(name, getattr(record, name)) != getattr(record, name):
            raise WellheadError(
                "a record stays where it was made",
                field=name,
                value=str(data[name]),
                remedy="Delete it and make another",
            )
    for name, value in data.items():
        setattr(record, name, value)
