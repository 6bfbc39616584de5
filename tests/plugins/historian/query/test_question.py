"""Options that contradict each other name field, value and remedy."""

from typing import Any

import pytest

from wellhead import sdk
from wellhead_historian.query.question import Instants, Raw, question_of

FIRST, END = "2025-06-15T15:00:00Z", "2025-06-15T16:00:00Z"
NOW = 1_750_003_200_000_000


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"points": 5}, "points"),
        ({"points": 100_001}, "points"),
        ({"limit": 100_001}, "limit"),
        ({"points": 10, "limit": 5}, "limit"),
        ({"points": 10, "interval": "1h"}, "interval"),
        ({"points": 10, "quality": "all"}, "quality"),
        ({"method": "lttb"}, "method"),
        ({"agg": ["max"]}, "agg"),
        ({"tz": "UTC"}, "tz"),
        ({"day_start": "06:00", "points": 10}, "day_start"),
        ({"interval": "1h", "agg": ["median"]}, "agg"),
        ({"interval": "1h", "tz": "Mars/Base"}, "tz"),
        ({"interval": "1h", "day_start": "25:00"}, "day_start"),
        ({"interval": "1 hour"}, "interval"),
        ({"interval": "1s", "from": "2020-01-01T00:00:00Z"}, "interval"),
        ({"every": "1s", "from": "2020-01-01T00:00:00Z"}, "every"),
        ({"every": "1 second"}, "every"),
        ({"at": [FIRST]}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": FIRST}, "to"),
    ],
)
def test_what_contradicts_itself_is_told(options: dict[str, Any], field: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        question_of({"from": FIRST, "to": END, **options}, NOW, 100_000)
    assert refused.value.field == field
    assert refused.value.value is not None
    assert refused.value.remedy


def test_values_at_times_need_no_range_and_no_other_question() -> None:
    assert isinstance(question_of({"at": [FIRST]}, NOW, 10), Instants)
    for wrong, field in (
        ({"at": []}, "at"),
        ({"at": [FIRST] * 11}, "at"),
        ({"at": ["noon"]}, "at"),
        ({"at": [FIRST], "every": "1h"}, "every"),
    ):
        with pytest.raises(sdk.WellheadError) as refused:
            question_of(wrong, NOW, 10)
        assert refused.value.field == field


def test_without_more_the_readings_until_now_are_meant() -> None:
    asked = question_of({"from": FIRST}, NOW, 10)
    assert asked == Raw(1_749_999_600_000_000, NOW, None, "all")
