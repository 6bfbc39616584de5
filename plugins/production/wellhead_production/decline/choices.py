"""What an engineer chooses for a fit, and how it reaches the functions that calculate."""

from dataclasses import dataclass
from enum import StrEnum

from wellhead import sdk
from wellhead_production.decline import effective
from wellhead_production.decline.fit import Bounds
from wellhead_production.decline.history import RateBasis
from wellhead_production.vocabulary import CANONICAL_VOLUME

YEAR = 365.25
"""Days of a year, where declines are by the year."""

FIELDS = {"rate": "initial_rate", "decline": "decline", "b": "b"}
"""What the API calls each parameter of a curve."""


class DeclineKind(StrEnum):
    """Which of the three declines a percentage is."""

    NOMINAL = "nominal"
    TANGENT = "tangent_effective"
    SECANT = "secant_effective"


@dataclass(frozen=True, slots=True)
class Choices:
    """As `schemas.decline.ChoicesSchema` describes them; rates in rate_unit, bounds of declines
    nominal by the year."""

    rate_unit: str = f"{CANONICAL_VOLUME}/d"
    model: str = "hyperbolic"
    rate_basis: str = RateBasis.CALENDAR_DAY
    minimum_hours: float = 0.0
    error: str = "relative"
    weigh_by_hours: bool = False
    outliers: float | None = 5.0
    initial_rate_low: float | None = None
    initial_rate_high: float | None = None
    decline_low: float | None = None
    decline_high: float | None = None
    b_low: float | None = None
    b_high: float | None = None
    terminal_decline: float | None = None
    terminal_decline_kind: str = DeclineKind.SECANT
    economic_limit: float | None = None
    horizon_years: float | None = None
    on_time: float | None = None
    confidence: float = 0.9
    bootstrap_draws: int = 0

    @property
    def volume_unit(self) -> str:
        return self.rate_unit.removesuffix("/d")

    @property
    def terminal(self) -> float:
        """Nominal terminal decline, 1/d; 0 without one. The end is exponential, b = 0."""
        if self.terminal_decline is None:
            return 0.0
        return nominal_by_year(self.terminal_decline, self.terminal_decline_kind, 0.0) / YEAR

    def bounds(self) -> Bounds:
        """Those that were chosen, declines by the day. Raises WellheadError for half of a pair."""
        found = {}
        for name, field in FIELDS.items():
            factor = 1.0 / YEAR if name == "decline" else 1.0
            low, high = getattr(self, f"{field}_low"), getattr(self, f"{field}_high")
            if low is None and high is None:
                continue
            if low is None or high is None:
                missing = "low" if low is None else "high"
                raise sdk.WellheadError(
                    "bounds come in pairs",
                    field=f"choices.{field}_{missing}",
                    remedy="Send both, or neither",
                )
            found[name] = (low * factor, high * factor)
        return found


def nominal_by_year(percent: float, kind: str, b: float) -> float:
    """Nominal decline, 1/year, of a percentage a year of this kind, of a curve with this b."""
    share = percent / 100.0
    if kind == DeclineKind.NOMINAL:
        return share
    if kind == DeclineKind.TANGENT:
        return float(effective.nominal_from_tangent(share))
    return float(effective.nominal_from_secant(share, b))
