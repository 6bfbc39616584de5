"""What became of a facility's volumes, and whether a day adds up."""

import pytest

from wellhead import sdk

from .conftest import PRODUCTION, Site

DAY = "2026-06-01"


def test_a_volume_is_shown_in_units_of_its_fluid(site: Site) -> None:
    oil = {"fluid": "oil", "disposition": "sold", "volume": 15.8987294928, "unit": "Sm3"}
    sold = site.put("facility-volumes", production_date=DAY, **oil)
    assert (sold["method"], sold["standard_conditions"]) == ("measured", "60F_14.696psia")
    shown = site.get(f"facility-volumes/{sold['id']}", units="oilfield").data
    assert (shown["volume"], shown["unit"]) == (pytest.approx(100), "STB")
    gas = {"fluid": "gas", "disposition": "flared", "volume": 28.316846592, "unit": "Sm3"}
    flared = site.put("facility-volumes", production_date=DAY, **gas)
    shown = site.get(f"facility-volumes/{flared['id']}", units="oilfield").data
    assert (shown["volume"], shown["unit"]) == (pytest.approx(1), "Mscf")


def test_of_a_day_there_is_one_volume_a_way_and_meter(site: Site) -> None:
    volume = {"production_date": DAY, "fluid": "gas", "disposition": "fuel", "unit": "Mscf"}
    meter = site.put("meters", name="FT-9", fluid="gas", position="fuel")
    other = site.put("meters", name="FT-8", fluid="oil", position="sales")
    first = site.put("facility-volumes", **volume, volume=1)
    site.put("facility-volumes", **volume, volume=2, meter_id=meter["id"])
    site.refused("facility-volumes", "production_date", **volume, volume=3)
    site.refused("facility-volumes", "meter_id", **volume, volume=3, meter_id=other["id"])
    site.refused("facility-volumes", "unit", **volume | {"unit": "bara"}, volume=3)
    path = f"{PRODUCTION}/facility-volumes/{first['id']}"
    assert site.api.patch(path, {"volume": 5, "method": "estimated"}).data["volume"] == 5
    assert site.api.patch(path, {"unit": "MMscf"}).data["unit"] == "MMscf"
    assert site.api.delete(path).status == 200


def test_a_day_s_balance_says_what_is_left(site: Site) -> None:
    for well, gas in ((0, 1000), (1, 500)):
        site.day(DAY, well_id=site.wells[well]["id"], gas=gas, oil=10)
    gas_volumes = {"sold": 900, "flared": 200, "fuel": 100}
    for way, volume in gas_volumes.items():
        site.put(
            "facility-volumes", production_date=DAY, fluid="gas", disposition=way, volume=volume,
            unit="Sm3", standard_conditions="15C_101.325kPa" if way == "sold" else "60F_14.696psia",
        )  # fmt: skip
    path = f"facilities/{site.facility['id']}/balance"
    oil, gas, water = site.get(path, date=DAY).data
    factor = sdk.units.gas_volume_factor("15C_101.325kPa", "60F_14.696psia")
    assert gas["produced"] == 1500
    assert gas["sold"] == pytest.approx(900 * factor)
    assert gas["difference"] == pytest.approx(1500 - 900 * factor - 300)
    assert gas["standard_conditions"] == "60F_14.696psia"
    assert (oil["produced"], oil["difference"], oil["sold"]) == (20, 20, 0)
    assert (water["produced"], water["unit"]) == (0, "Sm3")
    assert site.get(path, date=DAY, units="oilfield").data[1]["unit"] == "Mscf"
