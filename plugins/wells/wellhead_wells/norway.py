"""Norwegian wells: the Offshore Directorate's designation `15/9-F-1 C`, and its number, the NPDID.

Source: Norwegian Petroleum Directorate, Guidelines for designation of wells and wellbores (rev.
2014): quadrant / block - installation (one or two letters, development wells only) - well number,
then letters and digits of the bore (A, B … sidetrack, S deviated, R re-entry, Y multilateral,
H horizontal, T2 technical sidetrack).
"""

import re

from wellhead.sdk import WellheadError

_NAME = re.compile(
    r"(?P<quadrant>[0-9]{1,4})/(?P<block>[0-9]{1,2})-(?:(?P<installation>[A-Z]{1,2})-)?"
    r"(?P<number>[0-9]{1,3})(?P<bore>[A-Z][A-Z0-9]*)?"
)
_BLOCKS = 12
_LAST_SOUTHERN_QUADRANT = 36
_FIRST_NORTHERN_LATITUDE = 62
_LAST_NORTHERN_LATITUDE = 84
_EXAMPLE = "Expected quadrant/block-[installation-]number [bore], like 15/9-F-1 C or 6507/12-1"


def read_wellbore_name(text: str) -> str:
    """The designation in the Directorate's spelling: capitals, one blank before the bore's letters.

    A leading country code `NO` is dropped. Raises WellheadError naming what is wrong.
    """
    compact = re.sub(r"\s", "", text).upper().removeprefix("NO")
    match = _NAME.fullmatch(compact)
    if match is None:
        raise WellheadError("this is not a Norwegian well designation", value=text, remedy=_EXAMPLE)
    quadrant, block = match["quadrant"], int(match["block"])
    if not _is_quadrant(quadrant):
        raise WellheadError(
            f"there is no quadrant {quadrant}",
            value=text,
            remedy=f"Quadrants are 1–{_LAST_SOUTHERN_QUADRANT} south of 62°N and four digits, "
            "latitude and longitude, north of it",
        )
    if not 1 <= block <= _BLOCKS:
        raise WellheadError(f"block {block} is outside 1–{_BLOCKS}", value=text, remedy=_EXAMPLE)
    if int(match["number"]) == 0:
        raise WellheadError("wells are numbered from 1", value=text, remedy=_EXAMPLE)
    installation = f"{match['installation']}-" if match["installation"] else ""
    bore = f" {match['bore']}" if match["bore"] else ""
    return f"{int(quadrant)}/{block}-{installation}{int(match['number'])}{bore}"


def read_npdid(text: str) -> str:
    """The Directorate's number, without leading zeros: digits only, at least 1.

    Raises WellheadError for anything else.
    """
    if not re.fullmatch(r"0*[1-9][0-9]{0,9}", text):
        raise WellheadError(
            "an NPDID is a positive whole number of at most 10 digits",
            value=text,
            remedy="Take it from the well's page at factpages.sodir.no, like 7405",
        )
    return text.lstrip("0")


def _is_quadrant(digits: str) -> bool:
    if len(digits) == 4:
        return _FIRST_NORTHERN_LATITUDE <= int(digits[:2]) <= _LAST_NORTHERN_LATITUDE
    return 1 <= int(digits) <= _LAST_SOUTHERN_QUADRANT
