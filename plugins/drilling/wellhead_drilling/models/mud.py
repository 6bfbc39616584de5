"""Mud reports: what was measured of the drilling fluid at one time."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.models.base import Base, InWellbore


class MudReport(InWellbore, Base):
    """One check of the mud.

    theta*: dial readings of the viscometer at so many rpm; plastic_viscosity and yield_point are
    calculated from them where they are not given. Contents in per cent of the volume.
    """

    __tablename__ = "drilling_mud_report"

    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("drilling_run.id"), index=True)
    reported_at: Mapped[dt.datetime] = mapped_column(index=True)
    md: Mapped[float | None]
    mud_type: Mapped[str]
    mud_name: Mapped[str | None]
    density: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    funnel_viscosity: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    theta600: Mapped[float | None]
    theta300: Mapped[float | None]
    theta200: Mapped[float | None]
    theta100: Mapped[float | None]
    theta6: Mapped[float | None]
    theta3: Mapped[float | None]
    rheology_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    plastic_viscosity: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    yield_point: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gel_10s: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gel_10min: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gel_30min: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    flowline_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    filtrate: Mapped[float | None]
    filtrate_hthp: Mapped[float | None]
    filter_cake: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    ph: Mapped[float | None]
    solids: Mapped[float | None]
    water: Mapped[float | None]
    oil: Mapped[float | None]
    sand: Mapped[float | None]
    bentonite: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    chlorides: Mapped[float | None]
    calcium: Mapped[float | None]
    electrical_stability: Mapped[float | None]
    active_volume: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    lost_volume: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]
