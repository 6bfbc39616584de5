"""Which tags a request names, by number, by name or by asset, as far as its caller may see them.

They are rows and not records: of ten thousand tags a record each takes longer than all the rest.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Integer, String, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_historian.http.schemas import INT4_MAX
from wellhead_historian.models import Tag

_ROWS = select(Tag.id, Tag.name, Tag.unit, Tag.quantity, Tag.datatype, Tag.states, Tag.step)


@dataclass(frozen=True, slots=True)
class Named:
    """tags: rows of those that are there, each once, in the order in which they were named
    missing: what names none that the caller may see
    asked: the id of the tag that each of the others names"""

    tags: list[Any]
    missing: list[int | str]
    asked: dict[int | str, int]


def written_id(text: str) -> int | None:
    """The id of a tag that a text is; None for any other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return number if 0 < number <= INT4_MAX else None


def refuse_parameters() -> None:
    """Raises WellheadError for an option in the address of a question that has a body: left
    unread, `?units=oilfield` would be answered in other units."""
    for name, value in request.args.items():
        raise sdk.WellheadError(
            "stands in the address",
            field=name,
            value=value,
            remedy="Options of this question go into its body",
        )


def named_tags(given: Sequence[int | str], most: int, setting: str) -> Named:
    """The tags of these ids and names: a number is an id, a text a name, or the id it is where no
    tag has that name. Raises WellheadError for none, or more than `most`, which `setting` of
    [plugins.historian] says."""
    if not given:
        raise sdk.WellheadError(
            "names no tag", field="tags", remedy="Name at least one, by id or name"
        )
    if len(given) > most:
        raise sdk.WellheadError(
            f"must be at most {most} tags",
            field="tags",
            value=len(given),
            remedy=f"Ask in pieces, or raise {setting} in [plugins.historian]",
        )
    found: dict[int | str, Any] = {}
    ids = [key for key in given if isinstance(key, int) and 0 < key <= INT4_MAX]
    names = [key for key in given if isinstance(key, str)]
    # one array each: thousands of parameters take longer to send than to look up
    if ids:
        found |= {tag.id: tag for tag in _rows(Tag.id == any_(literal(ids, ARRAY(Integer))))}
    if names:
        found |= {tag.name: tag for tag in _rows(Tag.name == any_(literal(names, ARRAY(String))))}
    numbers = {key: written_id(key) for key in names if key not in found}
    if any(numbers.values()):
        wanted = [number for number in numbers.values() if number]
        by_id = {tag.id: tag for tag in _rows(Tag.id == any_(literal(wanted, ARRAY(Integer))))}
        found |= {key: by_id[number] for key, number in numbers.items() if number in by_id}
    tags = {found[key].id: found[key] for key in given if key in found}
    missing = [key for key in given if key not in found]
    asked = {key: found[key].id for key in given if key in found}
    return Named(list(tags.values()), missing, asked)


def tags_under(asset: uuid.UUID, most: int) -> list[Any]:
    """Rows of all tags of an asset and those beneath it. Raises WellheadError for an asset that the
    caller may not see, or with more than `most` tags."""
    sdk.require_asset(asset, "asset")
    found = _rows(Tag.asset_id.in_(sdk.assets_below([asset])))
    if len(found) > most:
        raise sdk.WellheadError(
            f"has more than {most} tags",
            field="asset",
            value=str(asset),
            remedy="Name an asset beneath it, or raise max_tags in [plugins.historian]",
        )
    return found


def _rows(condition: Any) -> list[Any]:
    statement: Any = _ROWS.where(condition)
    return list(sdk.db.session.execute(sdk.only_visible(statement, Tag.asset_id)))
