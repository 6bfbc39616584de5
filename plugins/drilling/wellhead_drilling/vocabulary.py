"""The closed lists drilling is described with, as WITSML 1.4.1.1 spells them where it has one.

With WITSML's own words nothing is translated on the way from a rig's store or to one.
"""

from enum import StrEnum

RIG_KIND = "rig"
"""The kind of a rig's node in the plant tree."""

RIG_PARENTS = ("field", "facility", "pad")
"""Kinds of assets a rig may stand under; none of them is needed."""


class RigType(StrEnum):
    """What a rig stands or floats on (WITSML RigType)."""

    BARGE = "barge"
    COILED_TUBING = "coiled tubing"
    FLOATER = "floater"
    JACKUP = "jackup"
    LAND = "land"
    PLATFORM = "platform"
    SEMI_SUBMERSIBLE = "semi-submersible"
    DRILL_SHIP = "drill ship"
    UNKNOWN = "unknown"


class ComponentType(StrEnum):
    """A part of a bottom-hole assembly (the main ones of WITSML TubularComponent)."""

    BIT = "bit"
    HOLE_OPENER = "hole opener"
    UNDERREAMER = "underreamer"
    REAMER = "reamer"
    MOTOR = "motor"
    TURBINE = "turbine"
    ROTARY_STEERABLE = "rotary steering tool"
    BENT_SUB = "bent sub"
    STABILIZER = "stabilizer"
    MWD = "MWD"
    LWD = "logging while drilling tool"
    DRILL_COLLAR = "drill collar"
    NON_MAGNETIC_COLLAR = "non-magnetic collar"
    HEAVY_WEIGHT = "heavy weight drill pipe"
    DRILL_PIPE = "drill pipe"
    JAR = "jar"
    ACCELERATOR = "accelerator"
    SHOCK_SUB = "shock sub"
    FLOAT_SUB = "float sub"
    CROSSOVER = "crossover"
    FILTER_SUB = "filter sub"
    CIRCULATING_SUB = "circulation sub"
    CORE_BARREL = "core barrel"
    OTHER = "other"


class MudType(StrEnum):
    """What a drilling fluid is based on."""

    WATER = "water based"
    OIL = "oil based"
    SYNTHETIC = "synthetic based"
    FOAM = "foam"
    AIR = "air"
    OTHER = "other"


class StringType(StrEnum):
    """What a casing string is for."""

    CONDUCTOR = "conductor"
    SURFACE = "surface"
    INTERMEDIATE = "intermediate"
    PRODUCTION = "production"
    LINER = "liner"
    PRODUCTION_LINER = "production liner"
    TIEBACK = "tieback"
    OTHER = "other"


class PressureTestType(StrEnum):
    """What is tested: the casing, or how much the rock below its shoe bears."""

    CASING = "casing test"
    FORMATION_INTEGRITY = "formation integrity test"
    LEAK_OFF = "leak-off test"
    EXTENDED_LEAK_OFF = "extended leak-off test"


class CementJobType(StrEnum):
    """Why cement is pumped (WITSML CementJobType)."""

    PRIMARY = "primary"
    PLUG = "plug"
    SQUEEZE = "squeeze"
    UNKNOWN = "unknown"


class SlurryPurpose(StrEnum):
    """What a fluid of a cement job is for; only slurries stay in the hole."""

    SPACER = "spacer"
    LEAD = "lead"
    TAIL = "tail"
    SLURRY = "slurry"
    DISPLACEMENT = "displacement"


class CementTopMethod(StrEnum):
    """How the top of cement was found."""

    CALCULATED = "calculated"
    LIFT_PRESSURE = "lift pressure"
    TEMPERATURE_LOG = "temperature log"
    BOND_LOG = "bond log"
    TAGGED = "tagged"
    SURFACE = "cement at surface"


class CementReturns(StrEnum):
    """How much came back while cement was pumped."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
