"""All readings of a range as one file, however long: made, sent and forgotten in pieces.

Each piece is read in a transaction of its own, so a client that reads slowly holds no connection of
the database. Readings that arrive meanwhile are in the file when they lie ahead of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from flask import Flask, current_app

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.query.question import Raw
from wellhead_historian.query.tagged import Column, Subject, TagHistory

PIECE = 20_000
"""Readings in memory at once."""


def exported(subjects: Sequence[Subject], question: Raw, form: str, *, named: bool) -> Any:
    """The readings of these tags, at least one, as `csv` or `jsonl`; named: with the tag in each
    line"""
    sdk.db.session.remove()  # or this request would hold one connection and wait for another
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    pieces = _pieces(app, sdk.current_tenant(), subjects, question)
    if not named:
        return sdk.streamed_response((columns for _, columns in pieces), form)
    labelled = _labelled_lines if form == "csv" else _labelled
    return sdk.streamed_response((labelled(*piece) for piece in pieces), form)


def _pieces(
    app: Flask, tenant: str, subjects: Sequence[Subject], question: Raw
) -> Iterator[tuple[Subject, Mapping[str, Column]]]:
    for subject in subjects:
        at: int | None = question.start
        while at is not None:
            with app.app_context(), sdk.tenant(tenant), api.reader() as reader:
                asked = replace(question, start=at, limit=PIECE)
                found = TagHistory(reader, subject, api.texts).answer(asked)
            at = found.next
            yield subject, found.columns


def _labelled(subject: Subject, columns: Mapping[str, Column]) -> dict[str, Any]:
    return {"tag": subject.id, "name": subject.name, "unit": subject.target, **columns}


def _labelled_lines(subject: Subject, columns: Mapping[str, Column]) -> dict[str, Column]:
    count = len(columns["t"])
    return {
        "tag": np.full(count, subject.id),
        "name": [subject.name] * count,
        "unit": [subject.target] * count,
        **columns,
    }
