"""The closed lists daily drilling reports are written with.

Codes are the time codes of the IADC-API Official Daily Drilling Report Form, which contractors and
operators bill and compare by; 1 to 22 are drilling's, A to E those of completion.
"""

from enum import StrEnum


class ReportState(StrEnum):
    """Where a report stands between who writes it and who answers for it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class Phase(StrEnum):
    """Which part of the well's construction time is spent on, in the usual order."""

    MOBILISATION = "mobilisation"
    CONDUCTOR = "conductor"
    SURFACE = "surface"
    INTERMEDIATE = "intermediate"
    PRODUCTION = "production"
    SIDETRACK = "sidetrack"
    EVALUATION = "evaluation"
    COMPLETION = "completion"
    TESTING = "testing"
    SUSPENSION = "suspension"
    ABANDONMENT = "abandonment"
    DEMOBILISATION = "demobilisation"


class TimeClass(StrEnum):
    """Whether time was meant to be spent so; the latter two are non-productive time (NPT)."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"
    DOWNTIME = "downtime"


NON_PRODUCTIVE = (TimeClass.UNPLANNED, TimeClass.DOWNTIME)

ACTIVITY_CODES = {
    "1": "Rig up and tear down",
    "2": "Drill actual",
    "3": "Reaming",
    "4": "Coring",
    "5": "Condition mud and circulate",
    "6": "Trips",
    "7": "Lubricate rig",
    "8": "Repair rig",
    "9": "Cut off drilling line",
    "10": "Deviation survey",
    "11": "Wire line logs",
    "12": "Run casing and cement",
    "13": "Wait on cement",
    "14": "Nipple up BOP",
    "15": "Test BOP",
    "16": "Drill stem test",
    "17": "Plug back",
    "18": "Squeeze cement",
    "19": "Fishing",
    "20": "Directional work",
    "21": "Safety meeting",
    "22": "Other",
    "A": "Perforating",
    "B": "Tubing trips",
    "C": "Treating",
    "D": "Swabbing",
    "E": "Testing",
}

MAKES_HOLE = ("2", "4")
"""Codes of activities whose depth reached is the hole's."""


class SafetyKind(StrEnum):
    """What a safety event is."""

    FATALITY = "fatality"
    LOST_TIME = "lost time injury"
    MEDICAL = "medical treatment"
    FIRST_AID = "first aid"
    NEAR_MISS = "near miss"
    SPILL = "spill"
    WELL_CONTROL = "well control"
    DRILL = "drill"
    MEETING = "meeting"
    OBSERVATION = "observation"
