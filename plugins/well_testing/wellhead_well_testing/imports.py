"""What an import of tests keeps and tells of: rates that are missing, or look wrong."""

from typing import Any

from wellhead_well_testing.models import WellTest
from wellhead_well_testing.vocabulary import WellTestKind

_FLUIDS = ("oil_rate", "gas_rate", "water_rate")


def warnings_of(test: WellTest) -> list[dict[str, Any]]:
    """What of a new test somebody should look at before they validate it."""
    if test.kind != WellTestKind.PRODUCTION:
        return []
    found = [
        {
            "field": name,
            "value": None,
            "message": "was not measured",
            "remedy": "Give it, or 0 where there was none",
        }
        for name in _FLUIDS
        if getattr(test, name) is None
    ]
    if test.end_at is None:
        found.append(
            {
                "field": "end_at",
                "value": None,
                "message": "is missing: the test counts as running",
                "remedy": "Give it; a test without end is not validated",
            }
        )
    return found
