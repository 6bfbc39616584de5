"""A well with a wellbore of 3,000 m, and a rig."""

import itertools
from typing import Any

import pytest

from wellhead.testing import ApiClient

DRILLING = "/api/v1/drilling"
WELLS = "/api/v1/wells"
_NUMBERS = itertools.count(2)


class Site:
    """Records by the names of drilling's collections; `add` posts one more and expects 201."""

    def __init__(self, api: ApiClient, number: int = 1) -> None:
        """number: in the names of well and rig, for an app that has others already"""
        self.api = api
        self.well = api.post(
            WELLS,
            {
                "name": f"W-{number}",
                "datums": [{"code": "KB", "elevation": 30, "unit": "m"}],
                "ground_elevation": 20,
                "elevation_unit": "m",
                "depth_datum": "KB",
            },
        ).data
        self.bore = api.post(
            f"{WELLS}/{self.well['id']}/wellbores",
            {"name": "OH", "wellbore_type": "initial", "md": 3_000, "depth_unit": "m"},
        ).data
        self.rig = self.add("rigs", name=f"Rig {number}", time_zone="America/Chicago")

    def body(self, **fields: Any) -> dict[str, Any]:
        return {"wellbore_id": self.bore["id"]} | fields

    def add(self, path: str, **fields: Any) -> Any:
        answer = self.api.post(f"{DRILLING}/{path}", fields)
        assert answer.status == 201, answer.error
        return answer.data

    def put(self, path: str, **fields: Any) -> Any:
        """Add a record of the wellbore."""
        return self.add(path, **self.body(**fields))

    def refused(self, path: str, field: str, **fields: Any) -> str:
        """The message of a record of the wellbore that is refused for `field`."""
        answer = self.api.post(f"{DRILLING}/{path}", self.body(**fields))
        assert answer.status in (409, 422), answer.status
        assert [detail["field"] for detail in answer.error["details"]] == [field]
        return str(answer.error["message"])


@pytest.fixture
def crew(shared_api: ApiClient) -> Site:
    """A site of its own in the app that the module's tests share."""
    return Site(shared_api, next(_NUMBERS))


def inches(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "in"}
