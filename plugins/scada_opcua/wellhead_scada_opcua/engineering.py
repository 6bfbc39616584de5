"""Engineering units of OPC UA (OPC 10000-8, section 5.6.4) as units that Wellhead knows."""

import re

from wellhead import sdk

_UNECE = {
    "CEL": "degC", "FAH": "degF", "KEL": "K", "BAR": "bar", "MBR": "mbar", "PAL": "Pa",
    "KPA": "kPa", "MPA": "MPa", "PS": "psi", "P1": "%", "MTR": "m", "MMT": "mm", "CMT": "cm",
    "FOT": "ft", "INH": "inch", "MTQ": "m3", "LTR": "L", "MQH": "m3/h", "G52": "m3/d",
    "KGM": "kg", "KGS": "kg/s", "TNE": "t", "HTZ": "Hz", "RPM": "rpm", "AMP": "A", "VLT": "V",
    "KWT": "kW", "WTT": "W", "SEC": "s", "MIN": "min", "HUR": "h", "BLL": "bbl", "MTS": "m/s",
    "KMQ": "kg/m3", "DD": "deg",
}  # fmt: skip
"""Common codes of UNECE Recommendation 20, by which OPC UA numbers units."""
_SHOWN = {"°C": "degC", "°F": "degF", "°": "deg", "m³": "m3", "m³/h": "m3/h", "m³/d": "m3/d"}
_SPACING = re.compile(r"[()\s]")


def unit_of(number: int, shown: str | None) -> str | None:
    """Wellhead's unit for a UnitId and its DisplayName, None when it knows none.

    UNECE has no gauge pressures, so that only the name says `bar(g)`. Of a single letter nobody
    knows whether C is a temperature or a charge.
    """
    code = number.to_bytes(4, "big").lstrip(b"\0").decode("latin-1") if 0 < number < 2**31 else ""
    name = _SPACING.sub("", shown or "")
    numbered = _UNECE.get(code)
    if numbered is not None and name.lower() == f"{numbered}g".lower():
        return _known(f"{numbered}g") or numbered
    if numbered is not None:
        return numbered
    return _SHOWN.get(name) or (_known(name) if len(name) > 1 or name in ("m", "%") else None)


def _known(unit: str) -> str | None:
    try:
        return sdk.units.check_unit(unit)
    except sdk.WellheadError:
        return None
