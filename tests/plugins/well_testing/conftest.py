"""A well of its own with tests, in the app that the module's tests share."""

import itertools
from typing import Any

import pytest

from wellhead.testing import ApiClient
from wellhead.testing.client import Answer

TESTING = "/api/v1/well-testing"
TESTS = f"{TESTING}/tests"
CONDITIONS = "60F_14.696psia"
_NUMBERS = itertools.count(1)


class Lease:
    """A well; `test` makes a test of it, `add` any record of the plugin, which are expected to be
    made."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.well = api.post("/api/v1/wells", {"name": f"T-{next(_NUMBERS)}"}).data

    def body(self, **fields: Any) -> dict[str, Any]:
        usual = {
            "well_id": self.well["id"],
            "kind": "production",
            "start_at": "2026-03-01T06:00:00Z",
            "end_at": "2026-03-02T06:00:00Z",
            "standard_conditions": CONDITIONS,
        }
        return usual | fields

    def test(self, **fields: Any) -> Any:
        return self.add("tests", **self.body(**fields))

    def add(self, path: str, **fields: Any) -> Any:
        answer = self.api.post(f"{TESTING}/{path}", fields)
        assert answer.status == 201, answer.error
        return answer.data

    def gauge(self, test: str, **fields: Any) -> str:
        """The path of a new gauge run."""
        usual = {"gauge": "Lower", "pressure_kind": "absolute", "pressure_unit": "psia"}
        return (
            f"{TESTING}/gauge-runs/{self.add('gauge-runs', test_id=test, **usual | fields)['id']}"
        )

    def bring(self, run: str, lines: list[str], **query: Any) -> Answer:
        """A CSV file of these lines as the next version of a gauge run's pressures."""
        headers, text = {"Content-Type": "text/csv"}, "\n".join(lines)
        path = f"{run}/series/csv"
        return self.api.request("POST", path, query=query, headers=headers, text=text)

    def refused(self, path: str, **fields: Any) -> str:
        """The field for which a record is refused."""
        answer = self.api.post(f"{TESTING}/{path}", fields)
        assert answer.status in (409, 422), answer.body
        return str(answer.error["details"][0]["field"])


@pytest.fixture
def lease(shared_api: ApiClient) -> Lease:
    return Lease(shared_api)


def of(value: Any, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


RATES = {
    "oil_rate": of(420, "STB/d"),
    "gas_rate": of(336, "Mscf/d"),
    "water_rate": of(180, "bbl/d"),
}
