"""Paths of wellbores as other plugins ask for them: sidetracks joined to what they left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.service import create_well
from wellhead_wells.surveys.calc import minimum_curvature
from wellhead_wells.surveys.models import Survey
from wellhead_wells.surveys.paths import Frame, path_of
from wellhead_wells.surveys.service import create_survey, make_definitive, positions, tvd_at
from wellhead_wells.wellbores import create_wellbore

FEET = 0.3048
PARENT: dict[str, list[float]] = {
    "md": [0, 500, 1000, 2000, 3000],
    "inclination": [0, 0, 30, 30, 60],
    "azimuth": [0, 0, 90, 90, 120],
}


@pytest.fixture
def parent(shared_app: Flask) -> Iterator[Wellbore]:
    """A wellbore with a definitive survey from a kelly bushing 30 m above the sea; the derrick
    floor is 28 m above it. Nothing of a test is committed."""
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        datums = [
            {"code": "KB", "elevation": 30, "unit": "m"},
            {"code": "DF", "elevation": 28, "unit": "m"},
        ]
        well = create_well({"name": "W-1", "depth_datum": "KB", "datums": datums})
        bore = create_wellbore(well, {"name": "OH", "md": 3_000, "depth_unit": "m"})
        surveyed(bore, PARENT)
        yield bore


def surveyed(bore: Wellbore, columns: Mapping[str, Sequence[float]], **fields: Any) -> None:
    header = {"name": bore.name, "kind": "mwd", "azimuth_reference": "grid"}
    survey = create_survey(bore, {**header, "stations": columns, **fields})
    make_definitive(survey, "the only one")


def sidetrack(parent: Wellbore, name: str, kickoff: float, **fields: Any) -> Wellbore:
    body = {
        "name": name,
        "wellbore_type": "sidetrack",
        "parent_id": parent.id,
        "kickoff_md": kickoff,
        "depth_unit": "m",
    }
    return create_wellbore(parent.well, body | fields)


def test_sidetracks_keep_what_is_above_the_kickoff_across_units_datums_and_norths(
    parent: Wellbore,
) -> None:
    """A chain of two: the first in feet from another datum, with azimuths from true north."""
    whole = positions(parent)
    assert whole.md.tolist() == PARENT["md"]
    first = sidetrack(parent, "ST1", (1_500 - 2) / FEET, depth_unit="ft", depth_datum="DF")
    own = {"md": [1_598 / FEET, 1_798 / FEET], "inclination": [40.0, 50], "azimuth": [92.0, 82]}
    surveyed(first, own, azimuth_reference="true", grid_convergence=2)
    second = sidetrack(first, "ST2", 1_700)
    surveyed(second, {"md": [1_700, 1_750], "inclination": [45, 48], "azimuth": [85, 90]})

    path = positions(second)
    assert (path.frame.depth_unit, path.frame.depth_datum, path.frame.north) == ("m", "KB", "grid")
    np.testing.assert_allclose(path.md, [0, 500, 1000, 1500, 1600, 1700, 1750])
    joint = whole.at(np.array([1_500.0]))
    np.testing.assert_allclose(path.tvd[:4], [*whole.tvd[:3], joint.tvd[0]])
    np.testing.assert_allclose(path.stations.azimuth[3:5], [90, 90])  # 92 true is 90 grid
    assert path.stations.azimuth[5] == pytest.approx(85, abs=0.5)  # on the arc from 90 to 80
    below = minimum_curvature(path.stations[3:])
    np.testing.assert_allclose(path.east[3:], joint.east[0] + below.east)

    feet = positions(second, unit="ft", datum="DF")
    np.testing.assert_allclose(feet.tvd[1:], (path.tvd[1:] - 2) / FEET)
    np.testing.assert_allclose(feet.east, path.east / FEET, atol=1e-6)
    assert feet.md[0] == 0
    assert tvd_at(second, 1_200) == pytest.approx(whole.at(np.array([1_200.0])).tvd[0])
    assert tvd_at(second, 1_200 / FEET, unit="ft") == pytest.approx(tvd_at(second, 1_200) / FEET)
    assert tvd_at(second, 1_198, datum="DF") == pytest.approx(tvd_at(second, 1_200) - 2)


def test_stations_above_the_kickoff_are_refused(parent: Wellbore) -> None:
    bore = sidetrack(parent, "ST1", 1_500)
    above = {"md": [1_400, 1_600], "inclination": [30, 35], "azimuth": [90, 90]}
    with pytest.raises(sdk.WellheadError, match="above the kick-off at 1500") as caught:
        surveyed(bore, above)
    assert caught.value.field == "stations.md.0"
    assert "parent's definitive survey has them" in str(caught.value.remedy)


def test_what_a_path_lacks_is_named(parent: Wellbore) -> None:
    bore = sidetrack(parent, "ST1", 2_990, depth_datum="RT")
    with pytest.raises(sdk.WellheadError, match="ST1 has no definitive survey"):
        positions(bore)
    own = {"md": [3_000, 3_100], "inclination": [60, 60], "azimuth": [120, 120]}
    surveyed(bore, own, depth_datum="KB")
    with pytest.raises(sdk.WellheadError, match="not know the elevation of RT"):
        positions(bore)
    bore.kickoff_md, bore.depth_datum = 3_000.5, "KB"
    with pytest.raises(sdk.WellheadError, match="above the kick-off"):
        positions(bore)
    late = sidetrack(parent, "ST2", 3_000)
    make_shorter = {name: column[:4] for name, column in PARENT.items()}
    surveyed(late, {"md": [3_050], "inclination": [61], "azimuth": [121]})
    surveyed(parent, make_shorter)
    with pytest.raises(sdk.WellheadError, match=r"version 2\) of that ends at 2000.00"):
        positions(late)
    with pytest.raises(
        sdk.WellheadError, match=r"grid north cannot be related .* in .*version 2\) of OH"
    ):
        positions(parent, north="magnetic")


def test_imported_magnetic_azimuths_wait_for_their_declination(parent: Wellbore) -> None:
    """A file or another store may not give it: the stations are kept, and related to no other
    north."""
    bore = create_wellbore(parent.well, {"name": "B", "depth_unit": "m"})
    columns = {"md": [0, 100], "inclination": [0, 10], "azimuth": [0, 90]}
    data = {"name": "MWD", "kind": "mwd", "azimuth_reference": "magnetic", "stations": columns}
    with pytest.raises(sdk.WellheadError, match="little without it"):
        create_survey(bore, data)
    survey = create_survey(bore, data, imported=True)
    assert positions(bore, survey=survey).frame.north == "magnetic"
    with pytest.raises(sdk.WellheadError, match="magnetic north cannot be related"):
        positions(bore, survey=survey, north="true")


def test_a_survey_begins_at_its_datum() -> None:
    """Straight above the first station, in its direction."""
    survey = Survey(
        md=[100], inclination=[60], azimuth=[90], depth_unit="m", depth_datum="KB",
        azimuth_reference="grid",
    )  # fmt: skip
    path = path_of([(Wellbore(well=Well()), survey)], Frame("m", "KB", "grid"))
    assert path.md.tolist() == [0, 100]
    np.testing.assert_allclose(path.tvd, [0, 50])
    np.testing.assert_allclose(path.east, [0, 100 * np.sin(np.radians(60))])
