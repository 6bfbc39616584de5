"""An answer is of one moment, whatever is stored while it is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian import api as historian
from wellhead_historian.store.choice import make_writer
from wellhead_historian.store.interface import Reader
from wellhead_historian.testing import FAR, batch_of, make_source

from .conftest import SECOND, START, Station

pytestmark = pytest.mark.one_app

QUERY = "/api/v1/tags/readings/query"
MOST = {"from": "2025-06-15T15:00:30Z", "to": "2025-06-15T15:59:30Z"}


class Disturbed:
    """A reader, after each answer of which something happens."""

    def __init__(self, reader: Reader, happens: Callable[[], None]) -> None:
        self._reader = reader
        self._happens = happens

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*asked: Any) -> Any:
            found = getattr(self._reader, name)(*asked)
            self._happens()
            return found

        return answer


@pytest.fixture
def restated(
    station: Station, settings: sdk.Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """All readings of `flow` and `silent` get another value, one more each time some are read."""
    ids = (station.ids["flow"], station.ids["silent"])
    value = 0.0
    with sdk.connect(settings, "default", autocommit=True) as connection:
        source = make_source(connection, "corrections")

        def restate() -> None:
            nonlocal value
            value += 1.0
            at = START + np.arange(60) * 60 * SECOND
            rows = [(tag, int(time), value, 192) for tag in ids for time in at]
            with connection.transaction():
                make_writer(connection).write([batch_of(source, rows)], FAR)

        plain = historian.reader

        @contextmanager
        def disturbed() -> Iterator[Any]:
            with plain() as found:
                yield Disturbed(found, restate)

        restate()
        monkeypatch.setattr(historian, "reader", disturbed)
        yield


@pytest.mark.usefixtures("packed", "restated")
@pytest.mark.parametrize(
    "asked",
    [{"interval": "1h", "agg": ["min", "max"]}, {"points": 50}, {"every": "7m"}, {"limit": 100}],
    ids=str,
)
def test_no_answer_mixes_what_was_with_what_is(api: ApiClient, asked: dict[str, Any]) -> None:
    answer = api.post(QUERY, {"tags": ["flow", "silent"], **MOST, **asked})
    assert answer.status == 200, answer.body
    assert [one["truncated"] for one in answer.data["series"]] == [False, False]
    columns = [one.get(name, []) for one in answer.data["series"] for name in ("v", "min", "max")]
    values = {value for column in columns for value in column if value is not None}
    assert len(values) == 1, "readings of before and after a change are in one answer"
