"""/api/v1/tags/latest and /api/v1/tags/{id}/latest: what is measured now."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flask.views import MethodView

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.http.finding import (
    Named,
    named_tags,
    refuse_parameters,
    tags_under,
    written_id,
)
from wellhead_historian.http.measures import shown_each, state_of, states_of_each
from wellhead_historian.http.routes import AS_CSV, TAG, blp, tags
from wellhead_historian.http.schemas import (
    LatestColumnsSchema,
    LatestQuery,
    LatestSchema,
    ManyLatestQuery,
    ManyLatestSchema,
)
from wellhead_historian.http.times import format_time
from wellhead_historian.store.texts import TEXT


@blp.route("/latest")
class LatestOfMany(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="getLatestReadings",
        summary="Read many tags' latest values as columns",
        responses=AS_CSV,
    )
    @blp.arguments(LatestQuery, location="query")
    @blp.response(200, LatestColumnsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        named = named_tags(_ids(query["ids"]), _most(), "max_tags")
        system = sdk.asked_system()
        columns = _columns(named.tags, system)
        del columns["name"]
        if system is None:
            del columns["unit"]
        return sdk.columns_response(columns, _meta(named, columns))

    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="queryLatestReadings",
        summary="Read thousands of tags' latest values, by id, name or asset",
        responses=AS_CSV,
    )
    @blp.arguments(ManyLatestQuery)
    @blp.response(200, ManyLatestSchema)
    def post(self, query: dict[str, Any]) -> Any:
        refuse_parameters()
        if ("tags" in query) == ("asset" in query):
            raise sdk.WellheadError(
                "either tags or an asset is needed",
                field="tags",
                remedy="Name tags by id or name, or an asset, and not both",
            )
        if "asset" in query:
            found = tags_under(query["asset"], _most())
            named = Named(found, [], {tag.id: tag.id for tag in found})
        else:
            named = named_tags(query["tags"], _most(), "max_tags")
        system = sdk.units.System(query["units"]) if "units" in query else None
        columns = _columns(named.tags, system)
        return sdk.columns_response(columns, _meta(named, columns), form=query.get("format"))


@blp.route("/<int(min=1, max=2147483647):id>/latest", parameters=[TAG])
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


def _columns(rows: Sequence[Any], system: sdk.units.System | None) -> dict[str, Any]:
    """The newest readings of these tags, sorted by tag."""
    found = api.latest(np.array(sorted(row.id for row in rows), np.int32))
    by_id = {row.id: row for row in rows}
    of_each = [by_id[tag] for tag in found.tags.tolist()]
    values, units = shown_each(of_each, found.values, system)
    columns: dict[str, Any] = {
        "tag": found.tags,
        "name": [row.name for row in of_each],
        "t": found.times,
        "v": values,
        "q": found.qualities,
        "unit": units,
    }
    if found.texts:
        columns["v"] = values.tolist()
        for row, text in found.texts.items():
            columns["v"][row] = text
    states = states_of_each(of_each, found.values)
    return columns if states is None else {**columns, "state": states}


def _meta(named: Named, columns: Mapping[str, Any]) -> dict[str, Any]:
    """How many readings there are, and which of what was asked for has none."""
    read = set(columns["tag"].tolist())
    empty = [key for key, tag in named.asked.items() if tag not in read]
    return {"count": len(columns["t"]), "missing": named.missing, "empty": empty}


def _most() -> int:
    return int(sdk.plugin_config("historian")["max_tags"])


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _ids(text: str) -> list[int]:
    """The numbers of `1,2,3`."""
    found = []
    for part in text.split(","):
        number = written_id(part.strip())
        if number is None:
            raise sdk.WellheadError(
                "not a tag id", field="ids", value=part, remedy="Write it like ids=1,2,3"
            )
        found.append(number)
    return found
