"""Engineering units of OPC UA (OPC 10000-8, section 5.6.4) as units that Wellhead knows."""

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


def unit_of(number: int, shown: str | None) -> str | None:
    """Wellhead's unit for a UnitId and its DisplayName, None when it knows none."""
    code = number.to_bytes(4, "big").lstrip(b"\0").decode("latin-1") if 0 < number < 2**31 else ""
    for candidate in (_UNECE.get(code), _SHOWN.get(shown or ""), shown):
        if candidate:
            try:
                return sdk.units.check_unit(candidate)
            except sdk.WellheadError:
                continue
    return None
