"""A battery whose two wells flow through an oil, a gas and a water meter, with tests by hand."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from wellhead.testing import Answer

from .conftest import PRODUCTION, Site

LAST = ("2026-03-30", "2026-03-31")
"""The days of March on which the wells of a `Battery` flow: a month is quickly entered."""


class Tests:
    """What the wells made when they were tested, in place of the plugin that keeps tests."""

    __test__ = False

    def __init__(self) -> None:
        self.kept: list[tuple[str, dt.datetime, dict[str, float]]] = []

    def add(self, well: str, day: str, **rates: float) -> None:
        at = dt.datetime.fromisoformat(f"{day}T18:00:00+00:00")
        self.kept.append((well, at, rates))

    def rates(
        self, wells: Sequence[uuid.UUID], end: dt.datetime
    ) -> dict[uuid.UUID, Mapping[str, Any]]:
        """As `allocation.inputs.validated_rates` gives them."""
        found: dict[uuid.UUID, Mapping[str, Any]] = {}
        for well, at, rates in sorted(self.kept, key=lambda test: test[1]):
            if uuid.UUID(well) in wells and at <= end:
                found[uuid.UUID(well)] = {
                    "test_id": uuid.UUID(int=0),
                    "tested_at": at,
                    "oil": rates.get("oil"),
                    "gas": rates.get("gas"),
                    "water": rates.get("water"),
                    "standard_conditions": "60F_14.696psia",
                }
        return found


class Battery:
    """A network of the site's two wells, tested at 200 and 100 STB/d, with meters A (oil), …"""

    def __init__(self, site: Site, patch: pytest.MonkeyPatch, first: str = LAST[0]) -> None:
        self.site, self.api = site, site.api
        self.tests = Tests()
        patch.setattr("wellhead_production.allocation.inputs.validated_rates", self.tests.rates)
        self.network = site.put(
            "networks", name="N", liquid_unit="STB", gas_unit="Mscf", decimals=2
        )
        self.meters = {
            fluid: site.put("meters", name=fluid, fluid=fluid, position="sales")
            for fluid in ("oil", "gas", "water")
        }
        for well, rate in zip(site.wells, (200.0, 100.0), strict=True):
            self.connect(well["id"], first)
            self.tests.add(well["id"], "2026-02-20", oil=rate, gas=rate * 100, water=rate / 2)
        for meter in self.meters.values():
            site.add(
                "network-meters",
                network_id=self.network["id"],
                meter_id=meter["id"],
                first_day=first,
            )

    def connect(self, well: str, first: str, **fields: Any) -> Any:
        return self.site.add(
            "network-wells",
            network_id=self.network["id"],
            well_id=well,
            first_day=first,
            **fields,
        )

    def total(self, fluid: str, day: str, volume: float, unit: str | None = None) -> Any:
        """Enter what the meter showed on a day."""
        return self.site.add("meter-totals", **self.reading(fluid, day, volume, unit))

    def reading(
        self, fluid: str, day: str, volume: float, unit: str | None = None
    ) -> dict[str, Any]:
        unit = unit or ("Mscf" if fluid == "gas" else "STB")
        key = self.meters[fluid]["id"]
        return {"meter_id": key, "production_date": day, "indicated": volume, "unit": unit}

    def days(self, *days: str, oil: float = 10_000.0, hours: float = 24.0) -> None:
        """Enter these days: hours on of both wells, and what the meters showed."""
        on = [
            {
                "facility_id": self.site.facility["id"],
                "well_id": well["id"],
                "production_date": day,
                "hours_on": hours,
                "liquid_unit": "STB",
                "gas_unit": "Mscf",
            }
            for day in days
            for well in self.site.wells
        ]
        self.bulk("daily-records", on)
        volumes = {"oil": oil, "gas": 5_000.0, "water": 777.77}
        shown = [
            self.reading(fluid, day, volume) for day in days for fluid, volume in volumes.items()
        ]
        self.bulk("meter-totals", shown)

    def bulk(self, path: str, rows: list[dict[str, Any]]) -> None:
        answer = self.api.post(f"{PRODUCTION}/{path}/bulk", {"items": rows})
        assert answer.data["failed"] == 0, answer.data

    def post(self, path: str, **body: Any) -> Answer:
        return self.api.post(f"{PRODUCTION}/networks/{self.network['id']}/{path}", body)

    def allocate(self, first: str = LAST[0], last: str = LAST[1], **body: Any) -> Any:
        answer = self.post("allocate", first_day=first, last_day=last, **body)
        assert answer.status == 201, answer.error
        return answer.data

    def states(self, first: str = LAST[0], last: str = LAST[1]) -> dict[str, Any]:
        found = self.get("states", first_day=first, last_day=last).data
        return {row["production_date"]: row for row in found}

    def get(self, path: str, **query: Any) -> Answer:
        return self.api.get(f"{PRODUCTION}/networks/{self.network['id']}/{path}", **query)

    def shares(self, day: str, **query: Any) -> list[dict[str, Any]]:
        """The newest shares of a day, in the order of the wells' names."""
        query = {"newest": True, "sort": "well_name"} | query
        found = self.site.get(
            "allocated-volumes", network_id=self.network["id"], production_date=day, **query
        )
        rows: list[dict[str, Any]] = found.data
        return rows

    def oil(self, day: str) -> list[float]:
        return [row["oil"] for row in self.shares(day)]

    def close(self, month: str = "2026-03", **body: Any) -> Answer:
        path = f"{PRODUCTION}/facilities/{self.site.facility['id']}/close-month"
        return self.api.post(path, {"month": month} | body)


@pytest.fixture
def battery(site: Site, monkeypatch: pytest.MonkeyPatch) -> Battery:
    return Battery(site, monkeypatch)
