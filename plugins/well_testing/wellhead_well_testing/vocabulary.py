"""Kinds of well tests, the states that they go through, and what is asked of each kind."""

from enum import StrEnum


class WellTestKind(StrEnum):
    """What is done in a test."""

    PRODUCTION = "production"
    """Rates through a separator at steady flow; a proration test is one."""
    DRAWDOWN = "drawdown"
    BUILD_UP = "build_up"
    INJECTION = "injection"
    FALL_OFF = "fall_off"
    MULTI_RATE = "multi_rate"
    FLOW_AFTER_FLOW = "flow_after_flow"
    ISOCHRONAL = "isochronal"
    MODIFIED_ISOCHRONAL = "modified_isochronal"
    DRILL_STEM = "drill_stem"
    INTERFERENCE = "interference"


class WellTestState(StrEnum):
    """Where a test stands. It is changed while it is planned or running, and by nobody after
    somebody has validated or rejected it, unless they reopen it."""

    PLANNED = "planned"
    RUNNING = "running"
    VALIDATED = "validated"
    REJECTED = "rejected"


OPEN = (WellTestState.PLANNED, WellTestState.RUNNING)
