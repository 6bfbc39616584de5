"""/api/v1/tags/{id}/readings and /api/v1/tags/readings/query: what was measured."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import request
from flask.views import MethodView

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.http.export import exported
from wellhead_historian.http.finding import named_tags, refuse_parameters
from wellhead_historian.http.readings_schemas import (
    ManyReadingsQuery,
    ManyReadingsSchema,
    ReadingsQuery,
    ReadingsSchema,
)
from wellhead_historian.http.routes import AS_FILES, TAG, blp, tags
from wellhead_historian.http.times import format_time
from wellhead_historian.query.calendar import labels
from wellhead_historian.query.question import Intervals, Question, Raw, question_of
from wellhead_historian.query.tagged import Answer, Column, Subject, TagHistory, subject_of


@blp.route("/<int(min=1, max=2147483647):id>/readings", parameters=[TAG])
class TagReadings(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="getTagReadings",
        summary="Read a tag's readings, a picture, aggregates or values at times, as columns",
        responses=AS_FILES,
    )
    @blp.arguments(ReadingsQuery, location="query")
    @blp.response(200, ReadingsSchema)
    def get(self, query: dict[str, Any], id: int) -> Any:  # noqa: A002 (the name in the path)
        most = int(sdk.plugin_config("historian")["max_points"])
        question = question_of(query, _now(), most)
        subject = subject_of(tags.find(id), sdk.asked_system())
        form = _streamed(query, question)
        if form is not None and isinstance(question, Raw):
            return exported([subject], question, form, named=False)
        [answer] = _answers([subject], question, most)
        go_on = None if answer.next is None else format_time(answer.next)
        columns = answer.columns
        if sdk.wants_csv(query.get("format")):
            columns = _with_labels(columns, question)
        return sdk.columns_response(columns, _told(answer), go_on and _with_from(go_on))


@blp.route("/readings/query")
class ManyReadings(MethodView):
    @blp.permission("historian.read")
    @blp.within_assets
    @blp.doc(
        operationId="queryReadings",
        summary="Read many tags' readings, pictures, aggregates or values at times",
        responses=AS_FILES,
    )
    @blp.arguments(ManyReadingsQuery)
    @blp.response(200, ManyReadingsSchema)
    def post(self, query: dict[str, Any]) -> Any:
        refuse_parameters()
        settings = sdk.plugin_config("historian")
        named = named_tags(query["tags"], int(settings["max_query_tags"]), "max_query_tags")
        most = max(int(settings["max_points"]) // max(len(named.tags), 1), 1)
        question = question_of(query, _now(), most)
        system = sdk.units.System(query["units"]) if "units" in query else None
        subjects = [subject_of(tag, system) for tag in named.tags]
        as_file = query.get("format") == "jsonl" or sdk.wants_csv(query.get("format"))
        if named.missing and (as_file or not subjects):  # a file has no place to say so
            raise sdk.not_found("tag", named.missing[0])
        form = _streamed(query, question)
        if form is not None and isinstance(question, Raw):
            return exported(subjects, question, form, named=True)
        if as_file and isinstance(question, Raw):
            raise sdk.WellheadError(
                "a file of many tags has no place to say where to go on",
                field="limit",
                value=question.limit,
                remedy="Leave it out: the file holds all readings",
            )
        answers = _answers(subjects, question, most)
        if as_file:
            return sdk.columns_response(_in_one(subjects, answers, question), form="csv")
        series = [
            {"tag": subject.id, "name": subject.name, **_told_of_series(answer), **answer.columns}
            for subject, answer in zip(subjects, answers, strict=True)
        ]
        return sdk.columns_response({"series": series}, {"missing": named.missing}, form="json")


def _now() -> int:
    return time.time_ns() // 1000


def _answers(subjects: Sequence[Subject], question: Question, most: int) -> list[Answer]:
    """One a tag, of one moment, whatever is stored meanwhile."""
    if isinstance(question, Raw) and question.limit is None:
        question = replace(question, limit=most)
    with api.reader_of_one_moment() as reader:
        return [TagHistory(reader, subject, api.texts).answer(question) for subject in subjects]


def _told(answer: Answer) -> dict[str, Any]:
    go_on = None if answer.next is None else format_time(answer.next)
    return {**answer.meta, "truncated": go_on is not None, "next": go_on}


def _told_of_series(answer: Answer) -> dict[str, Any]:
    """Without the length, whose name is also an aggregate's."""
    return {name: value for name, value in _told(answer).items() if name != "count"}


def _streamed(query: dict[str, Any], question: Question) -> str | None:
    """The form of a file of all readings, when that is what is asked for."""
    whole = isinstance(question, Raw) and question.limit is None
    if query.get("format") == "jsonl":
        if not whole:
            raise sdk.WellheadError(
                "jsonl is for readings as they are, without limit",
                field="format",
                value="jsonl",
                remedy="Use csv or json",
            )
        return "jsonl"
    return "csv" if whole and sdk.wants_csv(query.get("format")) else None


def _with_labels(columns: Any, question: Question) -> dict[str, Column]:
    """With a column of local times beside the instants of intervals, for people."""
    if not isinstance(question, Intervals):
        return dict(columns)
    local = labels(columns["t"], question.zone)
    return {"t": columns["t"], "local": local, **columns}


def _in_one(
    subjects: Sequence[Subject], answers: Sequence[Answer], question: Question
) -> dict[str, Column]:
    """The answers one below the other, with the tag in front."""
    each = [_with_labels(answer.columns, question) for answer in answers]
    counts = [len(columns["t"]) for columns in each]
    lines = list(zip(subjects, counts, strict=True))
    together: dict[str, Column] = {
        "tag": np.repeat([subject.id for subject in subjects], counts),
        "name": list(chain.from_iterable([each.name] * count for each, count in lines)),
    }
    if not isinstance(question, Intervals):  # each aggregate has a unit of its own
        units = ([each.target] * count for each, count in lines)
        together["unit"] = list(chain.from_iterable(units))
    for name in each[0]:
        parts = [columns[name] for columns in each]
        if any(isinstance(part, list) for part in parts):
            together[name] = [value for part in parts for value in _plain(part)]
        else:
            together[name] = np.concatenate(parts)
    return together


def _plain(column: Column) -> list[Any]:
    """A list in which what is no number is None."""
    if isinstance(column, list):
        return column
    return [value if math.isfinite(value) else None for value in column.tolist()]


def _with_from(start: str) -> str:
    """This request's address, beginning at another time."""
    return f"{request.path}?{urlencode({**request.args, 'from': start})}"
