"""Canadian unique well identifier (UWI): 16 characters in four components.

Source: CAPP, The Canadian Unique Well Identifier (1978, modified December 2000). Position 1 is the
survey system, 2–3 the location exception, then the legal survey location, then the event sequence.
Read are the two systems of western Canada:

    1 Dominion Land Survey        1 00 | LSD 2, section 2, township 3, range 2, W, meridian | 00
    2 National Topographic Series 2 00 | quarter unit, unit 3, block, series 3, area, sheet 2 | 00

The federal permit (3) and geodetic (4) systems are told apart and refused.
"""

import re

from wellhead.sdk import WellheadError

_LENGTH = 16
_DLS = re.compile(
    r"1(?P<exception>[0-9A-Z]{2})(?P<lsd>[0-9]{2})(?P<section>[0-9]{2})(?P<township>[0-9]{3})"
    r"(?P<range>[0-9]{2})W(?P<meridian>[0-9])(?P<event>[0-9]{2})"
)
_NTS = re.compile(
    r"2(?P<exception>[0-9A-Z]{2})(?P<quarter>[A-Z])(?P<unit>[0-9]{3})(?P<block>[A-Z])"
    r"(?P<series>[0-9]{3})(?P<area>[A-Z])(?P<sheet>[0-9]{2})(?P<event>[0-9]{2})"
)
_DLS_RANGES = {
    "lsd": ("legal subdivision", 1, 16),
    "section": ("section", 1, 36),
    "township": ("township", 1, 126),
    "range": ("range", 1, 34),
    "meridian": ("meridian W", 1, 6),
    "event": ("event sequence", 0, 9),
}
_NTS_RANGES = {
    "unit": ("unit", 1, 100),
    "sheet": ("map sheet", 1, 16),
    "event": ("event sequence", 0, 9),
}
_NTS_LETTERS = {
    "quarter": ("quarter unit", "A", "D"),
    "block": ("block", "A", "L"),
    "area": ("map area", "A", "P"),
}
_NTS_SERIES = ("082", "083", "092", "093", "094", "102", "103", "104", "114")
"""The map series that cover British Columbia, where this form is in use."""

_DLS_EXAMPLE = "Expected like 100/16-09-010-09W1/00"
_NTS_EXAMPLE = "Expected like 200/D-096-H/094-A-15/00"


def read_uwi(text: str) -> str:
    """The 16 characters, capitals, of a UWI written with or without `/`, `-`, `.` and blanks.

    Raises WellheadError naming the component that is out of its range.
    """
    uwi = re.sub(r"[\s/.-]", "", text).upper()
    system = uwi[:1]
    if system in ("3", "4"):
        name = "federal permit" if system == "3" else "geodetic"
        raise WellheadError(
            f"survey system {system} ({name}) is not read",
            value=text,
            remedy="Enter it as an identifier of kind other",
        )
    if system not in ("1", "2"):
        raise WellheadError(
            "a UWI begins with its survey system, 1 (DLS) or 2 (NTS)",
            value=text,
            remedy=f"{_DLS_EXAMPLE}, or {_NTS_EXAMPLE[9:]}",
        )
    example = _DLS_EXAMPLE if system == "1" else _NTS_EXAMPLE
    if len(uwi) != _LENGTH:
        raise WellheadError(
            f"a UWI has {_LENGTH} characters besides separators, this has {len(uwi)}",
            value=text,
            remedy=example,
        )
    match = (_DLS if system == "1" else _NTS).fullmatch(uwi)
    if match is None:
        raise WellheadError(
            f"this is not the {'DLS' if system == '1' else 'NTS'} form of a UWI",
            value=text,
            remedy=example,
        )
    parts = match.groupdict()
    for part, (name, low, high) in (_DLS_RANGES if system == "1" else _NTS_RANGES).items():
        if not low <= int(parts[part]) <= high:
            raise WellheadError(
                f"{name} {parts[part]} is outside {low}–{high}", value=text, remedy=example
            )
    if system == "2":
        _check_nts(parts, text)
    return uwi


def _check_nts(parts: dict[str, str], text: str) -> None:
    for part, (name, first, last) in _NTS_LETTERS.items():
        if not first <= parts[part] <= last:
            raise WellheadError(
                f"{name} {parts[part]} is outside {first}–{last}", value=text, remedy=_NTS_EXAMPLE
            )
    if parts["series"] not in _NTS_SERIES:
        raise WellheadError(
            f"map series {parts['series']} is not one of British Columbia's",
            value=text,
            remedy=f"One of: {', '.join(_NTS_SERIES)}",
        )
