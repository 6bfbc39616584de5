"""The IADC codes of bits and of how worn they come out of the hole.

Sources: SPE/IADC 23938 and 23939 (1992), the dull grading of fixed-cutter and of roller bits;
SPE/IADC 23937 and 23940 (1992), their classification. Pure: no database, no Flask.
"""

import re
from collections.abc import Mapping
from typing import Any

from wellhead.sdk import WellheadError

BIT_TYPES: Mapping[str, str] = {
    "PDC": "fixed",
    "PDC core": "fixed",
    "diamond": "fixed",
    "diamond core": "fixed",
    "roller cone": "roller",
    "insert roller cone": "roller",
    "unknown": "",
}
"""WITSML's types of bits, and whether their cutters are fixed or on rolling cones."""

CHARACTERISTICS: Mapping[str, str] = {
    "BC": "broken cone",
    "BF": "bond failure",
    "BT": "broken teeth or cutters",
    "BU": "balled up",
    "CC": "cracked cone",
    "CD": "cone dragged",
    "CI": "cone interference",
    "CR": "cored",
    "CT": "chipped teeth or cutters",
    "DL": "delaminated cutters",
    "ER": "erosion",
    "FC": "flat crested wear",
    "HC": "heat checking",
    "JD": "junk damage",
    "LC": "lost cone",
    "LM": "lost matrix",
    "LN": "lost nozzle",
    "LT": "lost teeth or cutters",
    "NO": "no dull characteristics",
    "NR": "not rerunnable",
    "OC": "off-centre wear",
    "PB": "pinched bit",
    "PN": "plugged nozzle or flow passage",
    "RG": "rounded gauge",
    "RO": "ring out",
    "RR": "rerunnable",
    "SD": "shirttail damage",
    "SP": "spalled cutters",
    "SS": "self-sharpening wear",
    "TR": "tracking",
    "WO": "washed out",
    "WT": "worn teeth or cutters",
}

REASONS: Mapping[str, str] = {
    "BHA": "change of bottom-hole assembly",
    "CM": "condition mud",
    "CP": "core point",
    "DMF": "downhole motor failure",
    "DP": "drill plug",
    "DSF": "drill string failure",
    "DST": "drill stem test",
    "DTF": "downhole tool failure",
    "FM": "formation change",
    "HP": "hole problems",
    "HR": "hours on bit",
    "LIH": "left in hole",
    "LOG": "run logs",
    "PP": "pump pressure",
    "PR": "penetration rate",
    "RIG": "rig repair",
    "TD": "total depth or casing depth",
    "TQ": "torque",
    "TW": "twist off",
    "WC": "weather conditions",
    "WO": "washout of the drill string",
}

_OF_CONES = ("BC", "CC", "CD", "CI", "LC", "SD")
_OF_FIXED_CUTTERS = ("BF", "DL", "LM", "SP")
_LOCATIONS = {
    "fixed": (re.compile(r"[CNTSGMA]"), "C, N, T, S, G, M or A"),
    "roller": (
        re.compile(r"(?=.)[NMGA]?[1-3]{0,3}"),
        "N, M, G or A, the numbers of cones, or both",
    ),
    "": (re.compile(r"[CNTSGMA]?[1-3]{0,3}"), "a letter, numbers of cones, or both"),
}
_BEARINGS = {
    "fixed": (("X",), "X, since it has none"),
    "roller": (tuple("012345678EFN"), "0 to 8 of an open one; E, F or N of a sealed one"),
    "": (tuple("012345678EFNX"), "0 to 8, E, F, N or X"),
}
_CODES = {
    "fixed": (re.compile(r"[MSD][1-8][1-4][1-4]"), "M, S or D and three digits, M223"),
    "roller": (re.compile(r"[1-8][1-4][1-9][A-Z]?"), "three digits and perhaps a letter, 517G"),
    "": (re.compile(r"[MSD][1-8][1-4][1-4]|[1-8][1-4][1-9][A-Z]?"), "like M223 or 517G"),
}
_GAUGE = re.compile(r"I|([1-9]|1[0-6])(/16)?|[1-7]/8|[13]/4|1/2")


def check_code(code: str, bit_type: str) -> None:
    """Raises WellheadError for what is no IADC code of such a bit."""
    pattern, expected = _CODES[BIT_TYPES[bit_type]]
    if not pattern.fullmatch(code):
        raise _refused("iadc_code", code, f"is no IADC code of a {bit_type} bit", expected)


def check_grade(grade: Mapping[str, Any], bit_type: str) -> None:
    """Raises WellheadError for a grade that such a bit cannot have.

    grade: the eight fields as `DullGradeSchema` loads them
    """
    kind = BIT_TYPES[bit_type]
    pattern, expected = _LOCATIONS[kind]
    if not pattern.fullmatch(grade["location"]):
        raise _refused(
            "dull_grade.location", grade["location"], f"is no place on a {bit_type} bit", expected
        )
    bearings, expected = _BEARINGS[kind]
    if grade["bearing"] not in bearings:
        raise _refused(
            "dull_grade.bearing", grade["bearing"], f"is no grade of a {bit_type} bit", expected
        )
    if not _GAUGE.fullmatch(grade["gauge"]):
        raise _refused(
            "dull_grade.gauge",
            grade["gauge"],
            "is no grade of gauge",
            "I in gauge, or 16ths of an inch under it: 1/16, 2/16, 1/8 …",
        )
    foreign = {"fixed": _OF_CONES, "roller": _OF_FIXED_CUTTERS, "": ()}[kind]
    for name in ("dull_characteristic", "other_characteristic"):
        if grade[name] in foreign:
            raise _refused(
                f"dull_grade.{name}",
                grade[name],
                f"({CHARACTERISTICS[grade[name]]}) cannot happen to a {bit_type} bit",
                "another characteristic, or correct bit_type",
            )


def in_words(grade: Mapping[str, Any]) -> str:
    """The eight fields as they are written on a bit record: `1-2-WT-A-X-I-CT-TD`."""
    return "-".join(
        str(grade[name])
        for name in (
            "inner",
            "outer",
            "dull_characteristic",
            "location",
            "bearing",
            "gauge",
            "other_characteristic",
            "reason_pulled",
        )
    )


def _refused(field: str, value: str, message: str, expected: str) -> WellheadError:
    return WellheadError(message, field=field, value=value, remedy=f"Give {expected}")
