"""Depths between a well's datums, units and mean sea level, over the API and for other plugins."""

from typing import Any

import numpy as np
import pytest

from wellhead.sdk import WellheadError
from wellhead.testing import ApiClient
from wellhead_wells.datums import convert_depth
from wellhead_wells.models import Well, WellDatum

WELLS = "/api/v1/wells"
RIG: dict[str, Any] = {
    "name": "W-1",
    "ground_elevation": 1_000.0,
    "elevation_unit": "ft",
    "datums": [
        {"code": "KB", "elevation": 1_025.0, "unit": "ft"},
        {"code": "RT", "elevation": 312.0, "unit": "m"},
    ],
    "depth_datum": "KB",
}


def test_depths_convert_between_datums_units_and_sea_level(shared_api: ApiClient) -> None:
    path = f"{WELLS}/{shared_api.post(WELLS, RIG).data['id']}/depths"
    subsea = shared_api.get(path, value=["10000", "1025", "0"], unit="ft").data
    assert subsea["converted"] == pytest.approx([8_975, 0, -1_025])
    assert (subsea["datum"], subsea["to_datum"], subsea["to_unit"]) == ("KB", "MSL", "ft")
    ground = shared_api.get(
        path, value="10000", unit="ft", kind="md", to_datum="GL", to_unit="m"
    ).data
    assert ground["converted"] == pytest.approx([9_975 * 0.3048])
    back = shared_api.get(
        path, value="8975", unit="ft", datum="MSL", to_datum="RT", to_unit="m"
    ).data
    assert back["converted"] == pytest.approx([8_975 * 0.3048 + 312])
    assert back["caveat"] is None


def test_what_cannot_be_converted_names_the_missing_datum(shared_api: ApiClient) -> None:
    path = f"{WELLS}/{shared_api.post(WELLS, RIG | {'name': 'W-4'}).data['id']}/depths"
    refused: list[tuple[dict[str, str], str, str]] = [
        ({"to_datum": "DF"}, "to_datum", "elevation of DF (derrick floor)"),
        ({"datum": "DF"}, "datum", "it knows GL, KB, MSL, RT, SL"),
        ({"kind": "md"}, "to_datum", "MSL is below the ground"),
        ({"datum": "XX"}, "datum", "Must be one of: KB"),
        ({"to_unit": "yd"}, "to_unit", "Must be one of: m, ft"),
    ]
    for query, field, said in refused:
        answer = shared_api.get(path, value="100", unit="ft", **query)
        assert answer.status == 422, query
        assert answer.error["details"][0]["field"] == field
        assert said in answer.error["message"], answer.error
    bare = shared_api.post(WELLS, {"name": "W-2"}).data["id"]
    answer = shared_api.get(f"{WELLS}/{bare}/depths", value="100", unit="ft")
    assert "no depth_datum" in answer.error["message"]


def test_a_measured_depth_from_sea_level_says_what_it_takes_for_granted(
    shared_api: ApiClient,
) -> None:
    rig = {"name": "W-3", "datums": [{"code": "RT", "elevation": 25, "unit": "m"}]}
    well = shared_api.post(WELLS, rig).data["id"]
    asked = {"value": "125", "unit": "m", "datum": "RT", "kind": "md"}
    assert "no ground_elevation" in shared_api.get(f"{WELLS}/{well}/depths", **asked).data["caveat"]
    shared_api.patch(f"{WELLS}/{well}", {"ground_elevation": -90, "elevation_unit": "m"})
    there = shared_api.get(f"{WELLS}/{well}/depths", **asked).data
    assert (there["converted"], there["caveat"]) == ([100], None)


def test_other_plugins_convert_arrays() -> None:
    well = Well(name="W", datums=[WellDatum(code="KB", elevation=100.0, unit="m")])
    depths = np.array([100.0, 250.0])
    subsea = convert_depth(well, depths, "m", "KB", "ft", "MSL")
    assert subsea.tolist() == pytest.approx([0, 150 / 0.3048])
    assert convert_depth(well, 12.5, "ft", "DF", "ft", "DF") == 12.5, "nothing to know"
    with pytest.raises(WellheadError, match="elevation of GL"):
        convert_depth(well, 1.0, "m", "KB", "m", "GL")
