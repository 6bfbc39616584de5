"""A facility with two wells, in the app that a module's tests share."""

import itertools
from typing import Any

import pytest

from wellhead.testing import ApiClient

PRODUCTION = "/api/v1/production"
_NUMBERS = itertools.count(1)


class Site:
    """`add` posts a record of the plugin and expects 201; `refused` expects 409 or 422."""

    def __init__(self, api: ApiClient, number: int) -> None:
        self.api = api
        self.number = number
        self.wells = [self.well(f"P-{number}-{place}") for place in (1, 2)]
        self.well_id = self.wells[0]["id"]
        self.facility = self.add(
            "facilities",
            name=f"Battery {number}",
            kind="battery",
            time_zone="America/Chicago",
            production_day_start="06:00",
            standard_conditions="60F_14.696psia",
        )

    def well(self, name: str) -> Any:
        return self.api.post("/api/v1/wells", {"name": name}).data

    def add(self, path: str, **fields: Any) -> Any:
        answer = self.api.post(f"{PRODUCTION}/{path}", fields)
        assert answer.status == 201, answer.error
        return answer.data

    def put(self, path: str, **fields: Any) -> Any:
        """Add a record of the facility."""
        return self.add(path, facility_id=self.facility["id"], **fields)

    def day(self, date: str, **fields: Any) -> Any:
        """Add a day of the first well, or of `well_id`."""
        return self.put("daily-records", **self.body(date, **fields))

    def body(self, date: str, **fields: Any) -> dict[str, Any]:
        return {"well_id": self.well_id, "production_date": date} | fields

    def refused(self, path: str, field: str, **fields: Any) -> str:
        """The message of a record of the facility that is refused for `field`."""
        body = {"facility_id": self.facility["id"]} | fields
        answer = self.api.post(f"{PRODUCTION}/{path}", body)
        assert answer.status in (409, 422), answer.status
        assert [detail["field"] for detail in answer.error["details"]] == [field]
        return str(answer.error["message"])

    def get(self, path: str, **query: Any) -> Any:
        return self.api.get(f"{PRODUCTION}/{path}", **query)


@pytest.fixture
def site(shared_api: ApiClient) -> Site:
    return Site(shared_api, next(_NUMBERS))
