"""The standard resource: list, create, read, change and delete one model, written once."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask.views import MethodView
from marshmallow import Schema
from sqlalchemy import Select, inspect, select

from wellhead.assets.limits import check_column, outside, sees
from wellhead.auth.identity import asset_limit
from wellhead.database.extension import db
from wellhead.database.one_row import OneRow
from wellhead.http.blueprint import Blueprint
from wellhead.http.bulk import Bulk, BulkResultSchema, Importing
from wellhead.http.conditional import hold
from wellhead.http.csv_export import CSV
from wellhead.http.holders import Kind, set_kind
from wellhead.http.listing import Filter
from wellhead.http.refusals import not_found

_METHODS = ("list", "create", "bulk", "get", "update", "delete")


class Resource:
    """Registers GET and POST on `path`, POST on `path/bulk`, and GET, PATCH and DELETE on
    `path/<id>` of a blueprint.

    name, plural: for operationIds (listWells, createWell, createWells, getWell, updateWell,
    deleteWell)
    read, write: permissions
    filters, sort: fields of `schema` that a list may be filtered and sorted by
    create: data → a new record (not yet added); default the model with the data as its attributes
    update: (record, data) → None; default sets the attributes
    delete: record → None; default deletes it
    select: → the statement a list begins with; default all records
    extra: filters that are no fields, by name
    importing: what POST on `path/bulk` does otherwise with rows that are imported
    lists: short lists of a record (`Well.datums`), of records of another kind that are its alone,
        that are read with it in one statement instead of one each, which is most of what reading it
        costs
    instead: what to do with a record that cannot be deleted because others refer to it that nobody
        deletes, "Set its status to abandoned"; default: change what is wrong about it
    removal: what deletes a record where no request does, "Have an administrator run `…`"
    methods: which of list, create, bulk, get, update and delete there are
    asset: the column that leads to a record's asset: users limited to assets find, list, make and
    change the records whose asset they may see, and no others. Without it they do not get in
    """

    def __init__(
        self,
        blueprint: Blueprint,
        *,
        path: str,
        model: type[Any],
        schema: type[Schema],
        name: str,
        plural: str,
        read: str,
        write: str,
        filters: tuple[str, ...] = (),
        sort: tuple[str, ...],
        create: Callable[[dict[str, Any]], Any] | None = None,
        update: Callable[[Any, dict[str, Any]], None] | None = None,
        delete: Callable[[Any], None] | None = None,
        select: Callable[[], Select[Any]] | None = None,
        extra: Mapping[str, Filter] | None = None,
        asset: Any = None,
        importing: Importing | None = None,
        lists: Sequence[Any] = (),
        instead: str | None = None,
        removal: str | None = None,
        methods: tuple[str, ...] = _METHODS,
        id_converter: str = "uuid",
    ) -> None:
        self.model = model
        self._blueprint = blueprint
        self._schema = schema
        self._name = name
        self._title = name.replace("_", " ")
        self._one = f"{'an' if name[0] in 'aeio' else 'a'} {self._title}"  # a user, a unit
        self._singular = _camel(name)
        self._plural = _camel(plural)
        self._plural_title = plural.replace("_", " ")
        self._read = read
        self._write = write
        self._filters = filters
        self._sort = sort
        self._create = create or (lambda data: model(**data))
        self._update = update or _set_attributes
        self._delete = delete or db.session.delete
        self._select = select or self._all
        self._extra = extra
        self._importing = importing
        self._lists = lists
        check_column(model, asset)
        self._asset = asset
        self._key = inspect(model).primary_key[0]
        place = f"{blueprint.url_prefix}{path}"
        set_kind(Kind(model, self._title, self._plural_title, place, read, instead, removal))
        self._register(path, methods, id_converter)
        if lists:  # a plugin with one that cannot be read so is off, before anybody asks for it
            blueprint.record(lambda _: self._row)

    def find(self, key: Any) -> Any:
        """The record, or ApiError 404, also for one that the caller may not see."""
        record = self._row.read(key)
        if record is None or not self._visible(key):
            raise not_found(self._title, key)
        return record

    def held(self, id: Any) -> Any:  # noqa: A002 (the name in the path)
        """The record as it is now, locked to the end of the transaction, or ApiError 404."""
        record = hold(self.model, id) if self._visible(id) else None
        if record is None:
            raise not_found(self._title, id)
        return record

    @cached_property
    def _row(self) -> OneRow:
        """Made when it is needed: relationships lead to models that may not be there before."""
        return OneRow(self.model, self._lists)

    def _visible(self, key: Any) -> bool:
        if asset_limit() is None:
            return True
        if self._asset is None:
            return False
        return sees(select(self._asset).where(self._key == key))

    def _keep_visible(self, record: Any) -> None:
        """Raises WellheadError when the caller has put the record where they may not see it."""
        if asset_limit() is not None:
            db.session.flush()
            if not self._visible(inspect(record).identity[0]):
                raise outside(self._asset.key)

    def _all(self) -> Select[Any]:
        return select(self.model)

    def _register(self, path: str, methods: tuple[str, ...], id_converter: str) -> None:
        many: dict[str, Any] = {}
        bulk: dict[str, Any] = {}
        one: dict[str, Any] = {}
        if "list" in methods:
            many["get"] = self._list_view()
        if "create" in methods:
            many["post"] = self._create_view()
        if "bulk" in methods:
            bulk["post"] = self._bulk_view()
        if "get" in methods:
            one["get"] = self._get_view()
        if "update" in methods:
            one["patch"] = self._update_view()
        if "delete" in methods:
            one["delete"] = self._delete_view()
        rules = (
            (f"{path}", many, self._plural),
            (f"{path}/bulk", bulk, f"{self._plural}Bulk"),
            (f"{path}/<{id_converter}:id>", one, self._singular),
        )
        blp = self._blueprint
        described = [{"in": "path", "name": "id", "description": f"Id of the {self._title}"}]
        for rule, views, title in rules:
            if views:
                view_class = type(f"{title}View", (MethodView,), views)
                limit = blp.unlimited_only if self._asset is None else blp.within_assets
                for view in views.values():
                    limit(view)
                blp.route(rule, parameters=described if views is one else None)(view_class)

    def _list_view(self) -> Any:
        blp = self._blueprint

        @blp.permission(self._read)
        @blp.doc(operationId=f"list{self._plural}", summary=f"List {self._plural_title}")
        @blp.listing(
            self._schema,
            self.model,
            filters=self._filters,
            sort=self._sort,
            extra=self._extra,
            asset=self._asset,
        )
        def get(view: MethodView) -> Any:
            return self._select()

        return get

    def _create_view(self) -> Any:
        blp = self._blueprint

        @blp.permission(self._write)
        @blp.doc(operationId=f"create{self._singular}", summary=f"Create {self._one}")
        @blp.arguments(self._schema)
        @blp.response(201, self._schema)
        def post(view: MethodView, data: dict[str, Any]) -> Any:
            record = self._create(data)
            self._keep(record)
            db.session.commit()
            return record

        return post

    def _keep(self, record: Any) -> None:
        db.session.add(record)
        self._keep_visible(record)

    def _bulk_view(self) -> Any:
        blp = self._blueprint
        bulk = Bulk(self._schema, self._create, self._keep, self._importing)
        accepted = {"application/json": {"schema": bulk.body}, CSV: {"schema": {"type": "string"}}}

        @blp.permission(self._write)
        @blp.doc(
            operationId=f"create{self._plural}",
            summary=f"Create many {self._plural_title}",
            description="Each row is checked and created by itself; the answer says what became of "
            "each. CSV is as the list gives it, with the options in the query; columns that are "
            "only read are left out, and so are empty cells.",
            requestBody={"required": True, "content": accepted},
        )
        @blp.response(200, BulkResultSchema)
        def post(view: MethodView) -> Any:
            return bulk.answer()

        return post

    def _get_view(self) -> Any:
        blp = self._blueprint

        @blp.permission(self._read)
        @blp.doc(operationId=f"get{self._singular}", summary=f"Read {self._one}")
        @blp.reads(self._schema)
        def get(view: MethodView, id: Any) -> Any:  # noqa: A002 (the name in the path)
            return self.find(id)

        return get

    def _update_view(self) -> Any:
        blp = self._blueprint

        @blp.permission(self._write)
        @blp.doc(operationId=f"update{self._singular}", summary=f"Change {self._one}")
        @blp.arguments(self._schema(partial=True))
        @blp.changes(self._schema, self.held)
        def patch(view: MethodView, data: dict[str, Any], id: Any) -> Any:  # noqa: A002
            record = self.find(id)
            self._update(record, data)
            self._keep_visible(record)
            db.session.flush()
            db.session.refresh(record)  # before others may delete it
            db.session.commit()
            return record

        return patch

    def _delete_view(self) -> Any:
        blp = self._blueprint

        @blp.permission(self._write)
        @blp.doc(operationId=f"delete{self._singular}", summary=f"Delete {self._one}")
        @blp.changes(self._schema, self.held, deletes=True)
        def delete(view: MethodView, id: Any) -> None:  # noqa: A002
            self._delete(self.find(id))
            db.session.commit()

        return delete


def _set_attributes(record: Any, data: dict[str, Any]) -> None:
    for name, value in data.items():
        setattr(record, name, value)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
