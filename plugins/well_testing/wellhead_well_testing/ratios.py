"""Ratios of the rates of one moment. Rates are Sm3/d, and so the ratios Sm3/Sm3."""


def gas_oil_ratio(gas: float, oil: float) -> float | None:
    """Gas over oil; None where there is no oil, of which a ratio says nothing."""
    return gas / oil if oil > 0 else None


def water_oil_ratio(water: float, oil: float) -> float | None:
    """Water over oil; None where there is no oil."""
    return water / oil if oil > 0 else None


def water_cut(water: float, oil: float) -> float | None:
    """Share of water in the liquid, percent; None where there is no liquid."""
    liquid = water + oil
    return 100.0 * water / liquid if liquid > 0 else None
