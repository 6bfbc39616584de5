"""WITSML's symbols of units in ours; a symbol that we do not know is kept as it came."""

from wellhead import sdk

_SAME = {
    "unitless": None,
    "euc": None,
    "none": None,
    "": None,
    "dega": "deg",
    "c/min": "rpm",
    "rev/min": "rpm",
    "ft.lbf": "ft*lbf",
    "lbf.ft": "ft*lbf",
    "kft.lbf": "kft*lbf",
    "n.m": "N*m",
    "kn.m": "kN*m",
    "kgf.m": "kgf*m",
    "gal/min": "gpm",
    "galus/min": "gpm",
    "lbm/galus": "ppg",
    "lbm/gal": "ppg",
    "lbm/ft3": "lb/ft3",
    "dega/30m": "deg_30m",
    "dega/100ft": "deg_100ft",
    "ohm.m": "ohm*m",
    "gapi": "gAPI",
    "api": "gAPI",
    "spm": "spm",
    "ftus": "survey_foot",
    "%": "percent",
}
"""By small letters: what WITSML calls otherwise than we do, and measures the same."""


def unit_of(uom: str | None) -> str | None:
    """Our spelling of a unit that we know, the store's where there is no other; None for none."""
    if uom is None:
        return None
    plain = uom.strip()
    if plain.lower() in _SAME:
        return _SAME[plain.lower()]
    return plain


def known_unit(uom: str | None) -> tuple[str | None, str | None]:
    """(unit that tags may have, why there is none although the store names one)."""
    unit = unit_of(uom)
    if unit is None:
        return None, None
    try:
        return sdk.units.check_unit(unit), None
    except sdk.WellheadError:
        return None, f"unit {uom!r} is not known here: its values are kept as they come"
