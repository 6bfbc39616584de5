"""Pressures that were measured in wells at rest."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_reservoir.models.base import Base, InReservoir
from wellhead_wells.models import Well, Wellbore


class PressureSurvey(InReservoir, Base):
    """Pressures at stations of one well on one day, at depths of `depth_kind` from `depth_datum`.

    stations: depth, pressure, fluid, used, remark
    gradient: of all between the stations and the reservoir's datum; None = by the contacts of the
        day and the gradient of each fluid
    weight: in the average of the day
    """

    __tablename__ = "reservoir_pressure_survey"

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id), index=True)
    wellbore_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Wellbore.id), index=True)
    measured_on: Mapped[dt.date] = mapped_column(index=True)
    kind: Mapped[str]
    shut_in_time: Mapped[float | None]
    depth_kind: Mapped[str]
    depth_datum: Mapped[str]
    stations: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn)
    gradient: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gas_gradient: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_gradient: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    water_gradient: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    weight: Mapped[float]
    remark: Mapped[str | None]
