"""Plan and section: the plotted numbers are the API's, in the units on the axes."""

from typing import Any

import numpy as np
import pytest
from flask import Response
from matplotlib.figure import Figure

from wellhead import sdk
from wellhead.testing import ApiClient

WELLS = "/api/v1/wells"
MAIN = {"md": [0, 1000, 1500, 2000], "inclination": [0, 0, 30, 45], "azimuth": [0, 0, 60, 70]}
PLAN = {"md": [0, 900, 1600], "inclination": [0, 0, 45], "azimuth": [0, 0, 65]}
SIDE = {"md": [1400, 1800], "inclination": [30, 60], "azimuth": [80, 100]}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """What is drawn from now on."""
    made: list[Figure] = []
    answered = sdk.chart_response

    def kept(figure: Figure) -> Response:
        made.append(figure)
        return answered(figure)

    monkeypatch.setattr(sdk, "chart_response", kept)
    return made


def test_what_is_plotted_is_what_the_api_says(api: ApiClient, figures: list[Figure]) -> None:
    well = api.post(WELLS, {"name": "W-1", "depth_datum": "KB"}).data
    bores = f"{WELLS}/{well['id']}/wellbores"

    def made(name: str, columns: dict[str, Any], **fields: Any) -> tuple[str, str]:
        bore = api.post(bores, {"name": name, "md": 2500, "depth_unit": "m"} | fields).data
        body = {"name": "S", "kind": "mwd", "azimuth_reference": "grid", "stations": columns}
        survey = api.post(f"{bores}/{bore['id']}/surveys", body).data
        path = f"{bores}/{bore['id']}"
        api.post(f"{path}/surveys/{survey['id']}/definitive", {"reason": "final"})
        return bore["id"], path

    parent, parent_path = made("OH", MAIN)
    _, path = made("ST1", SIDE, wellbore_type="sidetrack", parent_id=parent, kickoff_md=1_300)
    body = {"name": "Plan", "kind": "plan", "azimuth_reference": "grid", "stations": PLAN}
    refused = api.post(f"{path}/surveys", body)
    assert "above the kick-off" in refused.error["message"]
    below = {"stations": {name: column[2:] for name, column in PLAN.items()}}
    plan = api.post(f"{path}/surveys", body | below).data["id"]
    asked = {"overlay": plan, "parent": "true", "units": "oilfield"}
    numbers = [
        api.get(f"{parent_path}/path", units="oilfield").data,
        api.get(f"{path}/path", survey=plan, units="oilfield").data,
        api.get(f"{path}/path", units="oilfield").data,
    ]

    for kind, across, down in (("plan", "east", "north"), ("section", None, "tvd")):
        drawn = api.get(f"{path}/path/{kind}/plot", **asked)
        assert (drawn.status, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
        [axes] = figures.pop().axes
        lines = axes.get_lines()
        assert [line.get_label() for line in lines[:6:2]] == [
            "OH",
            "ST1: Plan (version 2)",
            "ST1: S (version 1)",
        ]
        assert [line.get_linestyle() for line in lines[:6:2]] == ["-", "--", "-"]
        azimuth = numbers[2]["vertical_section_azimuth"]
        for arc, dots, said in zip(lines[0:6:2], lines[1:6:2], numbers, strict=True):
            turn = np.radians(azimuth)
            section = np.array(said["north"]) * np.cos(turn) + np.array(said["east"]) * np.sin(turn)
            dotted, drawn_arc = np.array(dots.get_xydata()), np.array(arc.get_xydata())
            np.testing.assert_allclose(dotted[:, 0], said[across] if across else section)
            np.testing.assert_allclose(dotted[:, 1], said[down])
            points = set(np.round(drawn_arc[:, 1], 6))
            assert set(np.round(said[down], 6)) <= points, "the line goes through the stations"
        if kind == "plan":
            assert axes.get_title() == "W-1: plan view"
            assert axes.get_xlabel() == "East (grid north), ft"
            assert axes.get_ylabel() == "North (grid), ft"
        else:
            assert axes.get_title() == "W-1: vertical section"
            assert axes.get_xlabel() == f"Vertical section at {azimuth:.2f}° (grid north), ft"
            assert axes.get_ylabel() == "TVD from KB, ft"
            assert axes.yaxis_inverted()
    assert api.get(f"{path}/path/plan/plot", format="gif").status == 422
