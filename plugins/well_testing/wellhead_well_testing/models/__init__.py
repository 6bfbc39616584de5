"""Tables of the plugin, one module a subject."""

from wellhead_well_testing.models.rates import RateStep
from wellhead_well_testing.models.tests import WellTest, WellTestRevision

MODELS = (WellTest, WellTestRevision, RateStep)

__all__ = ["MODELS", "RateStep", "WellTest", "WellTestRevision"]
