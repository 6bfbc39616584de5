"""A reservoir with a name of its own in the app that a module's tests share."""

import itertools
from typing import Any

import pytest

from wellhead.testing import ApiClient

RESERVOIRS = "/api/v1/reservoirs"
_NUMBERS = itertools.count(1)


class Field:
    """`add` posts one more record and expects 201; `refused` expects it to be refused."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.number = next(_NUMBERS)
        self.reservoir = self.add("", name=f"Sand {self.number}")

    def add(self, path: str, **fields: Any) -> Any:
        answer = self.api.post(RESERVOIRS + path, fields)
        assert answer.status == 201, answer.error
        return answer.data

    def put(self, path: str, **fields: Any) -> Any:
        """Add a record of the reservoir."""
        return self.add(path, reservoir_id=self.reservoir["id"], **fields)

    def refused(self, path: str, field: str, **fields: Any) -> str:
        """The message of a record of the reservoir that is refused for `field`."""
        body = {"reservoir_id": self.reservoir["id"]} | fields
        answer = self.api.post(RESERVOIRS + path, body)
        assert answer.status in (409, 422), answer.status
        assert [detail["field"] for detail in answer.error["details"]] == [field]
        return str(answer.error["message"])


@pytest.fixture
def field(shared_api: ApiClient) -> Field:
    return Field(shared_api)
