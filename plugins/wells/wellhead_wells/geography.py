"""The wells nearest to a point: by PostGIS's index where the server has it, else by looking at all.

PostGIS is taken where it is installed in a schema that everybody may use (`GRANT USAGE ON SCHEMA
postgis TO PUBLIC`), which `public` is not.

Both measure along the WGS84 ellipsoid and give the same answers; without PostGIS a hundred thousand
wells take a few tenths of a second.
"""

import uuid
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, func, literal_column, text

from wellhead import sdk
from wellhead_wells.crs import distances_m
from wellhead_wells.models import Well

_FOUND = text(
    "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = 'postgis' AND has_schema_privilege(n.oid, 'USAGE')"
)


def point_in(schema: str, x: str = "longitude", y: str = "latitude") -> str:
    """SQL of a point as PostGIS in `schema` has it; of a well's, what its index is made of."""
    return f'"{schema}".ST_SetSRID("{schema}".ST_MakePoint({x}, {y}), 4326)::"{schema}".geography'


def postgis_schema(connection: Connection) -> str | None:
    """The schema that PostGIS is installed in; None where it is not, or may not be used."""
    found: str | None = connection.execute(_FOUND).scalar()
    return found


def nearest(
    wells: Select[Any], place: tuple[float, float], most: int, within_m: float | None
) -> list[tuple[uuid.UUID, float]]:
    """(id, distance in metres) of the wells nearest to (longitude, latitude), nearest first.

    wells: a statement of wells that may be meant; those without a location are not
    """
    schema = postgis_schema(sdk.db.session.connection())
    located = wells.where(Well.latitude.is_not(None))
    if schema is None:
        found = _by_looking(located, place)
    else:
        found = _by_index(located, place, most, schema)
    return [pair for pair in found if within_m is None or pair[1] <= within_m][:most]


def _by_index(
    wells: Select[Any], place: tuple[float, float], most: int, schema: str
) -> list[tuple[uuid.UUID, float]]:
    point: Any = literal_column(point_in(schema))
    here: Any = literal_column(point_in(schema, *map(repr, place)))
    distance = getattr(func, schema).ST_Distance(point, here)
    by_distance = wells.with_only_columns(Well.id, distance).order_by(
        point.op(f'OPERATOR("{schema}".<->)')(here), Well.id
    )
    rows = sdk.db.session.execute(by_distance.limit(most))
    return [(key, float(metres)) for key, metres in rows]


def _by_looking(wells: Select[Any], place: tuple[float, float]) -> list[tuple[uuid.UUID, float]]:
    rows = sdk.db.session.execute(
        wells.with_only_columns(Well.id, Well.longitude, Well.latitude).order_by(Well.id)
    ).all()
    if not rows:
        return []
    keys, longitudes, latitudes = zip(*rows, strict=True)
    distances = distances_m(place, np.array(longitudes), np.array(latitudes))
    order = np.argsort(distances, kind="stable")
    return [(keys[at], float(distances[at])) for at in order]
