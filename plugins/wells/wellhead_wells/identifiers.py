"""The numbers regulators give wells, read from what a person or a file says.

Pure: no database, no Flask. One entry, `read`, for people, who can correct a malformed number at
once, and one, `read_lenient`, for imports, where a malformed number is kept as it came with a
warning rather than losing the record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wellhead.sdk import WellheadError
from wellhead_wells.canada import read_uwi
from wellhead_wells.norway import read_npdid, read_wellbore_name
from wellhead_wells.us_well_number import read_us_well_number

MAX_LENGTH = 64


class IdentifierKind(StrEnum):
    """Who issued an identifier, and so how it is read.

    US_WELL_NUMBER: API / PPDM US Well Number, 10, 12 or 14 digits
    CANADA_UWI: Canadian unique well identifier, 16 characters, DLS or NTS form
    NORWAY_NAME: designation by the Norwegian Offshore Directorate, `15/9-F-1 C`
    NPDID: the Directorate's number of a well or wellbore
    OTHER: any other authority's; kept as text
    """

    US_WELL_NUMBER = "us_well_number"
    CANADA_UWI = "canada_uwi"
    NORWAY_NAME = "norway_name"
    NPDID = "npdid"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of a well or wellbore.

    value: as entered, without surrounding blanks (a string: leading zeros matter)
    normalised: the form in which two spellings of one number are equal; None where the value is
        malformed and was only imported
    warning: why it could not be normalised, for people
    """

    kind: IdentifierKind
    value: str
    normalised: str | None
    warning: str | None = None


def _read_other(text: str) -> str:
    return " ".join(text.upper().split())


_READERS: Mapping[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.US_WELL_NUMBER: read_us_well_number,
    IdentifierKind.CANADA_UWI: read_uwi,
    IdentifierKind.NORWAY_NAME: read_wellbore_name,
    IdentifierKind.NPDID: read_npdid,
    IdentifierKind.OTHER: _read_other,
}


def read(kind: str, text: str, field: str = "identifiers") -> Identifier:
    """The identifier a person entered.

    field: named by the error
    Raises WellheadError saying what is wrong with it and what is expected.
    """
    known = _kind(kind, field)
    value = _value(text, field)
    try:
        normalised = _READERS[known](value)
    except WellheadError as error:
        raise WellheadError(error.message, field=field, value=text, remedy=error.remedy) from error
    return Identifier(known, value, normalised)


def read_lenient(kind: str, text: str, field: str = "identifiers") -> Identifier:
    """The identifier a file holds: a malformed one is kept as it came, with a warning.

    Raises WellheadError for an unknown kind, and for a value that is blank or longer than a
    column, since nothing could be kept of those.
    """
    known = _kind(kind, field)
    value = _value(text, field)
    try:
        return read(known, value, field)
    except WellheadError as error:
        return Identifier(known, value, None, warning=str(error))


def _kind(kind: str, field: str) -> IdentifierKind:
    try:
        return IdentifierKind(kind)
    except ValueError:
        kinds = ", ".join(IdentifierKind)
        raise WellheadError(
            "unknown kind of identifier", field=field, value=kind, remedy=f"One of: {kinds}"
        ) from None


def _value(text: str, field: str) -> str:
    value = text.strip()
    if not value:
        raise WellheadError(
            "is blank", field=field, value=text, remedy="Give the identifier or leave it out"
        )
    if len(value) > MAX_LENGTH or not value.isprintable():
        raise WellheadError(
            f"is not a line of at most {MAX_LENGTH} characters",
            field=field,
            value=value[:MAX_LENGTH],
            remedy="Give the identifier alone, without remarks",
        )
    return value
