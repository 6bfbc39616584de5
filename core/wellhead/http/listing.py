"""Lists: one way to page, sort and filter, for every resource."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from marshmallow import INCLUDE, Schema, ValidationError, fields
from sqlalchemy import Select, func, inspect, select
from werkzeug.datastructures import MultiDict

from wellhead.database.extension import db, platform_session
from wellhead.http.csv_export import csv_response, every, wants_csv
from wellhead.http.refusals import ApiError
from wellhead.http.units import UNITS, asked_system, is_measured, units_parameter
from wellhead.settings.checking import did_you_mean

DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 1000
MAX_PAGE = 1_000_000
_CONTROLS = ("page", "per_page", "sort", "order", "format")
_FORMATS = ("json", "csv")


class ListMeta(Schema):
    class Meta:
        unknown = INCLUDE  # a route may say more with set_meta

    total = fields.Integer(metadata={"description": "Records in all pages"})
    page = fields.Integer(metadata={"description": "Page, from 1"})
    per_page = fields.Integer(metadata={"description": "Records a page"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a list that is no field of its records.

    field: what a value is, with a description for the API's documentation
    narrow: (statement, values given, any of which will do) → the statement with fewer rows
    """

    field: fields.Field[Any]
    narrow: Callable[[Select[Any], list[Any]], Select[Any]]


class Listing:
    """What one list allows: the fields to filter by and to sort by, and filters of its own."""

    def __init__(
        self,
        schema: type[Schema],
        model: type[Any],
        filters: tuple[str, ...],
        sort: tuple[str, ...],
        extra: Mapping[str, Filter],
        shared: bool = False,
    ) -> None:
        self._schema = schema
        self._fields = schema().fields
        self._model = model
        self._filters = filters
        self._controls = (*_CONTROLS, UNITS) if is_measured(schema) else _CONTROLS
        self._sort = sort
        self._extra = extra
        self._shared = shared
        self._key = inspect(model).primary_key

    def fetch(self, statement: Select[Any]) -> tuple[list[Any], dict[str, int]]:
        """The page asked for, and its meta. Raises ApiError 422 for a parameter that cannot be."""
        arguments = request.args
        page = _number(arguments, "page", 1, MAX_PAGE)
        per_page = _number(arguments, "per_page", DEFAULT_PER_PAGE, MAX_PER_PAGE)
        statement = self._filtered(statement, arguments)
        count = select(func.count()).select_from(statement.order_by(None).subquery())
        ordered = statement.order_by(*self._ordering(arguments))
        window = ordered.limit(per_page).offset((page - 1) * per_page)
        with platform_session() if self._shared else nullcontext(db.session) as session:
            total = session.scalar(count)
            records = list(session.scalars(window).unique())
        return records, {"total": total or 0, "page": page, "per_page": per_page}

    def csv(self, statement: Select[Any]) -> Response | None:
        """The whole list, or the page asked for, as CSV; None when JSON is wanted. Raises as
        `fetch` does."""
        arguments = request.args
        asked = arguments.get("format")
        if asked not in (None, *_FORMATS):
            raise _invalid("format", str(asked), "Unknown format.", "Use json or csv")
        if not wants_csv(asked):
            return None
        if "page" in arguments or "per_page" in arguments:
            records, _ = self.fetch(statement)
            return csv_response([records], self._schema(many=True))
        ordered = self._filtered(statement, arguments).order_by(*self._ordering(arguments))
        if self._shared:  # users, keys, tenants: thousands at most, read at once
            with platform_session() as session:
                return csv_response([session.scalars(ordered).all()], self._schema(many=True))
        return csv_response(every(ordered), self._schema(many=True))

    def parameters(self) -> list[dict[str, Any]]:
        """The OpenAPI parameters of the list."""
        described = [
            _parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Page, from 1"),
            _parameter(
                "per_page",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PER_PAGE,
                    "default": DEFAULT_PER_PAGE,
                },
                "Records a page; of CSV all records unless this or page is given",
            ),
            _parameter(
                "sort",
                {"type": "string", "enum": list(self._sort), "default": self._sort[0]},
                "Field to sort by",
            ),
            _parameter(
                "order", {"type": "string", "enum": ["asc", "desc"], "default": "asc"}, "Direction"
            ),
            _parameter(
                "format",
                {"type": "string", "enum": list(_FORMATS)},
                "csv is the same as `Accept: text/csv`: the list as a file",
            ),
        ]
        return (
            described
            + [
                _parameter(name, {"type": "string"}, f"Only records with this {name}")
                for name in self._filters
            ]
            + [
                _parameter(name, {"type": "string"}, extra.field.metadata["description"])
                for name, extra in self._extra.items()
            ]
            + ([units_parameter()] if UNITS in self._controls else [])
        )

    def _filtered(self, statement: Select[Any], arguments: MultiDict[str, str]) -> Select[Any]:
        asked_system()  # an unknown word is refused for an empty list too
        for name in arguments:
            if name in self._controls:
                continue
            if name not in self._filters and name not in self._extra:
                allowed = (*self._controls, *self._filters, *self._extra)
                raise _invalid(
                    name, arguments[name], "Unknown filter.", did_you_mean(name, allowed)
                )
            extra = self._extra.get(name)
            field = extra.field if extra else self._fields[name]
            try:
                values = [field.deserialize(text) for text in arguments.getlist(name)]
            except ValidationError as error:
                raise _invalid(name, arguments[name], str(error.messages[0]), None) from error
            if extra:
                statement = extra.narrow(statement, values)
                continue
            column = getattr(self._model, field.attribute or name)
            statement = statement.where(column.in_(values))
        return statement

    def _ordering(self, arguments: MultiDict[str, str]) -> list[Any]:
        name = arguments.get("sort", self._sort[0])
        if name not in self._sort:
            raise _invalid("sort", name, "Unknown sort field.", did_you_mean(name, self._sort))
        order = arguments.get("order", "asc")
        if order not in ("asc", "desc"):
            raise _invalid("order", order, "Unknown direction.", "Use asc or desc")
        field = self._fields.get(name)
        column = getattr(self._model, (field.attribute if field else None) or name)
        direction = column.desc() if order == "desc" else column.asc()
        return [direction.nulls_last(), *self._key]  # the key makes pages stable


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _number(arguments: MultiDict[str, str], name: str, default: int, most: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    raise _invalid(name, text, f"Must be a whole number from 1 to {most}.", None)


def _invalid(field: str, value: str, message: str, remedy: str | None) -> ApiError:
    detail = {"field": field, "value": value, "message": message}
    if remedy:
        detail["remedy"] = remedy
    text = f"{field}: {message}" + (f" {remedy}" if remedy else "")
    return ApiError(422, "validation_failed", text, [detail])
