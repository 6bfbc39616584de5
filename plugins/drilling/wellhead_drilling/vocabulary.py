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
