"""What a curve measures, from what its file calls it and writes as its unit.

Log files spell units in capitals and in their own way (`US/F`, `K/M3`, `OHMM`); what is not in the
table below is tried as it stands, and else kept raw. Mnemonics are the service companies' own; the
patterns name the common ones (Schlumberger Curve Mnemonic Dictionary; CWLS LAS 2.0, appendix).
"""

import re
from dataclasses import dataclass

from wellhead import sdk

_SPELLINGS = {
    "m": ("M", "METER", "METERS", "METRE", "METRES", "MTR"),
    "ft": ("F", "FT", "FEET", "FOOT"),
    "in": ("IN", "INCH", "INCHES"),
    "mm": ("MM",),
    "us/m": ("US/M", "USEC/M", "µS/M"),
    "us/ft": ("US/F", "US/FT", "USEC/F", "USEC/FT", "µS/F", "µS/FT"),
    "kg/m3": ("K/M3", "KG/M3", "KGM3"),
    "g/cm3": ("G/C3", "G/CC", "GM/CC", "G/CM3", "GR/CC", "GM/CM3"),
    "ohm*m": ("OHMM", "OHM.M", "OHM-M", "OHM*M", "OHM_M"),
    "mS/m": ("MS/M", "MMHO/M", "MMHOS/M"),
    "gAPI": ("GAPI", "API", "GAPIU", "API UNITS"),
    "fraction": ("V/V", "CFCF", "C/C", "DEC", "DECI", "FRAC", "M3/M3", "FT3/FT3"),
    "%": ("%", "PU", "P.U.", "PERCENT", "PCT"),
    "mV": ("MV",),
    "V": ("V",),
    "b_e": ("B/E", "BARN/E", "BARNS/E"),
    "degC": ("DEGC", "DEG C", "C"),
    "degF": ("DEGF", "DEG F"),
    "deg": ("DEG", "DEGREES"),
    "psi": ("PSI",),
    "kPa": ("KPA",),
    "bar": ("BAR",),
    "Pa": ("PA",),
    "klbf": ("KLB", "KLBF", "KLBS"),
    "kN": ("KN",),
    "ft*lbf": ("FT.LBF", "FT-LBF", "FTLB", "FT.LB"),
    "kN*m": ("KN.M", "KNM"),
    "rpm": ("RPM", "C/MIN", "REV/MIN"),
    "m/h": ("M/HR", "M/H"),
    "ft/h": ("FT/HR", "F/HR", "FT/H"),
    "min/m": ("MIN/M",),
    "gpm": ("GPM", "GAL/MIN"),
    "L/min": ("L/MIN",),
    "ppg": ("PPG", "LBM/GAL", "LB/GAL"),
    "spm": ("SPM",),
    "Hz": ("HZ",),
    "s": ("S", "SEC", "SECONDS"),
    "ms": ("MS", "MSEC"),
    "min": ("MIN", "MINUTES"),
    "h": ("H", "HR", "HRS", "HOUR", "HOURS"),
    "d": ("D", "DAY", "DAYS"),
    "mD": ("MD",),
    "ppm": ("PPM",),
}
_KNOWN = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}

DEPTH_UNITS = ("m", "ft")
TIME_UNITS = ("ms", "s", "min", "h", "d")


@dataclass(frozen=True, slots=True)
class Family:
    """Curves that are read together, in one track of a plot.

    quantity: of `units.QUANTITIES`, None where the unit alone says it
    mnemonics: pattern of the whole mnemonic, in capitals; units: those its curves may have
    """

    name: str
    title: str
    quantity: str | None
    mnemonics: str
    units: tuple[str, ...]
    logarithmic: bool = False


FAMILIES = (
    Family(
        "gamma",
        "Gamma ray",
        "gamma_ray",
        r"(E|H|S|C)?GR[A-Z0-9_]{0,4}|GAMMA.*|SGR|CGR",
        ("gAPI",),
    ),
    Family("potential", "Spontaneous potential", None, r"SP[A-Z0-9_]{0,2}|SSP", ("mV", "V")),
    Family(
        "caliper",
        "Caliper and bit size",
        "diameter",
        r"CALI?.*|C[12]|HCAL|DCAL|BS|BIT.*",
        ("in", "mm"),
    ),
    Family(
        "resistivity",
        "Resistivity",
        "resistivity",
        r"(A|H|R)?(ILD|ILM|LLD|LLS|SFL[A-Z]*|MSFL|MLL|RT|RXO[A-Z]*|AT\d\d|RES.*)|R[TX].*|A[TOF]\d\d"
        r"|P\d\d[HL]",
        ("ohm*m",),
        logarithmic=True,
    ),
    Family(
        "density",
        "Bulk density",
        "bulk_density",
        r"RHO[BZ].*|DEN.*|ZDEN|ROBB.*",
        ("g/cm3", "kg/m3"),
    ),
    Family(
        "porosity",
        "Porosity",
        None,
        r"N?PHI.*|[NTD]PH[IOR].*|NPOR.*|TNPH.*|CNC.*|DPHI.*|SPHI.*|CM[RF].*|.*POR.*",
        ("fraction", "%"),
    ),
    Family(
        "sonic",
        "Sonic slowness",
        "slowness",
        r"DT[A-Z0-9_]{0,4}|AC|SON.*",
        ("us/m", "us/ft"),
    ),
    Family("photoelectric", "Photoelectric factor", None, r"PE[FZ]?[A-Z0-9]{0,2}", ("b_e",)),
    Family(
        "penetration", "Rate of penetration", "penetration_rate", r"ROP.*", ("m/h", "ft/h", "m/s")
    ),
)
_MATCHED = [(family, re.compile(rf"(?:{family.mnemonics})\Z")) for family in FAMILIES]


def known_unit(unit: str | None) -> str | None:
    """The unit as Wellhead writes it; None for none and for one that it does not know."""
    if not unit:
        return None
    found = _KNOWN.get(" ".join(unit.upper().split()))
    if found is not None:
        return found
    try:
        return sdk.units.check_unit(unit)
    except sdk.WellheadError:
        return None


def family_of(mnemonic: str, unit: str | None) -> Family | None:
    """unit: as `known_unit` gives it. A mnemonic counts only with a unit that goes with it, or with
    none; where the mnemonic is of no family, a unit that only one of them has says it."""
    bare = mnemonic.upper().partition(":")[0].partition("[")[0]
    for family, pattern in _MATCHED:
        if pattern.match(bare) and (unit is None or unit in family.units):
            return family
    for family in FAMILIES:
        if unit in family.units and family.quantity in _BY_UNIT_ALONE:
            return family
    return None


_BY_UNIT_ALONE = ("gamma_ray", "resistivity", "slowness")


def quantity_of(mnemonic: str, unit: str | None) -> str | None:
    """The name of what is measured, of `units.QUANTITIES`; None where there is none for it."""
    if unit is None:
        return None
    family = family_of(mnemonic, unit)
    return None if family is None else family.quantity
