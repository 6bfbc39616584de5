"""Fluid contacts with their history, and rock."""

import datetime as dt

import pytest

from wellhead import sdk
from wellhead_reservoir.description import contacts_of, holding
from wellhead_reservoir.models import Reservoir

from .conftest import RESERVOIRS, Field


def test_contacts_move_and_keep_where_they_were(field: Field) -> None:
    first = field.put("/contacts", kind="oil-water", depth=8_400, depth_unit="ft", method="logs")
    assert (first["as_of"], first["certainty"]) == (None, "observed")
    field.put("/contacts", kind="oil-water", depth=8_350, depth_unit="ft", as_of="2023-01-01")
    field.put(
        "/contacts", kind="gas-oil", depth=2_450, depth_unit="m", certainty="below this depth"
    )
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        reservoir = sdk.db.session.get(Reservoir, field.reservoir["id"])
        assert reservoir is not None
        for day, depth in (
            (None, 8_400),
            (dt.date(2022, 12, 31), 8_400),
            (dt.date(2023, 1, 1), 8_350),
        ):
            found = holding(contacts_of(reservoir), day)
            assert (found["oil-water"].depth, found["gas-oil"].depth) == (depth, 2_450)
    shown = field.api.get(
        f"{RESERVOIRS}/contacts", reservoir_id=field.reservoir["id"], units="metric"
    )
    assert sorted(row["depth"] for row in shown.data) == pytest.approx([2_450, 2_545.08, 2_560.32])


def test_contacts_that_cannot_be_are_explained(field: Field) -> None:
    field.put("/contacts", kind="oil-water", depth=8_400, depth_unit="ft")
    message = field.refused("/contacts", "depth", kind="gas-oil", depth=2_600, depth_unit="m")
    assert "below the oil-water contact" in message
    message = field.refused("/contacts", "as_of", kind="oil-water", depth=8_390, depth_unit="ft")
    assert "from this day already" in message
    message = field.refused("/contacts", "kind", kind="gas-water", depth=8_100, depth_unit="ft")
    assert "would have both" in message
    made = field.put("/contacts", kind="gas-oil", depth=8_000, depth_unit="ft")
    moved = field.api.patch(f"{RESERVOIRS}/contacts/{made['id']}", {"depth": 8_500})
    assert moved.error["details"][0]["field"] == "depth"


def test_rock_is_described_by_part(field: Field) -> None:
    made = field.put(
        "/rock",
        porosity=0.22,
        water_saturation=0.25,
        net_to_gross=0.8,
        permeability={"value": 150, "unit": "mD"},
        compressibility={"value": 4e-6, "unit": "1/psi"},
        method="core",
    )
    assert made["part"] == "all"
    path = f"{RESERVOIRS}/rock/{made['id']}"
    assert field.api.get(path, units="metric").data["compressibility"] == {
        "value": pytest.approx(5.8015e-5, rel=1e-4),
        "unit": "1/bar",
    }
    assert "described already" in field.refused("/rock", "part", porosity=0.2)
    other = field.put("/rock", part="upper", porosity=0.18)
    changed = field.api.patch(f"{RESERVOIRS}/rock/{other['id']}", {"part": "all"})
    assert changed.status == 409
    assert "0.6" in field.refused("/rock", "porosity", part="lower", porosity=22)
