"""API / PPDM US Well Number: state 2, county 3, unique 5, sidetrack 2, event 2 digits.

Sources: API Bulletin D12A (January 1979); PPDM, The US Well Number Standard (2013). There is no
check digit. The state codes are API's own (IBM's list of 1952) and differ from FIPS: Texas is 42
here and 48 there, so the table below is what tells a swapped or FIPS code from a good one.
"""

import re
from collections.abc import Mapping

from wellhead.sdk import WellheadError

STATES: Mapping[str, str] = {
    "01": "Alabama",
    "02": "Arizona",
    "03": "Arkansas",
    "04": "California",
    "05": "Colorado",
    "06": "Connecticut",
    "07": "Delaware",
    "08": "District of Columbia",
    "09": "Florida",
    "10": "Georgia",
    "11": "Idaho",
    "12": "Illinois",
    "13": "Indiana",
    "14": "Iowa",
    "15": "Kansas",
    "16": "Kentucky",
    "17": "Louisiana",
    "18": "Maine",
    "19": "Maryland",
    "20": "Massachusetts",
    "21": "Michigan",
    "22": "Minnesota",
    "23": "Mississippi",
    "24": "Missouri",
    "25": "Montana",
    "26": "Nebraska",
    "27": "Nevada",
    "28": "New Hampshire",
    "29": "New Jersey",
    "30": "New Mexico",
    "31": "New York",
    "32": "North Carolina",
    "33": "North Dakota",
    "34": "Ohio",
    "35": "Oklahoma",
    "36": "Oregon",
    "37": "Pennsylvania",
    "38": "Rhode Island",
    "39": "South Carolina",
    "40": "South Dakota",
    "41": "Tennessee",
    "42": "Texas",
    "43": "Utah",
    "44": "Vermont",
    "45": "Virginia",
    "46": "Washington",
    "47": "West Virginia",
    "48": "Wisconsin",
    "49": "Wyoming",
    "50": "Alaska",
    "51": "Hawaii",
    "55": "Alaska offshore (federal)",
    "56": "Pacific coast offshore (federal)",
    "60": "Northern Gulf offshore (federal)",
    "61": "Atlantic coast offshore (federal)",
}
"""API state codes; 52–54 are reserved, 55 and up are federal waters."""

WELL_DIGITS = 10
"""Digits that name the well; what follows names its bores and events."""

_LENGTHS = (10, 12, 14)
_EXAMPLE = "Expected 10, 12 or 14 digits, hyphens allowed, like 42-501-20130-03-00"


def read_us_well_number(text: str) -> str:
    """The 14 digits of a US well number of 10, 12 or 14, padded with zeros; hyphens are dropped.

    Raises WellheadError for anything else.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise WellheadError("a US well number has digits only", value=text, remedy=_EXAMPLE)
    if len(digits) not in _LENGTHS:
        raise WellheadError(
            f"a US well number has 10, 12 or 14 digits, this has {len(digits)}",
            value=text,
            remedy=f"{_EXAMPLE}{_length_hint(len(digits))}",
        )
    if digits[:2] not in STATES:
        raise WellheadError(
            f"unknown API state code {digits[:2]}",
            value=text,
            remedy="API state codes are 01–51 in alphabetical order (Texas 42, Alaska 50), 55, "
            "56, 60, 61 offshore; they are not FIPS codes",
        )
    return digits.ljust(14, "0")


def _length_hint(length: int) -> str:
    if length == 8:
        return "; the 2-digit state code seems to be missing"
    if length in (9, 11, 13):
        return "; a leading zero may have been lost in a spreadsheet"
    return ""
