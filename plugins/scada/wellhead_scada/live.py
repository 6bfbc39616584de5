"""What a live client may subscribe to: all tags of a device."""

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from wellhead import sdk
from wellhead_scada.models import FieldTag


def tags_of_devices(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    """Ids of the tags of these devices, sorted. Raises ValueError for what is no device id."""
    devices = []
    for given in ids:
        try:
            devices.append(uuid.UUID(given))
        except (ValueError, TypeError, AttributeError):
            raise ValueError(f"not a device id: {given!r}") from None
    statement = select(FieldTag.tag_id).where(FieldTag.device_id.in_(devices))
    return np.array(sorted(sdk.db.session.scalars(statement)), np.int32)
