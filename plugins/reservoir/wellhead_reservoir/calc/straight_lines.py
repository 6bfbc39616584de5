"""Least squares with the intervals that an engineer asks for, of coefficients and of their ratios.

Material balance reads volumes off straight lines: a slope, an intercept, or where a line meets an
axis. The last is a ratio of two coefficients, whose interval is Fieller's.

Sources: Draper and Smith, Applied Regression Analysis, 3rd ed. (1998), chapters 1 and 5; Fieller,
Some problems in interval estimation, J. R. Stat. Soc. B 16 (1954) 175-185.
"""

from dataclasses import dataclass

import numpy as np

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class LinearFit:
    """y = X·c by least squares.

    coefficients: float64[k]; covariance: float64[k, k], NaN where there are no more points than
    coefficients; fitted, residuals: float64[n]; freedom: n − k; r_squared: 1 − Σr²/Σ(y − ȳ)²;
    condition: of X with its columns scaled to unit length: 1 for columns that have nothing in
    common, large where the data cannot tell them apart
    """

    coefficients: sdk.Array
    covariance: sdk.Array
    fitted: sdk.Array
    residuals: sdk.Array
    freedom: int
    r_squared: float
    condition: float

    def interval(self, index: int, confidence: float) -> tuple[float, float]:
        """(low, high) of a coefficient; NaN where no freedom is left."""
        half = self._quantile(confidence) * np.sqrt(self.covariance[index, index])
        middle = self.coefficients[index]
        return float(middle - half), float(middle + half)

    def ratio_interval(
        self, numerator: int, denominator: int, confidence: float
    ) -> tuple[float, float] | None:
        """(low, high) of one coefficient over another (Fieller 1954); None where the denominator
        cannot be told from zero, so that the ratio may be anything."""
        over, under = self.coefficients[numerator], self.coefficients[denominator]
        squared = self._quantile(confidence) ** 2
        variance = self.covariance * squared
        a = under**2 - variance[denominator, denominator]
        b = over * under - variance[numerator, denominator]
        c = over**2 - variance[numerator, numerator]
        if not a > 0:
            return None
        root = np.sqrt(max(b**2 - a * c, 0.0))
        return float((b - root) / a), float((b + root) / a)

    def _quantile(self, confidence: float) -> float:
        if self.freedom < 1:
            return float("nan")
        from scipy.special import stdtrit

        sdk.within("confidence", confidence, 0.5, 0.999, "fraction")
        return float(stdtrit(self.freedom, (1 + confidence) / 2))


def least_squares(columns: sdk.Array, y: sdk.Array, field: str = "points") -> LinearFit:
    """The fit of y by the columns; a column of ones is an intercept.

    columns: float64[n, k]; y: float64[n]; n ≥ k. Raises WellheadError, naming `field`, for fewer
    points than coefficients and for columns that say the same.
    """
    count, unknowns = columns.shape
    if count < unknowns:
        raise sdk.WellheadError(
            f"{unknowns} unknowns cannot be found from {count} of them",
            field=field,
            value=count,
            remedy="Add points, or hold one of the unknowns",
        )
    scale = np.linalg.norm(columns, axis=0)
    if not (scale > 0).all() or np.linalg.matrix_rank(columns / scale) < unknowns:
        raise sdk.WellheadError(
            "these points cannot tell the unknowns apart",
            field=field,
            remedy="Add points at other pressures, or hold one of the unknowns",
        )
    unit = columns / scale
    coefficients = np.linalg.lstsq(unit, y, rcond=None)[0] / scale
    fitted = columns @ coefficients
    residuals = y - fitted
    freedom = count - unknowns
    spread = float(residuals @ residuals) / freedom if freedom else np.nan
    covariance = spread * np.linalg.inv(unit.T @ unit) / np.outer(scale, scale)
    total = float(np.sum((y - y.mean()) ** 2))
    explained = 1 - float(residuals @ residuals) / total if total else np.nan
    condition = float(np.linalg.cond(unit))
    return LinearFit(coefficients, covariance, fitted, residuals, freedom, explained, condition)


def is_level(x: sdk.Array, y: sdk.Array, confidence: float = 0.95, share: float = 0.1) -> bool:
    """Whether y stays where it is as x grows: a parabola fits no better than a constant (F test),
    or y moves by less than `share` of its mean, which is too little to matter.

    x, y: float64[n]; fewer than five points say nothing and count as level
    """
    if len(x) < 5 or np.ptp(y) < share * abs(float(y.mean())):
        return True
    from scipy.special import fdtrc

    scaled = x / np.abs(x).max()
    bent = least_squares(np.column_stack([np.ones_like(x), scaled, scaled**2]), y)
    spread = float(bent.residuals @ bent.residuals)
    gained = float(np.sum((y - y.mean()) ** 2)) - spread
    if spread == 0:
        return gained == 0
    return bool(fdtrc(2, bent.freedom, gained / 2 / (spread / bent.freedom)) > 1 - confidence)
