"""`?units=oilfield|metric`: records as they were entered, or in the units a reader is used to.

A schema says which of its numbers are measured and which field of the record names their unit:
`Measured(unit_field="depth_unit")`. Without the parameter a record is answered as it was entered,
and that is what ETags are made of; what is sent is always in the unit it names.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import has_request_context, request
from marshmallow import Schema, fields, validate

from wellhead.http.fields import AsKept
from wellhead.http.refusals import ApiError
from wellhead.units import System, convert, shown_in

UNITS = "units"
_WORDS = tuple(system.value for system in System)
_ABOUT = "Units of the answer; without it as entered"
_as_entered: ContextVar[bool] = ContextVar("wellhead_as_entered", default=False)


class Measured(fields.Float):
    """A number with a unit.

    unit_field: the field of the same schema that names the unit
    quantity: what is measured, of `wellhead.units.QUANTITIES`; None = what the unit usually means
    quantity_field: the field of the record that names the quantity, when that is the record's too
    """

    def __init__(
        self,
        *,
        unit_field: str,
        quantity: str | None = None,
        quantity_field: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.unit_field = unit_field
        self.quantity = quantity
        self.quantity_field = quantity_field
        shown = {"x-unit-field": unit_field} | ({"x-quantity": quantity} if quantity else {})
        super().__init__(metadata={**(metadata or {}), **shown}, **options)


def units_field() -> fields.String:
    """The parameter, for a view whose query has a schema of its own."""
    return fields.String(validate=validate.OneOf(_WORDS), metadata={"description": _ABOUT})


def units_parameter() -> dict[str, Any]:
    """The parameter as OpenAPI describes it."""
    return {
        "name": UNITS,
        "in": "query",
        "schema": {"type": "string", "enum": list(_WORDS)},
        "description": _ABOUT,
    }


def is_measured(schema: type[Schema]) -> bool:
    """Whether any number of the schema has a unit, or of what is nested in it. What is
    shown as it was kept stays as it was."""
    return any(map(_has_unit, schema._declared_fields.values()))


def _has_unit(field: fields.Field[Any]) -> bool:
    if isinstance(field, fields.List):
        return _has_unit(field.inner)
    if isinstance(field, fields.Nested) and not isinstance(field, AsKept):
        return is_measured(type(field.schema))
    return isinstance(field, Measured)


def asked_system() -> System | None:
    """What the request being answered wants units of. Raises ApiError 422 for another word."""
    if _as_entered.get() or not has_request_context() or request.method != "GET":
        return None
    word = request.args.get(UNITS)
    if word is None:
        return None
    if word not in _WORDS:
        remedy = f"Use {' or '.join(_WORDS)}, or leave it out for the units as entered"
        detail = {"field": UNITS, "value": word, "message": "Unknown units.", "remedy": remedy}
        raise ApiError(422, "validation_failed", f"units: Unknown units. {remedy}", [detail])
    return System(word)


@contextmanager
def as_entered() -> Iterator[None]:
    """Records are shown as entered within the block, whatever the request asks for."""
    token = _as_entered.set(True)
    try:
        yield
    finally:
        _as_entered.reset(token)


def in_asked_units(schema: Schema, shown: dict[str, Any]) -> dict[str, Any]:
    """A record that `schema` has dumped, its measured numbers and unit fields converted."""
    system = asked_system()
    if system is None:
        return shown
    units: dict[str, str] = {}
    for name, field in schema.fields.items():
        unit = shown.get(field.unit_field) if isinstance(field, Measured) else None
        if not isinstance(field, Measured) or unit is None:
            continue
        quantity = shown.get(field.quantity_field or "", field.quantity)
        target = shown_in(unit, quantity, system) or unit
        if shown.get(name) is not None:
            number = convert(float(shown[name]), unit, target)
            shown[name] = number if math.isfinite(number) else None  # JSON has no infinity
        units[field.unit_field] = target
    return shown | units
