"""/api/v1/tags/calculations: definitions, how far they are, and what one would give."""

import datetime as dt
from typing import Any

import numpy as np
from flask.views import MethodView
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_calculations import service
from wellhead_calculations.http.schemas import (
    CalculationSchema,
    CalculationStateSchema,
    TrialResultSchema,
    TrialSchema,
)
from wellhead_calculations.models import Calculation, Due, State
from wellhead_calculations.worker.results import results_of
from wellhead_calculations.worker.series import Series
from wellhead_historian.api import driver_connection
from wellhead_historian.http.times import format_time
from wellhead_historian.models import Tag
from wellhead_historian.store.choice import make_reader

READ = "calculations.read"
EDIT = "calculations.edit"
_MOST = 1000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ID = "int(min=1, max=2147483647)"
_TAG = {"in": "path", "name": "id", "description": "Id of the calculated tag"}

blp = sdk.Blueprint(
    "calculations", url_prefix="/api/v1/tags/calculations", description="Calculated tags and totals"
)

calculations = sdk.Resource(
    blp,
    path="",
    model=Calculation,
    schema=CalculationSchema,
    name="calculation",
    plural="calculations",
    read=READ,
    write=EDIT,
    filters=("name", "unit", "period", "asset_id"),
    sort=("name", "tag_id", "created_at"),
    create=service.create,
    update=service.change,
    delete=service.remove,
    asset=Calculation.asset_id,
    id_converter=_ID,
)


@blp.route(f"/<{_ID}:id>/state", parameters=[_TAG])
class CalculationState(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getCalculationState", summary="See how far a calculation is")
    @blp.response(200, CalculationStateSchema)
    def get(self, id: int) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        calculation = calculations.find(id)
        state = sdk.db.session.get(State, id)
        begins = sdk.db.session.scalar(
            select(func.min(Due.begins)).where(
                Due.tag_id == id, Due.ready_at <= func.clock_timestamp()
            )
        )
        done = None
        if begins is not None:
            start = (calculation.start - _EPOCH) // dt.timedelta(microseconds=1)
            done = format_time(max(begins, start))
        return {
            "evaluated_at": state and state.evaluated_at,
            "results": state.results if state else 0,
            "error": state and state.error,
            "waiting": begins is not None,
            "done_until": done,
        }


@blp.route("/try")
class Trial(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="tryCalculation",
        summary="Check a calculation, and see what it would give from start to to",
    )
    @blp.arguments(TrialSchema)
    @blp.response(200, TrialResultSchema)
    def post(self, wanted: dict[str, Any]) -> dict[str, Any]:
        now = dt.datetime.now(dt.UTC)
        end = wanted.pop("to", now)
        start = wanted.setdefault("start", end - dt.timedelta(hours=1))
        if start >= end:
            raise sdk.WellheadError(
                "must lie after start", field="to", value=end.isoformat(), remedy="Swap the two"
            )
        definition, _ = service.defined({**service.DEFAULTS, **wanted}, 0)
        until = (end - _EPOCH) // dt.timedelta(microseconds=1) - 1
        with driver_connection() as connection:
            series = Series(make_reader(connection))
            results = results_of(definition, series, (definition.start, until))
        rows = sdk.db.session.execute(
            select(Tag.id, Tag.name, Tag.unit).where(Tag.id.in_(definition.inputs))
        )
        values = [
            value if np.isfinite(value) else None for value in results.values[:_MOST].tolist()
        ]
        return {
            "inputs": sorted((row._asdict() for row in rows), key=lambda row: str(row["name"])),
            "t": results.times[:_MOST].tolist(),
            "v": values,
            "q": results.qualities[:_MOST].tolist(),
            "unit": wanted.get("unit"),
            "more": results.through < until or len(results.times) > _MOST,
        }
