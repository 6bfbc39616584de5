"""What a live client may subscribe to: all tags of a device."""

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada.models import FieldTag


def tags_of_devices(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    """Ids of the tags of these devices that the caller may see, sorted.

    Raises ValueError for what is no device id.
    """
    devices = []
    for given in ids:
        try:
            devices.append(uuid.UUID(given))
        except (ValueError, TypeError, AttributeError):
            raise ValueError(f"not a device id: {given!r}") from None
    statement = select(FieldTag.tag_id).join(Tag).where(FieldTag.device_id.in_(devices))
    seen = sdk.only_visible(statement, Tag.asset_id)
    return np.array(sorted(sdk.db.session.scalars(seen)), np.int32)
