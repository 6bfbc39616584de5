"""Standard conditions: the temperature and pressure that a volume is stated at.

A volume of gas means nothing without them, and agencies, contracts and countries differ: a unit
(Sm3, Mscf) does not say which. So every record of a volume names its conditions, and a conversion
between two is asked for, never done by the way.
"""

from dataclasses import dataclass

from wellhead.errors import WellheadError
from wellhead.settings.checking import did_you_mean


@dataclass(frozen=True, slots=True)
class StandardConditions:
    """name: as records name them; temperature: K; pressure: kPa, absolute"""

    name: str
    title: str
    temperature: float
    pressure: float


_SIXTY_FAHRENHEIT = (60.0 + 459.67) / 1.8
_PSI = 6.894757293168361
"""kPa"""

STANDARD_CONDITIONS: dict[str, StandardConditions] = {
    row.name: row
    for row in (
        StandardConditions("15C_101.325kPa", "15 °C, 101.325 kPa (ISO 13443)", 288.15, 101.325),
        StandardConditions(
            "60F_14.696psia", "60 °F, 14.696 psia (SPE)", _SIXTY_FAHRENHEIT, 14.696 * _PSI
        ),
        StandardConditions(
            "60F_14.73psia", "60 °F, 14.73 psia (API MPMS 14)", _SIXTY_FAHRENHEIT, 14.73 * _PSI
        ),
        StandardConditions(
            "60F_14.65psia", "60 °F, 14.65 psia (Texas)", _SIXTY_FAHRENHEIT, 14.65 * _PSI
        ),
        StandardConditions("0C_101.325kPa", "0 °C, 101.325 kPa (normal)", 273.15, 101.325),
    )
}


def check_conditions(name: str, field: str = "standard_conditions") -> StandardConditions:
    """The conditions of that name. Raises WellheadError when there are none."""
    if name not in STANDARD_CONDITIONS:
        raise WellheadError(
            "unknown standard conditions",
            field=field,
            value=name,
            remedy=did_you_mean(name, list(STANDARD_CONDITIONS)),
        )
    return STANDARD_CONDITIONS[name]


def gas_volume_factor(stated: str, asked: str) -> float:
    """What a volume of gas at the conditions `stated` is multiplied by to be the same gas at
    `asked`: (T asked / T stated) · (P stated / P asked), the ideal gas law, as ISO 13443 and API
    MPMS 14.3 convert between base conditions (compressibility at both is nearly 1 and left out).

    Raises WellheadError for conditions that are unknown.
    """
    one, other = check_conditions(stated), check_conditions(asked)
    return (other.temperature / one.temperature) * (one.pressure / other.pressure)
