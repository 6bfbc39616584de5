"""Fields that every schema shares, each with the description that the API's document asks for."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead.assets.limits import shown_parent


class Instant(fields.AwareDateTime):
    """A time with its zone (RFC 3339); in UTC with Z on the way out."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(value.astimezone(dt.UTC).isoformat()).replace("+00:00", "Z")


class ParentAsset(fields.UUID):
    """The asset that a record's own, `asset_id`, hangs under: null for none, and for a user who may
    see the record but not that."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        shown = shown_parent(obj.asset_id, value)
        return super()._serialize(shown, attr, obj, **kwargs)


class Whole(fields.Nested):
    """An item that is always sent whole, in a PATCH too."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kwargs)


class AsKept(fields.Nested):
    """A record as its schema showed it once, stored so and shown again unchanged: what was approved
    or validated of it."""

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # as marshmallow's Nested has it
        return nested_obj


def about(text: str) -> dict[str, str]:
    """A field's `metadata`: what the API's document says of it."""
    return {"description": text}


def line_field(text: str, most: int = 100, **options: Any) -> fields.String:
    """One line of printable characters, 1 to `most` of them, with no blank at its ends."""
    return fields.String(
        validate=[validate.Length(1, most), _printable], metadata=about(text), **options
    )


def prose_field(text: str, most: int = 1000, **options: Any) -> fields.String:
    """Printable text of several lines, 1 to `most` characters; null for none."""
    options = {"allow_none": True} | options
    return fields.String(
        validate=[validate.Length(1, most), _prose], metadata=about(text), **options
    )


def choice_field(words: Iterable[str], text: str, **options: Any) -> fields.String:
    """One of `words`."""
    return fields.String(validate=validate.OneOf(list(words)), metadata=about(text), **options)


def number_field(low: float, high: float, text: str, *, unit: str, **options: Any) -> fields.Float:
    """A number from `low` to `high` whose unit is always `unit` ("1" for a plain number)."""
    return fields.Float(
        validate=validate.Range(low, high), metadata=about(text) | {"x-unit": unit}, **options
    )


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Must be one line of printable characters.")
    if text != text.strip():
        raise ValidationError("Must not begin or end with a blank.")


def _prose(text: str) -> None:
    if not all(character.isprintable() or character in "\n\t" for character in text):
        raise ValidationError("Must be printable text.")
