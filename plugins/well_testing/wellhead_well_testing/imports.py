"""What an import of tests keeps and tells of: what stands in the way of validating them."""

from typing import Any

from wellhead_well_testing.checks import findings
from wellhead_well_testing.models import WellTest
from wellhead_well_testing.vocabulary import WellTestKind


def warnings_of(test: WellTest) -> list[dict[str, Any]]:
    """What of a new test somebody should look at before they validate it. Tests of pressures have
    none: their rates and gauges come later."""
    if test.kind != WellTestKind.PRODUCTION:
        return []
    return [one.told() for one in findings(test)]
