"""The words completions are described with."""

from enum import StrEnum


class CompletionKind(StrEnum):
    """How the hole is open to the formation."""

    CASED_AND_PERFORATED = "cased and perforated"
    OPEN_HOLE = "open hole"
    BAREFOOT = "barefoot"
    SLOTTED_LINER = "slotted liner"
    PERFORATED_LINER = "perforated liner"
    SCREEN = "screen"
    GRAVEL_PACK = "gravel pack"
    FRAC_PACK = "frac pack"
    MULTISTAGE_FRAC = "multistage frac"
    OTHER = "other"


class CompletionStatus(StrEnum):
    """Where a completion or a zone stands."""

    PLANNED = "planned"
    OPEN = "open"
    SHUT_IN = "shut in"
    ISOLATED = "isolated"
    SUSPENDED = "suspended"
    PLUGGED = "plugged"
    ABANDONED = "abandoned"


class PerforationStatus(StrEnum):
    """What became of the holes."""

    PLANNED = "planned"
    OPEN = "open"
    SQUEEZED = "squeezed"
    ISOLATED = "isolated"
    PLUGGED = "plugged"
