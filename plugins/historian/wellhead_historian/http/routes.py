"""/api/v1/tags: what is measured, what it was and what it is now."""

import time
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import request
from flask.views import MethodView

from wellhead import sdk
from wellhead_historian import api, live
from wellhead_historian.http.measures import shown, shown_each, state_of, states_of_each
from wellhead_historian.http.schemas import (
    INT4_MAX,
    LatestColumnsSchema,
    LatestQuery,
    LatestSchema,
    ReadingsQuery,
    ReadingsSchema,
    TagSchema,
)
from wellhead_historian.http.times import format_time, parse_time
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT

blp = sdk.Blueprint("historian", url_prefix="/api/v1/tags", description="Tags and their readings")


_AS_CSV = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
_TAG = {"in": "path", "name": "id", "description": "Id of the tag"}


tags = sdk.Resource(
    blp,
    path="",
    model=Tag,
    schema=TagSchema,
    name="tag",
    plural="tags",
    read="historian.read",
    write="historian.edit",
    filters=("name", "unit", "quantity", "datatype", "tag_class", "asset_id"),
    sort=("name", "id", "created_at"),
    update=api.describe_tag,
    asset=Tag.asset_id,
    methods=("list", "get", "update"),
    id_converter="int(min=1, max=2147483647)",
)


@blp.route("/<int(min=1, max=2147483647):id>/readings", parameters=[_TAG])
class TagReadings(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="getTagReadings",
        summary="Read a tag's readings as columns",
        responses=_AS_CSV,
    )
    @blp.arguments(ReadingsQuery, location="query")
    @blp.response(200, ReadingsSchema)
    def get(self, query: dict[str, Any], id: int) -> Any:  # noqa: A002 (the name in the path)
        start = parse_time(query["from_"], "from")
        end = parse_time(query["to"], "to") if "to" in query else time.time_ns() // 1000
        if end <= start:
            raise sdk.WellheadError(
                "must lie after from",
                field="to",
                value=query.get("to", format_time(end)),
                remedy=f"Name a time after {query['from_']}",
            )
        most = int(sdk.plugin_config("historian")["max_points"])
        limit = query.get("limit", most)
        if limit > most:
            raise sdk.WellheadError(
                f"must be at most {most}",
                field="limit",
                value=limit,
                remedy="Read in pieces: meta.next says where to go on; or raise max_points in "
                "[plugins.historian]",
            )
        tag = tags.find(id)
        found = api.history(id, start, end, limit)
        values: Any = None
        if tag.datatype == TEXT:
            values, unit = api.texts(found.values), None
        else:
            values, unit = shown(tag, found.values)
        go_on = None if found.next is None else format_time(found.next)
        meta = {
            "count": len(found.times),
            "unit": unit,
            "truncated": go_on is not None,
            "next": go_on,
        }
        columns: dict[str, Any] = {"t": found.times, "v": values, "q": found.qualities}
        return sdk.columns_response(columns, meta, go_on and _with_from(go_on))


@blp.route("/latest")
class LatestOfMany(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="getLatestReadings",
        summary="Read many tags' latest values as columns",
        responses=_AS_CSV,
    )
    @blp.arguments(LatestQuery, location="query")
    @blp.response(200, LatestColumnsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        ids = _ids(query["ids"], int(sdk.plugin_config("historian")["max_tags"]))
        if sdk.visible_assets() is not None:
            ids = live.tags(ids.tolist())
        found = api.latest(ids)
        columns: dict[str, Any] = {
            "tag": found.tags,
            "t": found.times,
            "v": found.values,
            "q": found.qualities,
        }
        system = sdk.asked_system()
        if system is not None:
            columns["v"], columns["unit"] = shown_each(found.tags, found.values, system)
        if found.texts:
            columns["v"] = columns["v"].tolist()
            for row, text in found.texts.items():
                columns["v"][row] = text
        states = states_of_each(found.tags, found.values)
        if states is not None:
            columns["state"] = states
        return sdk.columns_response(columns, {"count": len(found)})


@blp.route("/<int(min=1, max=2147483647):id>/latest", parameters=[_TAG])
class LatestOfOne(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="getLatestReading",
        summary="Read a tag's latest value",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, LatestSchema)
    def get(self, id: int) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        tag = tags.find(id)
        found = api.latest(np.array([id], np.int32))
        if not len(found):
            return {
                "tag": id,
                "time": None,
                "value": None,
                "quality": None,
                "state": None,
                "status": "no reading yet",
                "unit": tag.unit,
                "quantity": tag.quantity,
            }
        value = float(found.values[0])
        quality = int(found.qualities[0])
        return {
            "tag": id,
            "time": format_time(int(found.times[0])),
            "value": found.texts.get(0) if tag.datatype == TEXT else _finite(value),
            "state": state_of(tag.states, value),
            "quality": quality,
            "status": sdk.quality.name_of(quality),
            "unit": tag.unit,
            "quantity": tag.quantity,
        }


def _with_from(start: str) -> str:
    """This request's address, beginning at another time."""
    return f"{request.path}?{urlencode({**request.args, 'from': start})}"


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _ids(text: str, most: int) -> Any:
    """`1,2,3` as int32[n]."""
    found = []
    for part in text.split(","):
        number = part.strip()
        digits = number.isascii() and number.isdigit() and len(number) <= 10
        if not digits or not 0 < int(number) <= INT4_MAX:
            raise sdk.WellheadError(
                "not a tag id", field="ids", value=part, remedy="Write it like ids=1,2,3"
            )
        found.append(int(number))
    if len(found) > most:
        raise sdk.WellheadError(
            f"at most {most} tags a request",
            field="ids",
            value=len(found),
            remedy="Ask in pieces, or raise max_tags in [plugins.historian]",
        )
    return np.unique(np.array(found, np.int32))
