"""Coordinates of other reference systems: kept, converted to WGS84, and held against it."""

import pytest

from wellhead.sdk import WellheadError
from wellhead.testing import ApiClient
from wellhead_wells.crs import distance_m, to_wgs84, unit_of

WELLS = "/api/v1/wells"
TEXAS = {"source_crs": "NAD27 / Texas North Central", "source_x": 702_113.4, "source_y": 612_004.9}
PLACE = (-101.748410, 33.276895)


def test_known_places() -> None:
    # EPSG guidance note 7-2, Lambert Conic Conformal (2SP): NAD27 / Texas South Central,
    # 2,963,503.91 and 254,759.80 US survey feet are 28°30'N 96°W in NAD27
    texas = to_wgs84("EPSG:32040", 2_963_503.91, 254_759.80)
    assert distance_m((texas.longitude, texas.latitude), (-96, 28.5)) < 60, "the shift of NAD27"
    nad27 = to_wgs84("NAD27", -96, 28.5)
    assert distance_m(
        (texas.longitude, texas.latitude), (nad27.longitude, nad27.latitude)
    ) == pytest.approx(0, abs=0.01)
    # guidance note 7-2, British National Grid: 577,274.99 E 69,740.50 N are 50°30'N 0°30'E OSGB36
    britain = to_wgs84("EPSG:27700", 577_274.99, 69_740.50)
    osgb = to_wgs84("EPSG:4277", 0.5, 50.5)
    assert distance_m(
        (britain.longitude, britain.latitude), (osgb.longitude, osgb.latitude)
    ) == pytest.approx(0, abs=0.01)
    assert to_wgs84("WGS 84", 2.0, 58.0).latitude == 58.0


def test_units_and_accuracy_are_the_systems_own() -> None:
    assert unit_of("EPSG:32038") == "US survey foot"
    assert unit_of("ED50 / UTM zone 31N") == "metre"
    assert unit_of("nobody's") is None
    place = to_wgs84("EPSG:32038", 702_113.4, 612_004.9)
    assert place.accuracy_m == 7
    assert "NAD27 to WGS 84" in place.operation
    assert place.caveat is not None
    assert "us_noaa_conus.tif" in place.caveat
    assert to_wgs84("EPSG:32631", 450_000, 6_500_000).caveat is None


@pytest.mark.parametrize(
    ("crs", "x", "field", "said"),
    [
        ("UTM 31N", 1.0, "source_crs", "no reference system"),
        ("+proj=utm +zone=31", 1.0, "source_crs", "no reference system"),
        ("/etc/passwd:1", 1.0, "source_crs", "no reference system"),
        ("EPSG:5703", 1.0, "source_crs", "gives no place on a map"),
        ("EPSG:32038", 7e6, "source_x", "far outside the area that NAD27 / Texas North"),
        ("EPSG:32038", 1e300, "source_x", "US survey foot"),
    ],
)
def test_what_gives_no_place_is_explained(crs: str, x: float, field: str, said: str) -> None:
    with pytest.raises(WellheadError, match=said) as caught:
        to_wgs84(crs, x, 612_004.9)
    assert caught.value.field == field


def test_source_coordinates_are_kept_and_converted(shared_api: ApiClient) -> None:
    well = shared_api.post(WELLS, {"name": "W-1"} | TEXAS).data
    assert (well["longitude"], well["latitude"]) == pytest.approx(PLACE, abs=1e-6)
    assert {name: well[name] for name in TEXAS} == TEXAS
    assert (well["source_unit"], well["location_accuracy"]) == ("US survey foot", 7)
    assert "NAD27 to WGS 84" in well["location_operation"]
    assert "would be more accurate" in well["location_warning"]
    path = f"{WELLS}/{well['id']}"
    moved = shared_api.patch(path, {"source_x": 702_113.4 + 3_280.0}).data
    assert moved["longitude"] - well["longitude"] == pytest.approx(0.0107, abs=2e-4)
    entered = shared_api.patch(
        path, {"latitude": moved["latitude"], "longitude": moved["longitude"]}
    ).data
    assert (entered["location_operation"], entered["location_warning"]) == (None, None)
    bare = shared_api.patch(path, {"source_x": None, "source_y": None, "source_crs": None}).data
    assert bare["latitude"] == moved["latitude"]


def test_a_contradiction_is_refused_and_kept_when_imported(shared_api: ApiClient) -> None:
    off = {"name": "W-5", "longitude": PLACE[0], "latitude": PLACE[1] + 0.001} | TEXAS
    answer = shared_api.post(WELLS, off)
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "latitude")
    assert "is 111 m from where source_x and source_y are" in answer.error["message"]
    assert shared_api.post(WELLS, off | {"latitude": PLACE[1] + 0.0002}).status == 201, (
        "22 m: rounding"
    )
    unknown = {"name": "W-6", "source_crs": "Clarke 1866", "source_x": 1, "source_y": 2}
    assert shared_api.post(WELLS, unknown).status == 422
    items = [off | {"name": "W-7"}, unknown]
    rows = shared_api.post(f"{WELLS}/bulk", {"items": items}).data["rows"]
    assert "is 111 m from" in rows[0]["warnings"][0]["message"]
    assert "no reference system" in rows[1]["warnings"][0]["message"]
    kept = shared_api.get(f"{WELLS}/{rows[1]['id']}").data
    assert (kept["source_crs"], kept["source_x"], kept["latitude"]) == ("Clarke 1866", 1, None)
