"""The closed lists drilling is described with, as WITSML 1.4.1.1 spells them where it has one.

With WITSML's own words nothing is translated on the way from a rig's store or to one.
"""

from enum import StrEnum

RIG_KIND = "rig"
"""The kind of a rig's node in the plant tree."""

RIG_PARENTS = ("field", "facility", "pad")
"""Kinds of assets a rig may stand under; none of them is needed."""


class RigType(StrEnum):
    """What a rig stands or floats on (WITSML RigType, and drill ship)."""

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
    """A part of a bottom-hole assembly (those of WITSML TubularComponent that drill)."""

    BIT_PDC = "bit PDC fixed cutter"
    BIT_DIAMOND = "bit diamond fixed cut"
    BIT_INSERT = "bit insert roller cone"
    BIT_MILL_TOOTH = "bit mill tooth roller cone"
    BIT_CORE_PDC = "bit core PDC"
    BIT_CORE_DIAMOND = "bit core diamond"
    HOLE_OPENER = "bit hole opener"
    UNDERREAMER = "bit under reamer"
    BIT_SUB = "sub-bit"
    BULLNOSE = "bullnose"
    MOTOR = "motor"
    STEERABLE_MOTOR = "motor steerable"
    INSTRUMENTED_MOTOR = "motor instrumented"
    TURBINE = "turbine"
    THRUSTER = "thruster"
    ROTARY_STEERABLE = "rotary steering tool"
    GUIDANCE = "directional guidance system"
    ADJUSTABLE_KICKOFF = "adjustable kickoff"
    BENT_SUB = "sub-bent"
    STABILIZER = "stabilizer"
    NEAR_BIT_STABILIZER = "stabilizer near bit"
    STRING_STABILIZER = "stabilizer string"
    INLINE_STABILIZER = "stabilizer inline"
    NON_MAGNETIC_STABILIZER = "non-magnetic stabilizer"
    REAMER = "reamer"
    ROLLER_REAMER = "stabilizer string roller reamer"
    LWD = "logging while drilling tool"
    MWD_PULSER = "MWD pulser"
    MWD_HANG_OFF = "MWD hang off sub"
    DRILL_COLLAR = "drill collar"
    SHORT_COLLAR = "drill collar short"
    NON_MAGNETIC_COLLAR = "non-magnetic collar"
    HEAVY_WEIGHT = "heavy weight drill pipe"
    DRILL_PIPE = "drill pipe"
    JAR = "jar"
    ACCELERATOR = "accelerator"
    SHOCK_SUB = "sub-shock"
    FLOAT_SUB = "sub-float"
    FILTER_SUB = "sub-filter"
    CROSSOVER = "sub-crossover"
    CIRCULATION_SUB = "sub-circulation"
    ORIENTING_SUB = "sub-orienting"
    SAVER_SUB = "sub-saver"
    CORE_BARREL = "core barrel"
    JUNK_BASKET = "junk basket"
    SCRAPER = "scraper"
    WHIPSTOCK = "whipstock"
    OTHER = "other"
    UNKNOWN = "unknown"


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
