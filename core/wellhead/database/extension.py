"""The one SQLAlchemy extension, the models' bases and the wall between tenants.

The wall: whenever a connection begins a transaction, its search_path and role are set for that
transaction from the scope of the code that runs. A pooled connection therefore never carries one
tenant's rights to the next borrower, and code without a scope gets an error instead of data.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, Text, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column

from wellhead.database.driver import first_row
from wellhead.database.scope import (
    PLATFORM_SCHEMA,
    Scope,
    check_tenant_name,
    current_scope,
    scoped,
)
from wellhead.errors import DatabaseError

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_TYPES: dict[Any, Any] = {str: Text, dt.datetime: DateTime(timezone=True)}
db = SQLAlchemy(metadata=metadata, session_options={"expire_on_commit": False})
"""The one SQLAlchemy extension. `db.session` sees the tables of the tenant that is set; write
queries with `select`, and commit."""


def model_base(plugin: str) -> Any:
    """The base class of one plugin's models: its own registry on the shared MetaData.

    A registry a plugin keeps a broken relationship from breaking other plugins' models; the shared
    MetaData lets foreign keys cross plugins. Table names begin with `<plugin>_`.
    """
    shared = metadata

    class Base(DeclarativeBase):
        metadata = shared
        __abstract__ = True
        type_annotation_map = _TYPES

        def __init_subclass__(cls, **kwargs: Any) -> None:
            table = getattr(cls, "__tablename__", None)
            if isinstance(table, str) and not table.startswith(f"{plugin}_"):
                raise DatabaseError(
                    "a plugin's tables begin with its name",
                    field=f"{cls.__name__}.__tablename__",
                    value=table,
                    remedy=f"Call it {plugin}_{table}",
                )
            super().__init_subclass__(**kwargs)

    Base.__name__ = Base.__qualname__ = f"{plugin}_Base"
    return Base


class PlatformModel(DeclarativeBase):
    """Base of the models in the schema `platform`, shared by all tenants."""

    metadata = metadata
    __abstract__ = True
    __table_args__: Any = {"schema": PLATFORM_SCHEMA}  # noqa: RUF012
    type_annotation_map = _TYPES


class RecordMixin:
    """What every record has: a UUID and when it was made and last changed (UTC)."""

    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True,
        default=uuid.uuid4,
        insert_sentinel=True,  # many rows are one INSERT, whose answer says which is which
        server_default=func.gen_random_uuid(),
    )
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


def column_of(column: Any, key: Any) -> Mapped[Any]:
    """A record's attribute that another record has: `name = sdk.column_of(Tag.name, tag_id)`.

    Part of each SELECT, so it filters and sorts as columns do; it is not written.

    column: of a mapped class whose key is `id`; key: the record's column that refers to it
    """
    of = column.class_
    found = select(column).where(of.id == key).correlate_except(of)
    return column_property(found.scalar_subquery())


CoreModel = model_base("core")
"""Base of the core's models in each tenant's schema."""

WALL = "SELECT set_config('search_path', %s, true), set_config('role', %s, true)"
"""Of a transaction; the driver's, with a scope's schema and role."""


def build_wall(engine: Engine, role_prefix: str) -> None:
    """Make every transaction of `engine` begin inside the scope that is set."""

    @event.listens_for(engine, "begin")
    def enter(connection: Connection) -> None:
        scope = current_scope()
        if scope is None:
            raise DatabaseError(
                "the database was touched with no tenant set",
                remedy="Wrap the code in `with sdk.tenant(name):`",
            )
        first_row(engine, connection.connection, WALL, (scope.schema, scope.role(role_prefix)))


@contextmanager
def tenant(name: str) -> Iterator[None]:
    """Run the block inside one tenant: `db.session` sees its schema, under its role."""
    outer = current_scope()
    inner = Scope(check_tenant_name(name))
    with scoped(inner):
        if outer != inner:
            db.session.remove()  # a transaction already begun belongs to the outer scope
        try:
            yield
        finally:
            if outer != inner:
                db.session.remove()


@contextmanager
def platform_session() -> Iterator[Session]:
    """A session of its own on the schema `platform`; commits at the end, rolls back on error.

    It leaves `db.session` and the tenant that is set alone.
    """
    with (
        scoped(Scope(None)),
        Session(db.engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session
