"""What stands for a missing value in log files, by how much of it a policy takes as such."""

from collections.abc import Collection
from enum import StrEnum

import numpy as np

from wellhead_well_logs.extremes import Floats

_NOT_FINITE = ("nan", "inf", "1.#inf", "1.#ind", "1.#qnan", "1.#io")
NULL_WORDS = frozenset(
    ("", "-", "--", "---", "(null)", "null", "none", "na", "n/a", "#n/a", "+inf", *_NOT_FINITE)
) | {f"-{word}" for word in _NOT_FINITE}
"""In small letters. Never numbers, so they are nulls by every policy."""


class NullPolicy(StrEnum):
    """none: no number is a null; strict: the one that the file declares; common: ±999.25 and
    ±9999.25 too; aggressive: ±999, ±9999, ±999.99, ±32767 too. As lasio names them."""

    NONE = "none"
    STRICT = "strict"
    COMMON = "common"
    AGGRESSIVE = "aggressive"


def null_numbers(policy: NullPolicy, declared: str | None) -> Collection[float]:
    """The numbers that are nulls."""
    from lasio import defaults  # a third of a second, which only imports need

    if policy is NullPolicy.NONE:
        return ()
    found = [number] if (number := _number(declared)) is not None else []
    for name in defaults.NULL_POLICIES[policy]:
        substitutes = defaults.NULL_SUBS.get(name, [])
        found += [float(value) for value in substitutes if isinstance(value, (int, float))]
    return found


def without_nulls(values: Floats, nulls: Collection[float]) -> Floats:
    """The values with NaN for nulls and for what is not finite."""
    missing = ~np.isfinite(values)
    for null in nulls:
        missing |= values == null
    return np.where(missing, np.nan, values) if missing.any() else values


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
