"""BHA runs: one trip of a bottom-hole assembly into the hole and out again."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.models.base import Base, InWellbore


class Run(InWellbore, Base):
    """A BHA run.

    depth_in, depth_out: measured depth of the hole when the run began and ended to drill
    components: from the bit up, each with its type, sizes, length, weight and serial number
    channels: which tag measures what, `role`, `tag`, and `asset_id` and `unit` where they help
    *_min, *_max: the range the run was drilled with; rotary speed in rpm
    """

    __tablename__ = "drilling_run"
    __table_args__ = (UniqueConstraint("wellbore_id", "number"),)

    number: Mapped[int]
    section_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("drilling_section.id"), index=True
    )
    rig_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("drilling_rig.id"), index=True)
    objective: Mapped[str | None]
    time_in: Mapped[dt.datetime | None]
    time_out: Mapped[dt.datetime | None]
    depth_in: Mapped[float | None]
    depth_out: Mapped[float | None]
    drilling_hours: Mapped[float | None]
    circulating_hours: Mapped[float | None]
    weight_on_bit_min: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    weight_on_bit_max: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    rotary_speed_min: Mapped[float | None]
    rotary_speed_max: Mapped[float | None]
    flow_min: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    flow_max: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    components: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    channels: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)

    @property
    def bha_length(self) -> sdk.Quantity | None:
        """Length of all components, in the first one's unit; None while one is not known."""
        lengths: list[sdk.Quantity] = [
            part["length"] for part in self.components if part.get("length") is not None
        ]
        if not lengths or len(lengths) < len(self.components):
            return None
        unit = lengths[0].unit
        return sdk.Quantity(sum(length.to(unit) for length in lengths), unit)
