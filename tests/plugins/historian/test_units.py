"""Tags in units that exist, and their readings in the units that a reader asks for."""

from typing import Any

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian import api as historian
from wellhead_historian.store.choice import make_writer
from wellhead_historian.testing import BASE, FAR, batch_of, scan

pytestmark = pytest.mark.one_app

FIRST = "2025-06-15T15:06:40Z"  # BASE
UNITS = [("bar", None), ("degC", None), ("m3/d", "gas_rate"), (None, None), ("%", None)]


@pytest.fixture
def tags(app: Flask, settings: sdk.Settings) -> list[int]:
    """A tag a unit; the scan has the values 100, 101, 102, 103 and 104."""
    with app.app_context(), sdk.tenant("default"):
        made = [
            historian.create_tag(name=f"T-{n}", datatype="float64", unit=unit, quantity=quantity)
            for n, (unit, quantity) in enumerate(UNITS)
        ]
        source = historian.create_source("group")
        ids = [tag.id for tag in made]
        sdk.db.session.commit()
    with sdk.connect(settings, "default") as connection, connection.transaction():
        make_writer(connection).write([scan(source, BASE, np.array(ids, np.int32), first=100)], FAR)
    return ids


def test_readings_come_in_the_units_asked_for(api: ApiClient, tags: list[int]) -> None:
    path = f"/api/v1/tags/{tags[0]}/readings"
    entered = api.get(path, **{"from": FIRST})
    oilfield = api.get(path, **{"from": FIRST}, units="oilfield")

    assert (entered.data["v"], entered.meta["unit"]) == ([100.0], "bar")
    assert oilfield.data["v"] == pytest.approx([1450.37738])
    assert oilfield.meta["unit"] == "psi"


def test_latest_values_of_many_tags_are_converted_each_in_its_way(
    api: ApiClient, tags: list[int]
) -> None:
    ids = ",".join(map(str, tags))
    answer = api.get("/api/v1/tags/latest", ids=ids, units="oilfield").data

    assert answer["v"] == pytest.approx([1450.37738, 213.8, 102 * 0.0353146667, 103.0, 104.0])
    assert answer["unit"] == ["psi", "degF", "Mscf/d", None, "%"]
    assert "unit" not in api.get("/api/v1/tags/latest", ids=ids).data


def test_the_mean_of_one_value_is_that_value_in_any_unit(api: ApiClient, tags: list[int]) -> None:
    asked = {"from": FIRST, "to": "2025-06-15T15:06:41Z", "interval": "1h", "agg": "sum,mean,max"}
    for tag, expected in ((tags[0], None), (tags[1], 213.8), (tags[2], None)):
        answer = api.get(f"/api/v1/tags/{tag}/readings", **asked, units="oilfield").data
        assert answer["sum"] == answer["mean"] == answer["max"]
        assert expected in (None, *answer["max"])


def test_what_is_too_large_in_another_unit_is_no_number_there(
    api: ApiClient, settings: sdk.Settings, tags: list[int]
) -> None:
    rows = [(tags[0], BASE + 1, 1e308, 192)]
    with sdk.connect(settings, "default") as connection, connection.transaction():
        make_writer(connection).write([batch_of(1, rows)], FAR)
    answer = api.get(f"/api/v1/tags/{tags[0]}/latest", units="oilfield").data
    assert (answer["value"], answer["unit"]) == (None, "psi")
    said = api.post("/api/v1/tags", {"name": "SAID", "datatype": "string"}).data["id"]
    asked = {"tags": [tags[0], said], "at": ["2025-06-16T00:00:00Z"], "units": "oilfield"}
    text = api.post("/api/v1/tags/readings/query", {**asked, "format": "csv"}).text
    assert [line.split(",")[-2:] for line in text.splitlines()[1:]] == [["", "68"], ["", "0"]]


def test_one_latest_value_names_its_unit(api: ApiClient, tags: list[int]) -> None:
    answer = api.get(f"/api/v1/tags/{tags[2]}/latest", units="oilfield").data
    assert (answer["unit"], answer["quantity"]) == ("Mscf/d", "gas_rate")
    assert answer["value"] == pytest.approx(102 * 0.0353146667)


@pytest.mark.parametrize(
    "path", ["/api/v1/tags/{}/latest", "/api/v1/tags/latest?ids={}", "/api/v1/tags/{}/readings"]
)
def test_other_units_are_refused(api: ApiClient, tags: list[int], path: str) -> None:
    query: dict[str, Any] = {"units": "imperial"}
    if path.endswith("readings"):
        query["from"] = FIRST
    url, _, ids = path.format(tags[0]).partition("?ids=")
    answer = api.get(url, **query, **({"ids": ids} if ids else {}))
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "units")


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"unit": "barr"}, "unit", 'Did you mean "bar"?'),
        ({"unit": "m3/d", "quantity": "pressure"}, "unit", "Use bar or psi"),
        ({"quantity": "gas_rate"}, "unit", "a quantity needs a unit"),
        ({"quantity": "gasrate", "unit": "m3/d"}, "quantity", 'Did you mean "gas_rate"?'),
    ],
)
def test_a_tag_is_described_in_units_that_there_are(
    api: ApiClient, app: Flask, change: dict[str, str], field: str, said: str
) -> None:
    with app.app_context(), sdk.tenant("default"):
        tag = historian.create_tag(name="new", datatype="float64").id
        sdk.db.session.commit()

    answer = api.patch(f"/api/v1/tags/{tag}", change)

    assert (answer.status, answer.error["details"][0]["field"]) == (422, field), answer.body
    assert said in answer.error["message"]
    good = {"unit": "Sm3/d", "quantity": "gas_rate"}
    assert good.items() <= api.patch(f"/api/v1/tags/{tag}", good).data.items()


def test_quantities_are_listed(api: ApiClient) -> None:
    rows = {row["name"]: row for row in api.as_role("viewer").get("/api/v1/units").data}
    assert (rows["gas_rate"]["metric"], rows["gas_rate"]["oilfield"]) == ("Sm3/d", "Mscf/d")
