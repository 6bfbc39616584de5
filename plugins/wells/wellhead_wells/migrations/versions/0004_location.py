"""How wells' locations were converted, and indexes to find wells on a map.

Where PostGIS is installed in the database, the nearest wells are found by an index of its own.
"""

import sqlalchemy as sa
from alembic import op

from wellhead_wells.geography import point_in, postgis_schema

revision = "wells_0004"
down_revision = "wells_0003"
branch_labels = None
depends_on = None

GEOGRAPHY_INDEX = "ix_wells_well_geography"


def upgrade() -> None:
    op.add_column("wells_well", sa.Column("location_operation", sa.Text))
    op.add_column("wells_well", sa.Column("location_accuracy", sa.Float))
    op.add_column("wells_well", sa.Column("location_warning", sa.Text))
    op.create_index("ix_wells_well_longitude_latitude", "wells_well", ["longitude", "latitude"])
    schema = postgis_schema(op.get_bind())
    if schema is not None:
        op.execute(
            f"CREATE INDEX {GEOGRAPHY_INDEX} ON wells_well USING gist (({point_in(schema)}))"
        )


def downgrade() -> None:
    op.execute(f"DROP INDEX IF EXISTS {GEOGRAPHY_INDEX}")
    op.drop_index("ix_wells_well_longitude_latitude", "wells_well")
    for column in ("location_warning", "location_accuracy", "location_operation"):
        op.drop_column("wells_well", column)
