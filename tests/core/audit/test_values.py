"""Values as the trail shows them."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest

from wellhead.audit.values import plain
from wellhead.sdk import Quantity


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        (float("inf"), "inf"),
        (Decimal("0.10"), "0.10"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "2026-01-01T00:00:00Z"),
        (dt.date(2026, 1, 1), "2026-01-01"),
        (dt.timedelta(minutes=1), 60.0),
        ({"a": {1, 2}}, {"a": [1, 2]}),
        ((1, "x"), [1, "x"]),
        (Quantity(12.5, "ppg"), {"value": 12.5, "unit": "ppg"}),
    ],
)
def test_a_value_is_json(value: Any, shown: Any) -> None:
    assert plain(value) == shown


def test_long_text_is_cut_but_can_be_told_apart() -> None:
    one, other = plain("a" * 20_000), plain("a" * 19_999 + "b")
    assert len(one) < 10_200
    assert "20000 characters" in one
    assert one != other
