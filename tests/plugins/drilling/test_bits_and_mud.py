"""Bit records with IADC codes and dull grades, and mud reports that agree with themselves."""

from typing import Any

import pytest

from wellhead.sdk import WellheadError
from wellhead_drilling.dull import check_code, check_grade

from .conftest import DRILLING, Site, inches

GRADE = {
    "inner": 1,
    "outer": 2,
    "dull_characteristic": "WT",
    "location": "S",
    "bearing": "X",
    "gauge": "1/16",
    "other_characteristic": "CT",
    "reason_pulled": "TD",
}
CONES = GRADE | {"location": "G", "bearing": "E"}


def test_a_bit_record_has_its_flow_area_rate_and_dull_grade(crew: Site) -> None:
    api, site = crew.api, crew
    run = site.put("runs", number=1, depth_in=1_000, depth_out=1_600)
    body = {
        "run_id": run["id"],
        "number": "3",
        "bit_type": "PDC",
        "iadc_code": "M223",
        "serial": "S-1",
        "size": inches(12.25),
        "nozzles": [
            {"count": 3, "size": {"value": 12, "unit": "in32"}},
            {"count": 1, "size": {"value": 16, "unit": "in32"}},
        ],
        "depth_in": 1_000,
        "depth_out": 1_600,
        "hours": 40,
        "dull_grade": GRADE,
    }
    bit = site.add("bit-records", **body)
    assert bit["wellbore_id"] == site.bore["id"]
    assert bit["total_flow_area"] == {"value": pytest.approx(0.5277, abs=0.0001), "unit": "in2"}
    assert bit["rate_of_penetration"] == {"value": 15, "unit": "m/h"}
    assert bit["dull_grade_text"] == "1-2-WT-S-X-1/16-CT-TD"
    path = f"{DRILLING}/bit-records/{bit['id']}"
    metric = api.get(path, units="metric").data
    assert metric["nozzles"][0]["size"] == {"value": pytest.approx(9.525), "unit": "mm"}
    for field, changed in (
        ("dull_grade.reason_pulled", {"dull_grade": GRADE | {"reason_pulled": "XX"}}),
        ("dull_grade.inner", {"dull_grade": GRADE | {"inner": 9}}),
        ("dull_grade.bearing", {"dull_grade": GRADE | {"bearing": "E"}}),
        ("iadc_code", {"iadc_code": "517G"}),
        ("depth_out", {"depth_out": 1_601}),
        ("run_id", {"run_id": site.bore["id"]}),
    ):
        refused = api.patch(path, changed)
        assert refused.error["details"][0]["field"] == field
    assert api.get(f"{DRILLING}/bit-records", run_id=run["id"], serial="S-1").data == [bit]
    assert api.delete(f"{DRILLING}/runs/{run['id']}").status == 409


@pytest.mark.parametrize(
    ("bit_type", "grade", "field"),
    [
        ("PDC", GRADE | {"location": "G1"}, "location"),
        ("PDC", GRADE | {"dull_characteristic": "LC"}, "dull_characteristic"),
        ("PDC", GRADE | {"gauge": "17/16"}, "gauge"),
        ("roller cone", CONES | {"bearing": "X"}, "bearing"),
        ("roller cone", CONES | {"location": "S"}, "location"),
        ("roller cone", CONES | {"location": ""}, "location"),
        ("insert roller cone", CONES | {"other_characteristic": "BF"}, "other_characteristic"),
    ],
)
def test_a_grade_that_the_bit_cannot_have_is_refused(
    bit_type: str, grade: dict[str, Any], field: str
) -> None:
    with pytest.raises(WellheadError) as caught:
        check_grade(grade, bit_type)
    assert caught.value.field == f"dull_grade.{field}"


def test_grades_and_codes_of_both_sorts_of_bits_are_taken() -> None:
    check_grade(GRADE, "PDC")
    for location in ("N", "A", "G2", "13"):
        check_grade(CONES | {"location": location, "gauge": "I"}, "roller cone")
    for code, bit_type in (("M223", "PDC"), ("517G", "insert roller cone"), ("111", "unknown")):
        check_code(code, bit_type)
    with pytest.raises(WellheadError, match="M223"):
        check_code("937", "PDC")


def test_a_mud_report_calculates_from_its_readings(crew: Site) -> None:
    api, site = crew.api, crew
    report = site.put(
        "mud-reports",
        reported_at="2026-03-01T06:00:00Z",
        md=1_000,
        mud_type="water based",
        density={"value": 10.2, "unit": "ppg"},
        funnel_viscosity={"value": 45, "unit": "s/qt"},
        theta600=50,
        theta300=30,
        gel_10s={"value": 4, "unit": "lbf_100ft2"},
        gel_10min={"value": 3, "unit": "Pa"},
        ph=9.5,
        solids=8,
        water=92,
        oil=0,
        chlorides=32_000,
        flowline_temperature={"value": 120, "unit": "degF"},
    )
    assert report["plastic_viscosity"] == {"value": 20, "unit": "cP"}
    assert report["yield_point"] == {"value": 10, "unit": "lbf_100ft2"}
    path = f"{DRILLING}/mud-reports/{report['id']}"
    metric = api.get(path, units="metric").data
    assert metric["density"] == {"value": pytest.approx(1.2222, abs=1e-4), "unit": "g/cm3"}
    assert metric["funnel_viscosity"] == {"value": pytest.approx(47.55, abs=0.01), "unit": "s/L"}
    assert metric["yield_point"] == {"value": pytest.approx(4.788, abs=1e-3), "unit": "Pa"}
    assert api.patch(path, {"theta600": 54}).data["plastic_viscosity"]["value"] == 24
    for field, changed in (
        ("theta300", {"theta300": 60}),
        ("gel_10s", {"gel_10s": {"value": 4, "unit": "Pa"}}),
        ("solids", {"solids": 12}),
        ("plastic_viscosity", {"plastic_viscosity": {"value": 15, "unit": "cP"}}),
        ("md", {"md": 3_001}),
    ):
        assert api.patch(path, changed).error["details"][0]["field"] == field
    assert api.get(f"{DRILLING}/mud-reports", mud_type="water based").meta["total"] == 1
