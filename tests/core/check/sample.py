"""A small plugin that breaks no rule, written down as its author would have it."""

from pathlib import Path

FILES = {
    "pyproject.toml": """\
[project]
name = "wellhead-NAME"
version = "1.0.0"
dependencies = ["wellhead>=0.1"]

[project.entry-points."wellhead.plugins"]
NAME = "wellhead_NAME.plugin"
""",
    "README.md": """\
# NAME

## What it does

It counts gauges.

## Configuration

```toml
[plugins.NAME]
most = 10  # gauges at most
```

## API

`GET /api/v1/NAME/gauges/{id}`

## Limits

None.
""",
    "wellhead_NAME/py.typed": "",
    "wellhead_NAME/__init__.py": "",
    "wellhead_NAME/plugin.py": '''\
"""Counts gauges."""

from marshmallow import fields

from wellhead import sdk
from wellhead_NAME.words import TITLE


class ConfigSchema(sdk.Schema):
    most = fields.Integer(load_default=10)


info = sdk.PluginInfo(
    name="NAME", version="1.0.0", api="1.0", after=("historian",), config_schema=ConfigSchema
)


@sdk.hookimpl
def permissions():
    return [sdk.Permission("NAME.read", TITLE)]


@sdk.hookimpl
def blueprints():
    from wellhead_NAME.routes import blp

    return [blp]
''',
    "wellhead_NAME/words.py": """\
import json

TITLE = json.loads('"See gauges"')
""",
    "wellhead_NAME/routes.py": '''\
"""The one route."""

from flask.views import MethodView
from marshmallow import fields

from wellhead import sdk

blp = sdk.Blueprint("NAME", url_prefix="/api/v1/NAME", description="Gauges")


class DialSchema(sdk.Schema):
    size = fields.Float(metadata={"description": "In mm"})


class GaugeSchema(sdk.Schema):
    count = fields.Integer(metadata={"description": "How many"})
    parts = fields.List(fields.Nested(DialSchema), metadata={"description": "Its parts"})


class QuerySchema(sdk.Schema):
    least = fields.Integer(metadata={"description": "At least so many"})


@blp.route(
    "/gauges/<int:id>", parameters=[{"in": "path", "name": "id", "description": "The gauge"}]
)
class GaugeView(MethodView):
    @blp.permission("NAME.read")
    @blp.unlimited_only
    @blp.doc(operationId="getNAMEGauge", summary="Read a gauge")
    @blp.arguments(QuerySchema, location="query")
    @blp.response(200, GaugeSchema)
    def get(self, query, id):
        return {"count": id}
''',
}

WITH_TABLES = {
    "wellhead_NAME/models.py": '''\
"""The table."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk

Base: Any = sdk.model_base("NAME")


class Gauge(sdk.RecordMixin, Base):
    __tablename__ = "NAME_gauge"

    name: Mapped[str] = mapped_column(unique=True)
''',
    "wellhead_NAME/migrations/__init__.py": "",
    "wellhead_NAME/migrations/versions/__init__.py": "",
    "wellhead_NAME/migrations/versions/0001_gauges.py": '''\
"""Gauges."""

import sqlalchemy as sa
from alembic import op

revision = "NAME_0001"
down_revision = None


def upgrade():
    now = sa.func.now()
    op.create_table(
        "NAME_gauge",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )


def downgrade():
    op.drop_table("NAME_gauge")
''',
}
_TABLE_HOOKS = """

@sdk.hookimpl
def models():
    from wellhead_NAME.models import Gauge

    return [Gauge]


@sdk.hookimpl
def migrations():
    return "wellhead_NAME.migrations"
"""


def files_of(tables: bool) -> dict[str, str]:
    """Path in the folder → text, with NAME for its name."""
    if not tables:
        return dict(FILES)
    plugin = FILES["wellhead_NAME/plugin.py"] + _TABLE_HOOKS
    return {**FILES, **WITH_TABLES, "wellhead_NAME/plugin.py": plugin}


def write(folder: Path, name: str, files: dict[str, str]) -> None:
    """The package of this name, its pyproject.toml in `folder`."""
    for path, text in files.items():
        file = folder / path.replace("NAME", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NAME", name), encoding="utf-8")
