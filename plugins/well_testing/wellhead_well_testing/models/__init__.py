"""Tables of the plugin, one module a subject."""

from wellhead_well_testing.models.analyses import Analysis
from wellhead_well_testing.models.gauges import Block, GaugeRun, Series
from wellhead_well_testing.models.rates import RateStep
from wellhead_well_testing.models.tests import WellTest, WellTestRevision

MODELS = (WellTest, WellTestRevision, RateStep, GaugeRun, Series, Block, Analysis)

__all__ = [
    "MODELS",
    "Analysis",
    "Block",
    "GaugeRun",
    "RateStep",
    "Series",
    "WellTest",
    "WellTestRevision",
]
