"""The blueprint every resource uses: envelope, permission, and lists that page, sort and filter."""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, TypeVar

import flask_smorest
from flask import g
from marshmallow import RAISE, Schema, fields, post_dump

from wellhead.assets.limits import check_column, only_visible
from wellhead.http.bodies import BodyParser
from wellhead.http.conditional import (
    ETAG_HEADER,
    IF_MATCH,
    IF_NONE_MATCH,
    answer_if_changed,
    change_if_unchanged,
)
from wellhead.http.csv_export import CSV
from wellhead.http.errors import ErrorEnvelope
from wellhead.http.listing import Filter, Listing, ListMeta
from wellhead.http.units import in_asked_units, is_measured, units_parameter

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
ACCESS = "_wellhead_access"
ASSETS = "_wellhead_assets"
"""What a view says of users limited to assets: `within`, `any` or `none`; where it says nothing
they do not get in either."""
LOGIN = "_wellhead_login"
"""Set on a view that refuses API keys."""
_DATA = {"description": "What was asked for"}


class BaseSchema(Schema):
    """Base of all schemas: a field nobody asked for is an error, not silence.

    volatile: fields that change without anybody editing the record, like a device's state; they
        make no edit collide (see `Blueprint.changes`)
    envelope_meta: what the answer's `meta` holds beside one such record, for the documentation
    """

    volatile: tuple[str, ...] = ()
    envelope_meta: type[Schema] | None = None

    class Meta:
        unknown = RAISE

    @post_dump
    def _in_asked_units(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_asked_units(self, shown)


@cache
def _envelope(schema_class: type[Schema] | None, many: bool) -> type[Schema]:
    data: fields.Field[Any]
    if schema_class is None:
        data = fields.Raw(allow_none=True, metadata={"description": "Always null"})
        name = "EmptyEnvelope"
    elif many:
        data = fields.List(fields.Nested(schema_class), metadata=_DATA)
        name = f"{schema_class.__name__.removesuffix('Schema')}ListEnvelope"
    else:
        data = fields.Nested(schema_class, metadata=_DATA)
        name = f"{schema_class.__name__.removesuffix('Schema')}Envelope"
    attributes: dict[str, Any] = {
        "__module__": getattr(schema_class, "__module__", __name__),  # whose it is
        "success": fields.Boolean(required=True, metadata={"description": "Always true"}),
        "data": data,
    }
    if many:
        attributes["meta"] = fields.Nested(
            ListMeta, metadata={"description": "How much there is, of lists that page"}
        )
    elif meta := getattr(schema_class, "envelope_meta", None):
        attributes["meta"] = fields.Nested(meta, metadata={"description": "About the data"})
    return type(name, (Schema,), attributes)


class Blueprint(flask_smorest.Blueprint):
    """A flask-smorest blueprint with enveloped answers, whose views ask for a permission."""

    ARGUMENTS_PARSER = BodyParser()

    def __init__(self, name: str, *, url_prefix: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)

    @staticmethod
    def permission(name: str) -> Callable[[View], View]:
        """Only users with this permission may call the view."""

        def decorate(view: View) -> View:
            setattr(view, ACCESS, name)
            return view

        return decorate

    @staticmethod
    def public(view: View) -> View:
        """Anyone may call the view, logged in or not."""
        setattr(view, ACCESS, PUBLIC)
        return view

    @staticmethod
    def within_assets(view: View) -> View:
        """Users limited to assets may call the view, which gives and takes only what they may see
        (`sdk.only_visible`, `sdk.require_asset`). A view without it, or `any_asset`, refuses them.
        """
        setattr(view, ASSETS, "within")
        return view

    @staticmethod
    def any_asset(view: View) -> View:
        """Users limited to assets may call the view: it has nothing to do with assets."""
        setattr(view, ASSETS, "any")
        return view

    @staticmethod
    def unlimited_only(view: View) -> View:
        """Users limited to assets may not call the view. It is so without this too: this says that
        it is meant."""
        setattr(view, ASSETS, "none")
        return view

    @staticmethod
    def login_only(view: View) -> View:
        """Only people who have logged in may call the view, no program with an API key."""
        setattr(view, LOGIN, "only")
        return view

    def listing(
        self,
        schema: type[Schema],
        model: type[Any],
        *,
        filters: tuple[str, ...] = (),
        sort: tuple[str, ...],
        extra: Mapping[str, Filter] | None = None,
        asset: Any = None,
        shared: bool = False,
    ) -> Callable[[View], Any]:
        """For a view that returns a `select(model)`: adds paging, sorting by `sort` (the first is
        the default) and equality filters on fields of `schema`, and answers with the list.

        extra: filters that are no fields, by name
        asset: the column that leads to a record's asset; users limited to assets get the records
        whose asset they may see. Without it the view is closed to them, unless it says otherwise.
        shared: the records are in the schema `platform`, where no wall keeps tenants apart: the
        statement has to name the tenant
        """
        check_column(model, asset)
        listing = Listing(schema, model, filters, sort, extra or {}, shared)

        def decorate(view: View) -> Any:
            @wraps(view)
            def fetch(*args: Any, **kwargs: Any) -> Any:
                statement = view(*args, **kwargs)
                if asset is not None:
                    statement = only_visible(statement, asset)
                file = listing.csv(statement)
                if file is not None:
                    return file
                records, g.wellhead_meta = listing.fetch(statement)
                return records

            if asset is not None:
                self.within_assets(fetch)
            table = {"content": {CSV: {"schema": {"type": "string"}}}}
            documented = self.doc(parameters=listing.parameters(), responses={200: table})(fetch)
            return self.response(200, schema(many=True))(documented)

        return decorate

    def reads(self, schema: type[Schema]) -> Callable[[View], Any]:
        """For a view that returns one record: answers with it and its ETag, or with 304 when
        If-None-Match names that."""

        def decorate(view: View) -> Any:
            tagged = answer_if_changed(view, schema, self._prepare_response_content)
            units = [units_parameter()] if is_measured(schema) else []
            documented = self.doc(
                parameters=[IF_NONE_MATCH, *units], responses={200: {"headers": ETAG_HEADER}}
            )(tagged)
            answered = self.response(200, schema)(documented)
            return self.alt_response(304, response="NOT_MODIFIED")(answered)

        return decorate

    def changes(
        self,
        schema: type[Schema],
        held: Callable[..., Any] | None,
        *,
        deletes: bool = False,
    ) -> Callable[[View], Any]:
        """For a view that changes one record and returns it, or deletes it: refused with 412 when
        If-Match is sent and does not name the record as it is.

        held: the path's arguments by name → the record, read afresh and locked to the end of the
        transaction, so that of two with the same ETag one wins; raises ApiError 404. None for a
        record of the schema `platform`, which only the view's own transaction can lock: the view
        asks `require_unchanged`
        """

        def decorate(view: View) -> Any:
            checked = change_if_unchanged(view, schema, held, self._prepare_response_content)
            headers = {} if deletes else {"headers": ETAG_HEADER}
            documented = self.doc(parameters=[IF_MATCH], responses={200: headers})(checked)
            answered = self.response(200, None if deletes else schema)(documented)
            return self.alt_response(412, response="PRECONDITION_FAILED")(answered)

        return decorate

    def alt_response(self, status_code: Any, response: Any = None, **described: Any) -> Any:
        """Document another answer; a refusal, where nothing else is said, as every error is."""
        if response is None and int(status_code) >= 400:
            described.setdefault("schema", ErrorEnvelope)
        return super().alt_response(status_code, response, **described)

    @staticmethod
    def _make_doc_response_schema(schema: Schema | None) -> Any:
        if isinstance(schema, ErrorEnvelope):
            return schema
        if schema is None:
            return _envelope(None, False)
        return _envelope(type(schema), bool(schema.many))

    @staticmethod
    def _prepare_response_content(data: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"success": True, "data": data}
        meta = g.pop("wellhead_meta", None)
        if meta is not None:
            body["meta"] = meta
        return body


def set_meta(meta: dict[str, Any]) -> None:
    """Add `meta` to the answer of the current request."""
    g.wellhead_meta = meta
