"""Directional surveys: versions with their stations, one of them definitive a wellbore."""

import sqlalchemy as sa
from alembic import op

revision = "wells_0002"
down_revision = "wells_0001"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wells_survey",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("replaces_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("tool", sa.Text),
        sa.Column("azimuth_reference", sa.Text, nullable=False),
        sa.Column("magnetic_declination", sa.Float),
        sa.Column("grid_convergence", sa.Float),
        sa.Column("depth_unit", sa.Text, nullable=False),
        sa.Column("depth_datum", sa.Text, nullable=False),
        sa.Column("vertical_section_azimuth", sa.Float),
        sa.Column("source", sa.Text),
        sa.Column("remark", sa.Text),
        sa.Column("md", sa.ARRAY(sa.Float), nullable=False),
        sa.Column("inclination", sa.ARRAY(sa.Float), nullable=False),
        sa.Column("azimuth", sa.ARRAY(sa.Float), nullable=False),
        sa.Column("definitive", sa.Boolean, nullable=False),
        sa.Column("definitive_since", _AT),
        sa.Column("definitive_by", sa.Text),
        sa.Column("definitive_reason", sa.Text),
        sa.Column("created_by", sa.Text),
        sa.UniqueConstraint("wellbore_id", "version"),
        sa.UniqueConstraint("replaces_id"),
        sa.UniqueConstraint("id", "wellbore_id"),
        sa.ForeignKeyConstraint(
            ["replaces_id", "wellbore_id"], ["wells_survey.id", "wells_survey.wellbore_id"]
        ),
        sa.CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        sa.CheckConstraint("NOT (definitive AND kind = 'plan')", name="definitive"),
        sa.CheckConstraint(
            "cardinality(md) > 0 AND cardinality(md) = cardinality(inclination)"
            " AND cardinality(md) = cardinality(azimuth)",
            name="stations",
        ),
    )
    op.create_index(
        "uq_wells_survey_definitive",
        "wells_survey",
        ["wellbore_id"],
        unique=True,
        postgresql_where=sa.text("definitive"),
    )


def downgrade() -> None:
    op.drop_table("wells_survey")
