"""What a live client may subscribe to, and what an asset measures now."""

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Integer, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.http.measures import state_of
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT

_INT4_MAX = 2**31 - 1


def tags(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    """The tags of these numbers that the caller may see."""
    for given in ids:
        if type(given) is not int or not 0 < given <= _INT4_MAX:
            raise ValueError(f"not a tag id: {given!r}")
    # one array: thousands of parameters take longer to send than to look up
    wanted = any_(literal(list(ids), ARRAY(Integer)))
    return _sorted(select(Tag.id).where(Tag.id == wanted))


def tags_of_assets(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    """All tags of these assets and of the assets below them."""
    return _sorted(select(Tag.id).where(Tag.asset_id.in_(sdk.assets_below(_uuids(ids)))))


def current_values(assets: Sequence[str]) -> Sequence[sdk.CurrentValue]:
    """Each tag of these assets with its newest reading, by name."""
    statement = select(Tag).where(Tag.asset_id.in_(_uuids(assets))).order_by(Tag.name)
    found = list(sdk.db.session.scalars(sdk.only_visible(statement, Tag.asset_id)))
    newest = api.latest(np.array([tag.id for tag in found], np.int32))
    place = {tag: row for row, tag in enumerate(newest.tags.tolist())}
    values = []
    for tag in found:
        row = place.get(tag.id)
        text = None if row is None else newest.texts.get(row)
        value = None if row is None or tag.datatype == TEXT else float(newest.values[row])
        quality = sdk.quality.BAD if row is None else int(newest.qualities[row])
        good = quality & sdk.quality.STATUS_MASK == sdk.quality.GOOD
        values.append(
            sdk.CurrentValue(
                tag=tag.id,
                name=tag.name,
                asset=str(tag.asset_id),
                unit=tag.unit,
                quantity=tag.quantity,
                value=None if value is None or not np.isfinite(value) else value,
                quality=quality,
                time=None if row is None else int(newest.times[row]),
                reason=_reason(row is None, good, quality),
                text=text,
                state=state_of(tag.states, value),
            )
        )
    return values


def _reason(never: bool, good: bool, quality: int) -> str | None:
    if never:
        return "no reading yet"
    return None if good else sdk.quality.name_of(quality)


def _uuids(ids: Sequence[Any]) -> list[uuid.UUID]:
    found = []
    for given in ids:
        try:
            found.append(uuid.UUID(given))
        except (ValueError, TypeError, AttributeError):
            raise ValueError(f"not an asset id: {given!r}") from None
    return found


def _sorted(statement: Any) -> npt.NDArray[np.int32]:
    """The tag ids of the statement that the caller may see."""
    seen = sdk.only_visible(statement, Tag.asset_id)
    return np.array(sorted(sdk.db.session.scalars(seen)), np.int32)
