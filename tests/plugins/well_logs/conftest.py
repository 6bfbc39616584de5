"""One app for a module's tests: each makes a well of its own, so none sees another's logs."""

import itertools
from typing import Any

import pytest

from wellhead.testing import ApiClient
from wellhead.testing.client import Answer

LOGS = "/api/v1/well-logs"
_NUMBERS = itertools.count(1)


@pytest.fixture
def bore(shared_api: ApiClient) -> dict[str, Any]:
    """A wellbore whose depths are metres from a kelly bushing 30 m above the sea."""
    number = f"{next(_NUMBERS):05d}"
    well = shared_api.post(
        "/api/v1/wells",
        {
            "name": f"Heron {number}",
            "identifiers": [{"kind": "us_well_number", "value": f"05-001-{number}-00-00"}],
            "datums": [{"code": "KB", "elevation": 30, "unit": "m"}],
            "ground_elevation": 20,
            "elevation_unit": "m",
            "depth_datum": "KB",
        },
    ).data
    made: dict[str, Any] = shared_api.post(
        f"/api/v1/wells/{well['id']}/wellbores",
        {"name": "OH", "md": 3_000, "depth_unit": "m"},
    ).data
    return made


class Logs:
    """Imports and reads of one wellbore's logs."""

    def __init__(self, api: ApiClient, bore: dict[str, Any]) -> None:
        self.api = api
        self.bore = bore

    def send(self, text: str, kind: str = "las", **query: Any) -> Answer:
        """An import of a file."""
        return self.api.request(
            "POST",
            f"{LOGS}/imports/{kind}",
            query={"wellbore_id": self.bore["id"], **query},
            text=text,
            headers={"Content-Type": "text/csv" if kind == "csv" else "text/plain"},
        )

    def imported(self, text: str, kind: str = "las", **query: Any) -> dict[str, Any]:
        log: dict[str, Any] = self.send(text, kind, **query).data["log"]
        return log

    def data(self, log: dict[str, Any], **query: Any) -> Answer:
        return self.api.get(f"{LOGS}/{log['id']}/data", **query)


@pytest.fixture
def logs(shared_api: ApiClient, bore: dict[str, Any]) -> Logs:
    return Logs(shared_api, bore)
