"""What the plugin's tables have in common: the registry, and rates with what follows from them."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_well_testing import ratios

Base: Any = sdk.model_base("well_testing")

RATE = "Sm3/d"
_RATIO = "Sm3/Sm3"
_FIELD_RATIO = "scf/STB"
_BARRELS = ("stb", "bbl", "bopd", "bpd")


class RatesMixin:
    """Rates at the standard conditions of the test, as entered; None: not measured.

    choke: diameter of its opening
    wellhead_pressure: of the tubing, gauge; bottomhole_pressure: flowing or static, absolute
    """

    choke: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_rate: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gas_rate: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    water_rate: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    wellhead_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    bottomhole_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)

    @property
    def gas_oil_ratio(self) -> sdk.Quantity | None:
        """In scf/STB where the oil was entered in barrels, else Sm3/Sm3; None: not known."""
        if self.gas_rate is None or self.oil_rate is None:
            return None
        ratio = ratios.gas_oil_ratio(self.gas_rate.to(RATE), self.oil_rate.to(RATE))
        if ratio is None:
            return None
        barrels = self.oil_rate.unit.lower().startswith(_BARRELS)
        unit = _FIELD_RATIO if barrels else _RATIO
        return sdk.Quantity(sdk.Quantity(ratio, _RATIO).to(unit), unit)

    @property
    def water_oil_ratio(self) -> float | None:
        """Volumes of water a volume of oil; None: not known."""
        return self._of_liquids(ratios.water_oil_ratio)

    @property
    def water_cut(self) -> float | None:
        """Percent of the liquid that is water; None: not known."""
        return self._of_liquids(ratios.water_cut)

    def _of_liquids(self, ratio: Any) -> float | None:
        if self.water_rate is None or self.oil_rate is None:
            return None
        found: float | None = ratio(self.water_rate.to(RATE), self.oil_rate.to(RATE))
        return found
