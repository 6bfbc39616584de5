"""Casing with its tally and tests, and cement against the annulus that it fills."""

from typing import Any

import pytest

from .conftest import DRILLING, Site, inches


def feet(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "ft"}


def ppg(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "ppg"}


def test_a_casing_string_has_its_tally_and_its_leak_off_test(crew: Site) -> None:
    api, site = crew.api, crew
    section = site.put("sections", number=1, diameter=inches(12.25), top_md=0, bottom_md=1_000)
    joints = [{"number": number, "length": {"value": 12.5, "unit": "m"}} for number in range(1, 81)]
    string = site.put(
        "casing-strings",
        section_id=section["id"],
        string_type="surface",
        size=inches(9.625),
        inner_diameter=inches(8.681),
        weight={"value": 47, "unit": "lb/ft"},
        grade="L-80",
        connection="BTC",
        top_md=0,
        shoe_md=998,
        stick_up={"value": 2.5, "unit": "m"},
        joints=joints,
    )
    assert string["tally_length"] == {"value": 1_000, "unit": "m"}
    assert string["tally_difference"] == {"value": pytest.approx(-0.5), "unit": "m"}
    path = f"{DRILLING}/casing-strings/{string['id']}"
    weight = api.get(path, units="metric").data["weight"]
    assert weight == {"value": pytest.approx(69.94, abs=0.01), "unit": "kg/m"}
    for field, changed in (
        ("joints", {"joints": joints[:-1]}),
        ("joints", {"stick_up": None}),
        ("size", {"size": inches(13.375)}),
        ("inner_diameter", {"inner_diameter": inches(9.625)}),
        ("shoe_md", {"shoe_md": 1_001}),
        ("shoe_md", {"shoe_md": 10, "top_md": 20}),
    ):
        assert api.patch(path, changed).error["details"][0]["field"] == field

    """Of the book's formula: 9.6 ppg + 600 psi / (0.052 · 4,000 ft) = 12.4846 ppg."""
    test = site.put(
        "pressure-tests",
        test_type="leak-off test",
        tested_at="2026-03-05T10:00:00Z",
        md=4_010,
        tvd=4_000,
        depth_unit="ft",
        mud_density=ppg(9.6),
        surface_pressure={"value": 600, "unit": "psi"},
        passed=True,
    )
    assert test["equivalent_density"] == {"value": pytest.approx(12.4846, abs=1e-4), "unit": "ppg"}
    path = f"{DRILLING}/pressure-tests/{test['id']}"
    assert api.patch(path, {"tvd": 4_011}).error["details"][0]["field"] == "tvd"


def test_cement_is_checked_against_the_annulus_that_it_fills(crew: Site) -> None:
    """Open hole: (12.25² − 9.625²)/1,029.4 bbl/ft · 1,000 ft with 50 %, within the casing above
    (12.415² − 9.625²)/1,029.4 · 500 ft, and 80 ft of shoe track at 8.681²/1,029.4."""
    api, site = crew.api, crew
    ft: dict[str, Any] = {"depth_unit": "ft"}
    site.put(
        "casing-strings",
        **ft,
        size=inches(13.375),
        inner_diameter=inches(12.415),
        top_md=0,
        shoe_md=2_000,
    )
    section = site.put(
        "sections", **ft, number=2, diameter=inches(12.25), top_md=2_000, bottom_md=3_010
    )
    casing = site.put(
        "casing-strings",
        **ft,
        section_id=section["id"],
        size=inches(9.625),
        inner_diameter=inches(8.681),
        top_md=0,
        shoe_md=3_000,
    )
    body = ft | {
        "casing_string_id": casing["id"],
        "job_type": "primary",
        "start_at": "2026-03-06T00:00:00Z",
        "top_md": 1_500,
        "excess": 50,
        "shoe_track": feet(80),
        "slurries": [
            {"purpose": "spacer", "density": ppg(10), "volume": {"value": 40, "unit": "bbl"}},
            {
                "purpose": "lead",
                "density": ppg(12.5),
                "volume": {"value": 70, "unit": "bbl"},
                "slurry_yield": {"value": 2.2, "unit": "ft3/sk"},
                "sacks": 179,
            },
            {"purpose": "tail", "density": ppg(15.8), "volume": {"value": 50, "unit": "bbl"}},
        ],
    }
    job = site.put("cement-jobs", **body)
    path = f"{DRILLING}/cement-jobs/{job['id']}"
    shown = api.get(f"{path}/volumes", units="oilfield").data
    expected = {
        "open_hole": 1.5 * (12.25**2 - 9.625**2) / 1_029.4 * 1_000,
        "within_casing": (12.415**2 - 9.625**2) / 1_029.4 * 500,
        "shoe_track": 8.681**2 / 1_029.4 * 80,
        "pumped": 120,
    }
    for name, value in expected.items():
        assert shown[name] == {"value": pytest.approx(value, rel=1e-4), "unit": "bbl"}
    required = expected["open_hole"] + expected["within_casing"] + expected["shoe_track"]
    assert shown["required"]["value"] == pytest.approx(required, rel=1e-4)
    assert shown["enough"] is (required <= 120)
    wrong = [body["slurries"][1] | {"sacks": 250}]
    for field, changed in (
        ("top_md", {"top_md": 3_000}),
        ("slurries.0.sacks", {"slurries": wrong}),
        ("hole_diameter", {"hole_diameter": inches(9.625)}),
        ("end_at", {"end_at": "2026-03-05T00:00:00Z"}),
    ):
        assert api.patch(path, changed).error["details"][0]["field"] == field
    assert api.patch(path, {"top_md": None}).status == 200
    unknown = api.get(f"{path}/volumes")
    assert (unknown.status, unknown.error["details"][0]["field"]) == (422, "top_md")
