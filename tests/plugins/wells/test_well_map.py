"""Wells on a map: filters, bottom holes, paths, distances; with PostGIS and without."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.migrate import Migrator
from wellhead.runtime import Runtime
from wellhead.testing import ApiClient
from wellhead.testing.cluster import Cluster
from wellhead_wells import geography
from wellhead_wells.crs import distance_m
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.service import create_well
from wellhead_wells.surveys.service import create_survey, make_definitive

WELLS = "/api/v1/wells"
_NUMBERS = itertools.count(1)
PLACE = {"latitude": 33.2, "longitude": -102.8}


@pytest.fixture
def field(shared_api: ApiClient) -> str:
    """A field of the test's own in the plant tree."""
    name = f"Field {next(_NUMBERS)}"
    made: str = shared_api.post("/api/v1/assets", {"kind": "field", "name": name}).data["id"]
    return made


def test_wells_are_geojson_and_filtered(shared_api: ApiClient, field: str) -> None:
    for name, of, longitude, fluid in (
        ("W-1", "Wasson", -102.8, "oil"),
        ("W-2", "Slaughter", -102.5, "gas"),
        ("W-3", "Wasson", 179.9, "oil"),
    ):
        place = {"latitude": 33.2, "longitude": longitude, "operator": f"Operator {name}"}
        about = {"field": of, "status": "drilling", "fluid": fluid, "purpose": "development"}
        shared_api.post(WELLS, {"name": name, "parent_asset_id": field} | place | about)
    shared_api.post(WELLS, {"name": "nowhere", "parent_asset_id": field})

    def names(**query: Any) -> list[str]:
        found = shared_api.get(f"{WELLS}/map", under=field, **query).data["features"]
        return [feature["properties"]["name"] for feature in found]

    found = shared_api.get(f"{WELLS}/map", under=field).data
    assert found["type"] == "FeatureCollection"
    first = found["features"][0]
    assert (first["type"], first["geometry"]) == (
        "Feature",
        {"type": "Point", "coordinates": [-102.8, 33.2]},
    )
    assert names() == ["W-1", "W-2", "W-3"]
    assert names(field="Slaughter", status="drilling") == ["W-2"]
    assert names(operator=["Operator W-1", "Operator W-2"]) == ["W-1", "W-2"]
    assert names(fluid="oil", purpose="development") == ["W-1", "W-3"]
    assert names(status="abandoned") == []
    assert names(bbox="-103,33,-102.6,34") == ["W-1"]
    assert names(bbox="170,33,-102.6,34") == ["W-1", "W-3"], "across the antimeridian"
    for bbox in ("1,2,3", "-103,34,-102,33", "nan,0,1,1", "a,b,c,d"):
        assert shared_api.get(f"{WELLS}/map", bbox=bbox).status == 422, bbox
    plain = shared_api.get(f"{WELLS}/map", format="geojson", under=field)
    assert plain.headers["Content-Type"] == "application/geo+json"
    assert len(plain.body["features"]) == 3


def test_bottom_holes_and_paths_come_from_definitive_surveys(
    shared_app: Flask, shared_api: ApiClient, field: str
) -> None:
    about = {"name": "W-1", "depth_datum": "KB", "parent_asset_id": field}
    well = shared_api.post(WELLS, about | PLACE).data["id"]
    path = f"{WELLS}/{well}/wellbores"
    vertical = {"name": "OH", "md": 3_000, "depth_unit": "m"}
    initial = shared_api.post(path, vertical).data["id"]
    leaves = {"parent_id": initial, "kickoff_md": 1_000, "wellbore_type": "sidetrack"}
    side = shared_api.post(path, {"name": "ST1", "depth_unit": "m"} | leaves).data["id"]
    with shared_app.app_context(), sdk.tenant("default"):
        survey(initial, [0, 1_000, 2_000], [0, 0, 90], [90, 90, 90])
        survey(side, [1_500], [0], [0])
        sdk.db.session.commit()
    shown = shared_api.get(f"{WELLS}/map", show=["surface", "bottom_hole", "path"], under=field)
    kinds = [
        (one["properties"]["kind"], one["properties"]["name"]) for one in shown.data["features"]
    ]
    assert kinds == [
        ("surface", "W-1"),
        ("path", "OH"),
        ("bottom_hole", "OH"),
        ("path", "ST1"),
        ("bottom_hole", "ST1"),
    ]
    line, bottom = (shown.data["features"][at]["geometry"]["coordinates"] for at in (1, 2))
    assert line[0] == [-102.8, 33.2]
    assert line[-1] == bottom
    # a quarter of a circle of 1,000 m of arc goes 2,000/π m east
    assert distance_m((-102.8, 33.2), tuple(bottom)) == pytest.approx(636.62, abs=0.01)
    assert bottom[0] > -102.8
    assert shown.meta["left_out"] == []
    with shared_app.app_context(), sdk.tenant("default"):
        survey(side, [1_500], [10], [0], north="grid")
        sdk.db.session.commit()
    [left] = shared_api.get(f"{WELLS}/map", under=field).meta["left_out"]
    assert left["wellbore_id"] == side


def survey(
    bore: str, md: list[float], inclination: list[float], azimuth: list[float], north: str = "true"
) -> None:
    drilled = sdk.db.session.get(Wellbore, bore)
    assert drilled is not None
    stations = {"md": md, "inclination": inclination, "azimuth": azimuth}
    fields = {"name": "MWD", "kind": "mwd", "azimuth_reference": north, "depth_unit": "m"}
    made = create_survey(drilled, {**fields, "depth_datum": "KB", "stations": stations})
    make_definitive(made, "measured")


def scatter(field: uuid.UUID | None = None) -> None:
    for number in range(40):
        place = {"latitude": 33.2 + number * 0.01, "longitude": -102.8 - number * 0.02}
        about = {"name": f"W-{number:02}", "status": "drilling", "parent_asset_id": field}
        create_well(about | place)
    far = {"name": "across", "latitude": 33.2, "longitude": 179.99, "field": "Far"}
    create_well(far | {"parent_asset_id": field})


def test_the_nearest_wells_are_found(shared_app: Flask, shared_api: ApiClient, field: str) -> None:
    with shared_app.app_context(), sdk.tenant("default"):
        scatter(uuid.UUID(field))
        sdk.db.session.commit()

    def near(**query: Any) -> list[tuple[str, float]]:
        place: dict[str, Any] = {"longitude": -102.8, "latitude": 33.2, "under": field}
        answer = shared_api.get(f"{WELLS}/nearest", **(place | query))
        return [(well["name"], well["distance"]) for well in answer.data]

    found = near(limit=3)
    assert [name for name, _ in found] == ["W-00", "W-01", "W-02"]
    assert found[1][1] == pytest.approx(distance_m((-102.8, 33.2), (-102.82, 33.21)), abs=1e-3)
    assert [name for name, _ in near(within=5_000)] == ["W-00", "W-01", "W-02"]
    assert [name for name, _ in near(longitude=-179.99, limit=1)] == ["across"]
    assert [name for name, _ in near(field="Far")] == ["across"]
    assert len(near(limit=1_000)) == 41
    assert shared_api.get(f"{WELLS}/nearest", longitude=1).status == 422


@pytest.fixture
def postgis(cluster: Cluster, tmp_path: Any) -> Iterator[Flask]:
    """An app whose database has PostGIS."""
    with cluster.connect() as connection:
        available = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
        if connection.execute(available).fetchone() is None:
            pytest.skip("PostGIS is not installed in this PostgreSQL")
    with cluster.database() as name:
        with psycopg.connect(cluster.admin_url(name), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA postgis")
            connection.execute("CREATE EXTENSION postgis SCHEMA postgis")
            connection.execute("GRANT USAGE ON SCHEMA postgis TO PUBLIC")
        runtime = Runtime.make(sdk.Settings(data_dir=tmp_path, database=cluster.settings(name)))
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        yield app
        with app.app_context():
            sdk.db.engine.dispose()


def test_postgis_finds_the_same_by_its_index(postgis: Flask) -> None:
    with postgis.app_context(), sdk.tenant("default"):
        assert geography.postgis_schema(sdk.db.session.connection()) == "postgis"
        scatter()
        sdk.db.session.flush()
        wells = select(Well)
        sdk.db.session.execute(text("SET LOCAL enable_seqscan = off"))
        for place in ((-102.8, 33.2), (-179.99, 33.2), (10.0, -45.0)):
            by_index = geography.nearest(wells, place, 50, None)
            looked = geography._by_looking(wells.where(Well.latitude.is_not(None)), place)
            assert [key for key, _ in by_index] == [key for key, _ in looked]
            assert [far for _, far in by_index] == pytest.approx([far for _, far in looked])
        point = geography.point_in("postgis")
        here = geography.point_in("postgis", "-102.8", "33.2")
        order = f"{point} OPERATOR(postgis.<->) {here}"
        plan = sdk.db.session.scalars(
            text(f"EXPLAIN SELECT id FROM wells_well ORDER BY {order} LIMIT 1")
        )
        assert "ix_wells_well_geography" in "\n".join(plan)
