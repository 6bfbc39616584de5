"""What the plugin's tables have in common: the registry, a place in a wellbore, lists of parts."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from wellhead import sdk
from wellhead_wells.models import Wellbore

Base: Any = sdk.model_base("drilling")


class PartsColumn(TypeDecorator[list[dict[str, Any]]]):
    """A column of parts that are read and written with their record alone: nozzles, components,
    joints. jsonb on disk; a Quantity in a part stays one."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: list[dict[str, Any]] | None, dialect: Any) -> Any:
        return _plain(value)

    def process_result_value(self, value: Any, dialect: Any) -> list[dict[str, Any]] | None:
        return None if value is None else [_part(part) for part in value]


def _plain(value: Any) -> Any:
    if isinstance(value, sdk.Quantity):
        return {"value": value.value, "unit": value.unit}
    if isinstance(value, dt.datetime):
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
        key: sdk.Quantity(**item) if isinstance(item, dict) and set(item) == _QUANTITY else item
        for key, item in part.items()
    }


_QUANTITY = {"value", "unit"}


class InWellbore(sdk.RecordMixin):
    """A record of one wellbore, with depths along it.

    depth_unit, depth_datum: of all depths of the record, which are kept as entered
    asset_id: the wellbore's node of the plant tree, which decides who sees the record
    """

    depth_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]

    @declared_attr
    def wellbore_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Wellbore.id), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return sdk.column_of(Wellbore.asset_id, cls.wellbore_id)
