"""Definitions of calculated tags: made, changed and taken away, with all that hangs on it.

A change holds the lock that marking shares (inputs/marker.py): the transactions that knew the old
inputs have ended when it goes on, so what they stored is there to be evaluated, and those that come
later mark the new ones.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Integer, Table, any_, delete, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_calculations.expression.check import Known, check
from wellhead_calculations.expression.text import names_in, renamed
from wellhead_calculations.expression.tree import Expression
from wellhead_calculations.inputs.marker import HOLD
from wellhead_calculations.inputs.spans import BEGIN, END
from wellhead_calculations.models import Calculation, Due, Head, Input
from wellhead_calculations.totals import Total
from wellhead_calculations.worker.definitions import Definition, total_of
from wellhead_historian import api
from wellhead_historian.http.measures import check_measure
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT

OF_THE_TAG = ("name", "description", "unit", "quantity", "asset_id")
DEFAULTS = {
    "expression": None, "total_of": None, "period": None, "zone": None, "day_start": None,
    "least_share": None, "max_age_s": 3600.0, "start": None,
}  # fmt: skip
_ID = re.compile(r"\btag\(\s*([0-9]{1,10})\s*\)")
_head, _due = cast(Table, Head.__table__), cast(Table, Due.__table__)  # bare: no audit rows
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def create(data: Mapping[str, Any]) -> Calculation:
    """A new tag with its calculation, flushed, not committed. Raises WellheadError, and ApiError
    409 for a name that a tag in sight has."""
    wanted = {**DEFAULTS, **data}
    sdk.require_asset(wanted.get("asset_id"))
    check_measure(wanted.get("unit"), wanted.get("quantity"), "float64")
    if wanted["start"] is None:
        wanted["start"] = dt.datetime.now(dt.UTC)
    sdk.db.session.execute(text(HOLD))
    definition, fields = defined(wanted, 0)
    _refuse_taken(wanted["name"])
    described: dict[str, Any] = {field: wanted.get(field) for field in OF_THE_TAG}
    tag = api.create_tag(datatype="float64", **described)
    made = Calculation(tag_id=tag.id, **fields)
    made.inputs = _rows(definition.inputs)
    sdk.db.session.add(made)
    sdk.db.session.flush()
    _changed(tag.id, redo=False)
    return made


def change(calculation: Calculation, data: dict[str, Any]) -> None:
    """Raises WellheadError, also for a definition by which a tag would be calculated from itself.
    All results from `start` on are calculated anew."""
    session = sdk.db.session
    tag = session.get_one(Tag, calculation.tag_id)
    api.describe_tag(tag, {key: data.pop(key) for key in OF_THE_TAG if key in data})
    session.flush()
    if not data and tag.unit == calculation.unit:
        return
    session.execute(text(HOLD))
    kept = {key: getattr(calculation, key) for key in DEFAULTS}
    wanted = {**DEFAULTS, **kept, **_instead(data), "unit": tag.unit}
    definition, fields = defined(wanted, tag.id, {one.tag_id for one in calculation.inputs})
    _refuse_cycle(tag.id, definition.inputs)
    for name, value in fields.items():
        setattr(calculation, name, value)
    if definition.inputs != tuple(one.tag_id for one in calculation.inputs):
        calculation.inputs = []
        session.flush()
        calculation.inputs = _rows(definition.inputs)
    session.flush()
    _changed(tag.id, redo=True)


def remove(calculation: Calculation) -> None:
    """The tag and its readings stay."""
    sdk.db.session.execute(text(HOLD))
    sdk.db.session.delete(calculation)
    sdk.db.session.execute(update(_head).values(version=_head.c.version + 1))


def calculated_of(tags: Iterable[int]) -> list[int]:
    """Those of these tags that are calculated."""
    wanted = Calculation.tag_id == any_(literal([int(tag) for tag in tags], ARRAY(Integer)))
    return list(sdk.db.session.scalars(select(Calculation.tag_id).where(wanted)))


def _refuse_taken(name: str) -> None:
    """Raises ApiError 409 that says what can be done about the tag that has the name; of one out of
    sight nothing is said here."""
    named: Any = select(Tag.id, Calculation.tag_id.label("calculated")).where(Tag.name == name)
    named = named.outerjoin(Calculation, Calculation.tag_id == Tag.id)
    taken = sdk.db.session.execute(sdk.only_visible(named, Tag.asset_id)).one_or_none()
    if taken is None:
        return
    tag = f"/api/v1/tags/{taken.id}"
    if taken.calculated:
        raise sdk.conflict(
            "a calculated tag has it",
            field="name",
            value=name,
            remedy=f"Change that one with PATCH /api/v1/tags/calculations/{taken.id}, or choose "
            "another name",
        )
    raise sdk.conflict(
        "a tag that is not calculated has it, as one that was calculated does after its "
        "calculation was deleted",
        field="name",
        value=name,
        remedy=f"Give that tag another name with PATCH {tag} (its readings stay with it), delete "
        f"it with DELETE {tag} if it never had any, or choose another name",
    )


def _instead(data: dict[str, Any]) -> dict[str, Any]:
    """A total that becomes an expression is no total any more, and the other way."""
    if data.get("expression") is not None:
        gone = dict.fromkeys(("total_of", "period", "zone", "day_start", "least_share"))
        return {**gone, **data}
    return {"expression": None, **data} if data.get("total_of") is not None else data


def defined(
    wanted: Mapping[str, Any], tag: int, kept: Iterable[int] = ()
) -> tuple[Definition, dict[str, Any]]:
    """(as it is evaluated, the columns of a Calculation) of what somebody wants. Raises
    WellheadError naming the field.

    kept: tags that it uses already, which the caller need not see
    """
    expression, total_of_name = wanted["expression"], wanted["total_of"]
    if (expression is None) == (total_of_name is None):
        raise sdk.WellheadError(
            "is either an expression or the total of a rate",
            field="expression",
            remedy="Give one of expression and total_of",
        )
    start = wanted["start"]
    fields = {"max_age_s": wanted["max_age_s"], "start": start}
    rule: Expression | Total
    if expression is not None:
        refused = [key for key in ("period", "zone", "day_start", "least_share") if wanted[key]]
        if refused:
            raise sdk.WellheadError(
                "is for totals only", field=refused[0], remedy="Leave it out, or give total_of"
            )
        names, ids = _known(expression, kept)
        rule = check(expression, names, ids, wanted.get("unit"))
        canonical = renamed(expression, {name: f"tag({one.id})" for name, one in names.items()})
        inputs = rule.inputs
        fields |= {"expression": canonical}
        fields |= dict.fromkeys(("period", "zone", "day_start", "least_share"))
    else:
        rule, inputs, of_total = _total(wanted, total_of_name, kept)
        fields |= {"expression": None, **of_total}
    micros = (start - _EPOCH) // dt.timedelta(microseconds=1)
    age = int(wanted["max_age_s"] * 1_000_000)
    return Definition(tag, inputs, rule, micros, age, None), fields


def _total(
    wanted: Mapping[str, Any], name: str, kept: Iterable[int]
) -> tuple[Total, tuple[int, ...], dict[str, Any]]:
    number = _ID.fullmatch(name.strip())
    names, ids = _known(name if number else f"{{{name}}}", kept)
    rate = ids.get(int(number[1])) if number else names.get(name.strip())
    if rate is None:
        raise sdk.WellheadError(
            "there is no such tag", field="total_of", value=name, remedy="Name one of GET /tags"
        )
    if rate.textual:
        raise sdk.WellheadError(
            "is a tag of texts, of which there is no total",
            field="total_of",
            value=name,
            remedy="Name a tag of numbers, a rate",
        )
    config = sdk.plugin_config("calculations")
    zone = wanted["zone"] or config["zone"]
    sdk.zone_of(zone, "zone")
    fields = {
        "period": wanted["period"] or "day",
        "zone": zone,
        "day_start": wanted["day_start"] or config["day_start"],
        "least_share": 0.95 if wanted["least_share"] is None else wanted["least_share"],
    }
    rule = total_of(
        rate.unit, wanted.get("unit"), fields["period"], fields["zone"], fields["day_start"],
        sdk.db.session.get_one(Tag, rate.id).holds, fields["least_share"],
    )  # fmt: skip
    return rule, (rate.id,), fields


def _known(expression: str, kept: Iterable[int]) -> tuple[dict[str, Known], dict[int, Known]]:
    """The tags that it names and the caller may see, by name and by id."""
    names = names_in(expression)
    ids = {int(found) for found in _ID.findall(expression)}
    ids = {number for number in ids if number < 2**31}
    statement: Any = select(Tag.id, Tag.name, Tag.unit, Tag.datatype).where(
        Tag.name.in_(names) | Tag.id.in_(ids)
    )
    rows = list(sdk.db.session.execute(sdk.only_visible(statement, Tag.asset_id)))
    used = ids.intersection(kept)
    rows += list(sdk.db.session.execute(statement.where(Tag.id.in_(used)))) if used else []
    known = {row.id: Known(row.id, row.unit, row.datatype == TEXT) for row in rows}
    by_name = {row.name: known[row.id] for row in rows if row.name in names}
    return by_name, {row.id: known[row.id] for row in rows if row.id in ids}


def _refuse_cycle(tag: int, inputs: Iterable[int]) -> None:
    """Raises WellheadError when one of the inputs is calculated from the tag."""
    links: dict[int, list[int]] = {}
    for row in sdk.db.session.execute(select(Input.calculation_id, Input.tag_id)):
        links.setdefault(row.calculation_id, []).append(row.tag_id)
    links[tag] = list(inputs)
    way = _way(links, tag)
    if way:
        rows = sdk.db.session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(way)))
        names = {row.id: row.name for row in rows}
        raise sdk.WellheadError(
            f"it would be calculated from itself: {' ← '.join(names[one] for one in way)}",
            field="expression",
            remedy="Leave one of them out",
        )


def _way(links: Mapping[int, list[int]], tag: int) -> list[int]:
    """From the tag along `links` back to it; empty when there is no such way."""
    before: dict[int, int] = {}
    left = [tag]
    while left:
        at = left.pop()
        for following in links.get(at, ()):
            if following == tag:
                way = [tag, at]
                while way[-1] != tag:
                    way.append(before[way[-1]])
                return way[::-1]
            if following not in before:
                before[following] = at
                left.append(following)
    return []


def _rows(tags: Iterable[int]) -> list[Input]:
    return [Input(tag_id=tag, place=place) for place, tag in enumerate(tags)]


def _changed(tag: int, redo: bool) -> None:
    """Others learn of it, and what there is from `start` on is due."""
    session = sdk.db.session
    session.execute(update(_head).values(version=_head.c.version + 1))
    if redo:
        session.execute(delete(_due).where(_due.c.tag_id == tag))
    due = {"tag_id": tag, "begins": BEGIN, "ends": END, "redo": redo}
    session.execute(insert(_due).values(due))
