"""Negative results, in the words of the store, with what the person who sees them can do."""

from wellhead_witsml.protocol.errors import (
    ObjectExists,
    ObjectMissing,
    PollingTooFast,
    ReturnError,
)

_TYPED: dict[int, type[ReturnError]] = {
    -405: ObjectExists,
    -433: ObjectMissing,
    -485: PollingTooFast,
}
_REMEDIES = {
    -402: "Ask for at least one data node",
    -405: "Update it instead, or give the new one another uid",
    -406: "Give the uids of its well and wellbore",
    -407: "Name the object type",
    -408: "Send a document",
    -409: "Compare the document with the schema of its version",
    -411: "Write OptionsIn as keyword=value;keyword=value, without spaces",
    -413: "Ask for an object type that the store lists in its capabilities",
    -414: "Have the user given the right to do this in the store",
    -415: "Give the uids of one object",
    -423: "Choose a version that the store speaks",
    -424: "Give the version as dataVersion",
    -425: "header-only and data-only are for logs, mud logs and trajectories alone",
    -429: "Ask with one logData section",
    -432: "Delete what is below it first",
    -433: "Add it first, or correct the uids",
    -440: "Leave the option out",
    -441: "Give the option another value",
    -442: "Leave the option out: this store does not know it",
    -456: "Send less at once",
    -467: "Choose a version that the store speaks",
    -468: "Give the document a version",
    -472: "Name product and version in the HTTP User-Agent",
    -475: "Ask for one growing object, by the uids of its well and wellbore and its own",
    -479: "Send it without compression",
    -481: "Add the well or wellbore above it first",
    -482: "Name every mnemonic once",
    -484: "Fill in what the schema requires",
    -485: "Wait for the store's changeDetectionPeriod between two requests",
}


def return_error(number: int, said: str, base: str) -> ReturnError:
    """The error of a result. said: its supplementary message; base: GetBaseMsg's text"""
    text = ": ".join(part for part in (base, said) if part) or "without a text"
    return _TYPED.get(number, ReturnError)(number, text, _REMEDIES.get(number))
