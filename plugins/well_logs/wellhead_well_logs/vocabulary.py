"""The closed lists that logs are described with."""

from enum import StrEnum


class LogKind(StrEnum):
    """What the index of a log is."""

    DEPTH = "depth"
    TIME = "time"


class Direction(StrEnum):
    """How the index ran when the log was recorded; rows are stored in ascending order."""

    INCREASING = "increasing"
    DECREASING = "decreasing"


class State(StrEnum):
    """Whether a log is what counts now, or what a later revision replaced."""

    CURRENT = "current"
    SUPERSEDED = "superseded"


class DataType(StrEnum):
    NUMBER = "number"
    TEXT = "text"


class Source(StrEnum):
    """Where a log came from."""

    LAS = "las"
    CSV = "csv"
    WITSML = "witsml"
    ENTERED = "entered"


DATETIME = "datetime"
"""Index unit of a time log that is indexed by date and time: the index is microseconds since
1970-01-01 UTC, which a float64 holds exactly for 285 years. Other time logs count from a start."""
