"""Hole sections in their order down the hole, and the runs that drill them."""

from typing import Any

import pytest

from .conftest import DRILLING, Site, inches

TOP: dict[str, Any] = {
    "number": 1,
    "diameter": inches(17.5),
    "top_md": 100,
    "bottom_md": 1_000,
    "planned_bottom_md": 950,
}

SECTIONS_THAT_CANNOT_BE: list[tuple[str, dict[str, Any]]] = [
    ("top_md", {"top_md": 1_900, "bottom_md": 2_500}),
    ("top_md", {"top_md": 1_985, "depth_datum": "GL", "bottom_md": 2_500}),
    ("bottom_md", {"top_md": 2_000, "bottom_md": 1_990}),
    ("bottom_md", {"top_md": 2_000, "bottom_md": 3_001}),
    ("diameter", {"diameter": inches(18)}),
    ("number", {"number": 1}),
    ("end_at", {"start_at": "2026-03-02T00:00:00Z", "end_at": "2026-03-01T00:00:00Z"}),
    ("planned_end", {"planned_start": "2026-03-02", "planned_end": "2026-03-01"}),
]
RUNS_THAT_CANNOT_BE: list[tuple[str, dict[str, Any]]] = [
    ("number", {"number": 1}),
    ("time_out", {"time_in": "2026-03-02T00:00:00Z", "time_out": "2026-03-01T00:00:00Z"}),
    ("depth_out", {"depth_in": 500, "depth_out": 400}),
    ("depth_in", {"depth_in": 3_100}),
    (
        "flow_max",
        {
            "flow_min": {"value": 900, "unit": "gpm"},
            "flow_max": {"value": 900, "unit": "L/min"},
        },
    ),
    ("rotary_speed_max", {"rotary_speed_min": 120, "rotary_speed_max": 60}),
    ("section_id", {"section_id": "00000000-0000-0000-0000-000000000007"}),
    (
        "components.0.inner_diameter",
        {
            "components": [
                {"type": "jar", "outer_diameter": inches(6.5), "inner_diameter": inches(7)}
            ]
        },
    ),
    (
        "drilling_hours",
        {
            "time_in": "2026-03-02T00:00:00Z",
            "time_out": "2026-03-02T10:00:00Z",
            "drilling_hours": 11,
        },
    ),
]


def test_sections_are_kept_as_they_came_and_refused_when_they_cannot_be(crew: Site) -> None:
    api, site = crew.api, crew
    top = site.put("sections", **TOP)
    assert (top["depth_unit"], top["depth_datum"]) == ("m", "KB")
    lower = site.put(
        "sections",
        number=2,
        diameter={"value": 311.15, "unit": "mm"},
        top_md=3_280.84,
        bottom_md=6_561.68,
        depth_unit="ft",
    )
    shown = api.get(f"{DRILLING}/sections/{lower['id']}", units="metric").data
    assert shown["top_md"] == pytest.approx(1_000, abs=0.001)
    assert shown["depth_unit"] == "m"
    oilfield = api.get(f"{DRILLING}/sections/{lower['id']}", units="oilfield").data
    assert oilfield["diameter"] == {"value": pytest.approx(12.25), "unit": "in"}
    listed = api.get(f"{DRILLING}/sections", wellbore_id=site.bore["id"]).data
    assert [row["number"] for row in listed] == [1, 2]
    changed = api.patch(f"{DRILLING}/sections/{lower['id']}", {"name": "12 1/4 in"})
    assert changed.data["name"] == "12 1/4 in"

    for field, fields in SECTIONS_THAT_CANNOT_BE:
        site.refused("sections", field, **{"number": 3, "diameter": inches(8.5)} | fields)


def test_a_run_has_its_assembly_times_depths_and_ranges(crew: Site) -> None:
    api, site = crew.api, crew
    section = site.put("sections", **TOP)
    motor = {
        "type": "motor",
        "serial": "M-77",
        "outer_diameter": inches(9.625),
        "inner_diameter": inches(7.85),
        "length": {"value": 30, "unit": "ft"},
        "weight": {"value": 150, "unit": "lb/ft"},
    }
    run = site.put(
        "runs",
        number=1,
        section_id=section["id"],
        rig_id=site.rig["id"],
        objective="Drill 17 1/2 in to casing point",
        time_in="2026-03-01T06:00:00Z",
        time_out="2026-03-03T06:00:00Z",
        depth_in=100,
        depth_out=1_000,
        drilling_hours=30,
        weight_on_bit_min={"value": 10, "unit": "klbf"},
        weight_on_bit_max={"value": 35, "unit": "klbf"},
        rotary_speed_max=120,
        flow_max={"value": 900, "unit": "gpm"},
        components=[
            {
                "type": "bit PDC fixed cutter",
                "outer_diameter": inches(17.5),
                "length": {"value": 0.5, "unit": "m"},
            },
            motor,
        ],
    )
    assert run["bha_length"] == {"value": pytest.approx(0.5 + 9.144), "unit": "m"}
    assert run["components"][1] == motor | {"count": 1}
    path = f"{DRILLING}/runs/{run['id']}"
    assert api.get(path, units="metric").data["components"][1]["weight"] == {
        "value": pytest.approx(223.22, abs=0.01),
        "unit": "kg/m",
    }
    assert api.get(f"{DRILLING}/runs", serial="M-77").data == [run]
    assert api.get(f"{DRILLING}/runs", serial="M-78").data == []
    assert api.patch(path, {"depth_out": 990}).data["depth_out"] == 990
    entry = api.get("/api/v1/audit", table="drilling_run", action="insert").data[0]
    assert entry["new"]["flow_max"] == {"value": 900, "unit": "gpm"}
    assert api.delete(path).status == 200

    site.put("runs", number=1)
    for field, fields in RUNS_THAT_CANNOT_BE:
        site.refused("runs", field, **{"number": 2} | fields)
    rows = [site.body(number=3, depth_in=10), site.body(number=2, depth_in=9_000)]
    body = {"items": rows, "dry_run": True, "on_error": "skip"}
    answer = api.post(f"{DRILLING}/runs/bulk", body).data
    assert [len(row["errors"]) for row in answer["rows"]] == [0, 1]
    assert answer["rows"][1]["errors"][0]["field"] == "depth_in"
    assert api.get(f"{DRILLING}/runs", wellbore_id=site.bore["id"]).meta["total"] == 1
