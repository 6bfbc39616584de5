"""Measured values as people enter them: a number with its unit, kept as entered.

Where a record has one unit for several numbers (depths), `Measured(unit_field=…)` is shorter; where
each number has a unit of its own (a mud report, a bit record), a field of `quantity_field` takes
`{"value": 12.5, "unit": "ppg"}`, a column of `QuantityColumn` keeps it, and calculations ask it for
the unit that they need.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from wellhead.errors import WellheadError
from wellhead.http.blueprint import BaseSchema
from wellhead.http.fields import Whole, about
from wellhead.http.units import Measured
from wellhead.units import QUANTITIES, check_unit, convert


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in `unit`, as it was entered."""

    value: float
    unit: str

    def to(self, unit: str) -> float:
        """The value in another unit. Raises WellheadError when that measures something else."""
        return convert(self.value, self.unit, unit)


class QuantityColumn(TypeDecorator[Quantity]):
    """A column that holds a Quantity, as jsonb `{"value": …, "unit": …}`."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Quantity | None, dialect: Any) -> Any:
        return None if value is None else {"value": value.value, "unit": value.unit}

    def process_result_value(self, value: Any, dialect: Any) -> Quantity | None:
        return None if value is None else Quantity(value["value"], value["unit"])


class PartsColumn(TypeDecorator[list[dict[str, Any]]]):
    """A column of parts that are read and written with their record alone: nozzles, stations,
    points. jsonb on disk; a Quantity in a part stays one."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: list[dict[str, Any]] | None, dialect: Any) -> Any:
        return _plain(value)

    def process_result_value(self, value: Any, dialect: Any) -> list[dict[str, Any]] | None:
        return None if value is None else [_part(part) for part in value]


def _plain(value: Any) -> Any:
    if isinstance(value, Quantity):
        return {"value": value.value, "unit": value.unit}
    if isinstance(value, dt.date):  # or an instant
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {
        key: Quantity(**item) if isinstance(item, dict) and set(item) == _QUANTITY else item
        for key, item in part.items()
    }


_QUANTITY = {"value", "unit"}


def quantity_field(
    quantity: str, low: float, high: float, unit: str, text: str, **options: Any
) -> fields.Nested:
    """A field of a value with its unit, loaded as a Quantity; null for none unless it is required.

    quantity: what is measured, of `units.QUANTITIES`
    low, high: what the value must lie within, in `unit`
    """

    options = {"allow_none": not options.get("required", False)} | options
    return _Within(
        _schema(quantity),
        bounds=(low, high, unit),
        metadata=about(f"{text}; {low:g} to {high:g} {unit}"),
        **options,
    )


class _Within(Whole):
    """A Quantity within bounds; what lies outside is an error of its value."""

    def __init__(self, *arguments: Any, bounds: tuple[float, float, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bounds = bounds

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        value: Quantity = super()._deserialize(*arguments, **options)
        low, high, unit = self.bounds
        if not low <= value.to(unit) <= high:
            raise ValidationError({"value": [f"Must be {low:g} to {high:g} {unit}."]})
        return value


_EITHER = ("psi", "bar")
"""Units that people write for gauge and for absolute pressure alike."""


@cache
def _schema(quantity: str) -> type[BaseSchema]:
    row = QUANTITIES[quantity]

    class Loaded(BaseSchema):
        @validates("unit")
        def _measures(self, unit: str, data_key: str) -> None:
            if quantity == "absolute_pressure" and unit in _EITHER:
                raise ValidationError(
                    f"{unit} is read as gauge or as absolute pressure: send {unit}a"
                )
            try:
                check_unit(unit, quantity)
            except WellheadError as error:
                raise ValidationError(str(error)) from error

        @post_load
        def _made(self, data: dict[str, Any], **_: Any) -> Quantity:
            return Quantity(**data)

    value = Measured(
        unit_field="unit",
        quantity=quantity,
        required=True,
        allow_nan=False,
        metadata=about(f"{row.title}, in unit"),
    )
    unit = fields.String(
        required=True, metadata=about(f"Unit of value: {row.metric}, {row.oilfield} …")
    )
    name = "".join(word.capitalize() for word in quantity.split("_"))
    return type(f"{name}QuantitySchema", (Loaded,), {"value": value, "unit": unit})
