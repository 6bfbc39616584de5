"""Alembic's environment for every branch in every schema.

`wellhead.database.migrate` says which through `config.attributes`: url, scope, branch, and how the
names of its tables begin. The search_path is an option of the connection, since SET LOCAL does not
outlive an autocommit block and would put a table into `public`.
"""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool

from wellhead.database.extension import metadata
from wellhead.database.scope import Scope

scope: Scope = context.config.attributes["scope"]
branch: str = context.config.attributes["branch"]
prefix: str = context.config.attributes["prefix"]
not_these: tuple[str, ...] = context.config.attributes["not_these"]
in_platform = scope.tenant is None


def ours(table: str | None) -> bool:
    """Whether a table of a tenant's schema is the branch's."""
    return str(table).startswith(prefix) and not str(table).startswith(not_these)


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Reflect only the branch's own schema and tables."""
    if kind == "schema":
        return name == scope.schema if in_platform else name is None
    if kind == "table":
        return in_platform or ours(name)
    return True


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Compare only the branch's own tables; never its version table."""
    if kind != "table":
        return True
    if str(name).startswith("alembic_version_"):
        return False
    if in_platform:
        return bool(item.schema == scope.schema)
    return item.schema is None and ours(name)


engine = create_engine(
    context.config.attributes["url"],
    poolclass=pool.NullPool,
    connect_args={"options": f"-csearch_path={'public' if in_platform else scope.schema}"},
)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=f"alembic_version_{branch}",
        version_table_schema=scope.schema if in_platform else None,
        include_schemas=in_platform,
        include_name=include_name,
        include_object=include_object,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
