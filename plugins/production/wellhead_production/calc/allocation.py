"""Allocation: what was measured together, divided among the wells by what each could have made.

Money and royalties follow the result, so it closes: the shares add up to the measured volume to the
last unit of the rounding, whatever the numbers. Rounding each share by itself does not do that.
Quotas are exact fractions of whole units; each well gets its whole units, and those that are left
go one each to the largest remainders (Hamilton's method of the largest remainder, 1792; Balinski
and Young, Fair Representation, 1982). So a share is never a whole unit away from its quota, and a
well that could have made nothing gets nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from wellhead import sdk

HOURS_OF_A_RATE = 24
"""A rate is of 24 hours, on days of 23 and 25 hours too."""
MOST_DECIMALS = 6
LEAST, MOST = 1e-9, 1e15
"""Volumes are 0 or between these, in any unit: more than a field has, less than a drop."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """One fluid of one day.

    measured: as it was divided; theoretical: of all wells together, both in the same unit
    factor: measured / theoretical; None where the wells could have made nothing
    shares: in the order of the wells, each with the decimals of the rounding
    unallocated: what no well could be given: 0, or all of it where none could have made any
    """

    measured: Decimal
    theoretical: float
    factor: float | None
    shares: tuple[Decimal, ...]
    unallocated: Decimal


def theoretical_volume(rate: float, hours_on: float) -> float:
    """What a well would have made: test rate x hours on / 24, in the rate's unit of volume.

    rate: a day's, of the well's validated test; hours_on: 0 to 25 of a production day

    The theoretical production of API MPMS 20.1, which allocation by well test is made in proportion
    to; less than LEAST is nothing. Raises WellheadError for a rate or hours that no well has.
    """
    for field, value, most in (("rate", rate, MOST), ("hours_on", hours_on, 25.0)):
        if not 0.0 <= value <= most:
            raise sdk.WellheadError(
                "is not possible",
                field=field,
                value=value,
                remedy="Correct the well's test" if field == "rate" else "Give 0 to 25 hours",
            )
    volume = rate * hours_on / HOURS_OF_A_RATE
    return volume if volume >= LEAST else 0.0


def rounded(volume: float | Decimal, decimals: int) -> Decimal:
    """A volume to this many decimals, half to even. Raises WellheadError when it is no number."""
    exact = Decimal(volume) if isinstance(volume, Decimal) else Decimal(repr(float(volume)))
    if not exact.is_finite():
        raise sdk.WellheadError(
            "is not a number", field="measured", value=str(volume), remedy="Give a volume"
        )
    _check_decimals(decimals)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def allocate(measured: Decimal, theoretical: Sequence[float], decimals: int) -> Allocated:
    """Divide `measured` among wells, [n] in their order, in proportion to `theoretical`.

    measured: not negative, with no more than `decimals` decimals (see `rounded`); theoretical: of
        each well, not negative, in the unit of `measured`

    The shares add up to `measured` exactly. Of equal remainders the earlier well's is first, so the
    same wells in the same order always get the same. Raises WellheadError for what cannot be
    divided.
    """
    _check_decimals(decimals)
    whole = _whole_units(measured, decimals)
    weights = _weights(theoretical)
    total = sum(weights)
    step = Decimal(1).scaleb(-decimals)
    if not total:
        shares = (step * 0,) * len(weights)
        return Allocated(measured, 0.0, None, shares, whole * step)
    quotas = [divmod(whole * weight, total) for weight in weights]
    units = [count for count, _ in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda well: (-quotas[well][1], well))
    for well in by_remainder[: whole - sum(units)]:
        units[well] += 1
    shares = tuple(count * step for count in units)
    made = math.fsum(theoretical)
    return Allocated(measured, made, float(measured) / made, shares, step * 0)


def _whole_units(measured: Decimal, decimals: int) -> int:
    fits = measured.is_finite() and 0 <= measured <= Decimal(MOST)
    scaled = measured.scaleb(decimals) if fits else measured
    if not fits or scaled != scaled.to_integral_value():
        raise sdk.WellheadError(
            f"must be a volume of 0 to {MOST:g} with at most {decimals} decimals",
            field="measured",
            value=str(measured),
            remedy="Correct the meter's total; a correction of a day before is an adjustment",
        )
    return int(scaled)


def _weights(theoretical: Sequence[float]) -> list[int]:
    """The volumes as whole numbers in the same proportions, exactly: a float is a whole number of
    some power of two."""
    for volume in theoretical:
        if volume != 0.0 and not LEAST <= volume <= MOST:
            raise sdk.WellheadError(
                f"must be 0, or {LEAST:g} to {MOST:g}",
                field="theoretical",
                value=volume,
                remedy="Correct the well's test or its hours on",
            )
    ratios = [float(volume).as_integer_ratio() for volume in theoretical]
    common = max((denominator for _, denominator in ratios), default=1)
    return [numerator * (common // denominator) for numerator, denominator in ratios]


def _check_decimals(decimals: int) -> None:
    if not 0 <= decimals <= MOST_DECIMALS:
        raise sdk.WellheadError(
            f"must be 0 to {MOST_DECIMALS}",
            field="decimals",
            value=decimals,
            remedy="A thousandth of a barrel is 3 decimals",
        )
