"""One request of an import: its readings and its row in one transaction, or nothing.

A large import is several requests, its parts, under one id. What is stored of it after a crash is
whole parts; a part that is sent again is recognised by its row and changes nothing.
"""

import hashlib
import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.forwarding.future import flag_future
from wellhead_historian.forwarding.session import latest_good_time, store_readings, tell
from wellhead_historian.http.times import format_time
from wellhead_historian.imports.cells import Piece, Ragged
from wellhead_historian.imports.reading import Reading
from wellhead_historian.imports.times import TimeForm
from wellhead_historian.models import Import, ImportPart
from wellhead_historian.retention.classes import kept_from, tag_classes

SOURCE = "imports"
"""The historian's source of all imports: one, since a tag is looked for at each of its sources."""

_AT_ONCE = 100_000
_MOST_DETAILS = 100
_PACKING = "historian.pack"
_LARGE = 100_000
"""Readings in a body from which packing begins at once: a question for their times would go through
all of them, one by one, until it comes to them."""
_imports = cast(Table, Import.__table__)
_parts = cast(Table, ImportPart.__table__)


@dataclass(frozen=True, slots=True)
class Request:
    """id: None for a dry run without one; options: what was asked besides, for the digest
    skip: what is wrong is left out; False: then nothing is stored"""

    id: str | None
    part: int
    options: Mapping[str, Any]
    form: TimeForm
    units: Mapping[str, str]
    skip: bool
    dry_run: bool


def take(asked: Request, body: bytes, pieces: Iterable[Piece | Ragged]) -> dict[str, Any]:
    """Store what `pieces` of `body` hold and commit; what is answered. Raises ApiError 409 for
    another body or other options under an id and part that are stored, 422 naming every row that
    is wrong where none is to be skipped. An import of nothing leaves nothing, not even its id."""
    if not asked.dry_run:
        digest = _digest(asked.options, body)
        stored = _claim(asked, digest)
        if stored is not None:
            sdk.db.session.rollback()
            return stored
    over_measured = sdk.current_user().may("historian.import")
    reading = Reading(api.create_source(SOURCE), asked.form, asked.units, over_measured)
    batches: list[sdk.Batch] = []
    for some in _gathered(reading.batches(pieces)):
        if asked.dry_run:
            batches += [flag_future(batch, latest_good_time()) for batch in some]
        else:
            batches += store_readings(some)
    reading.tags.check_units()
    answer = _answer(asked, reading, batches)
    if asked.dry_run:
        sdk.db.session.rollback()
        return answer
    if reading.problems.rows and not asked.skip:
        sdk.db.session.rollback()
        raise _refused(reading)
    if not answer["readings"]:  # its id is free for what was meant
        sdk.db.session.rollback()
        return answer
    _book(asked, answer)
    sdk.db.session.commit()
    tell(batches)
    if answer["readings"] >= _LARGE:
        sdk.run_job_soon(_PACKING)
    return answer


def _gathered(batches: Iterable[sdk.Batch]) -> Iterator[list[sdk.Batch]]:
    """Batches of some _AT_ONCE readings together: each time they are stored costs a little."""
    some: list[sdk.Batch] = []
    for batch in batches:
        some.append(batch)
        time.sleep(0)  # other requests of this process get their turn
        if sum(map(len, some)) >= _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _digest(options: Mapping[str, Any], body: bytes) -> bytes:
    return hashlib.sha256(json.dumps(options, sort_keys=True).encode() + b"\n" + body).digest()


def _claim(asked: Request, digest: bytes) -> dict[str, Any] | None:
    """Make the part's row, waiting for whoever is at it; its answer where it is stored already."""
    session = sdk.db.session
    email = sdk.current_actor().email
    session.execute(insert(_imports).values(id=asked.id, user_email=email).on_conflict_do_nothing())
    made = session.execute(
        insert(_parts)
        .values(import_id=asked.id, part=asked.part, digest=digest)
        .on_conflict_do_nothing()
        .returning(_parts.c.part)
    )
    if made.first() is not None:
        return None
    known = session.execute(
        select(_parts).where(_parts.c.import_id == asked.id, _parts.c.part == asked.part)
    ).one()
    if known.digest != digest:
        raise sdk.ApiError(
            409,
            "import_changed",
            f"Part {asked.part} of import {asked.id} is stored, and was another body or had other "
            "options.",
            [
                {
                    "field": "id",
                    "value": asked.id,
                    "remedy": "Give new data an id or a part of its own",
                }
            ],
        )
    answer: dict[str, Any] = known.answer
    return answer


def _answer(asked: Request, reading: Reading, batches: list[sdk.Batch]) -> dict[str, Any]:
    some = [batch for batch in batches if len(batch)]
    first = min((int(batch.times.min()) for batch in some), default=None)
    last = max((int(batch.times.max()) for batch in some), default=None)
    ahead = sdk.quality.UNCERTAIN_FUTURE_TIME
    return {
        "id": asked.id,
        "part": asked.part,
        "dry_run": asked.dry_run,
        "readings": sum(len(batch) for batch in some),
        "tags": len(reading.tags),
        "first": None if first is None else format_time(first),
        "last": None if last is None else format_time(last),
        "too_old": _too_old(reading.tags.classes, some),
        "in_future": sum(int((batch.qualities == ahead).sum()) for batch in some),
        "wrong_rows": reading.problems.rows,
        "errors": reading.problems.found,
    }


def _too_old(
    classes: Mapping[str, Collection[int]], batches: Sequence[sdk.Batch]
) -> list[dict[str, Any]]:
    """Which classes keep readings for a shorter time than some of these are old."""
    now, known = time.time_ns() // 1000, tag_classes(sdk.plugin_config("historian"))
    told = []
    for name in sorted(classes.keys() & known.keys()):
        keep_days = known[name].keep_days
        if keep_days is None:
            continue
        since, tags = kept_from(now, keep_days), list(classes[name])
        old = sum(int(np.isin(batch.tags[batch.times < since], tags).sum()) for batch in batches)
        if old:
            told.append({"tag_class": name, "readings": old, "kept_from": format_time(since)})
    return told


def _refused(reading: Reading) -> sdk.ApiError:
    details = [
        {
            "field": f"row {problem['row']}, {problem['column']}".rstrip(", "),
            "value": problem["value"],
            "message": problem["message"],
        }
        for problem in reading.problems.found[:_MOST_DETAILS]
    ]
    count = reading.problems.rows
    return sdk.ApiError(
        422,
        "validation_failed",
        f"{count} {'row is' if count == 1 else 'rows are'} wrong, so none was stored. First: "
        f"{details[0]['field']}: {details[0]['message']}",
        [*details, {"remedy": "Correct them, or say on_error=skip; dry_run=true names them all"}],
    )


def _book(asked: Request, answer: Mapping[str, Any]) -> None:
    """The part's answer, the import's totals and one audit row, in the transaction of the readings.
    On bare tables: the audit row sums up what they hold."""
    session = sdk.db.session
    mine = (_parts.c.import_id == asked.id, _parts.c.part == asked.part)
    session.execute(update(_parts).where(*mine).values(answer=answer))
    session.execute(
        update(_imports)
        .where(_imports.c.id == asked.id)
        .values(
            parts=_imports.c.parts + 1,
            readings=_imports.c.readings + answer["readings"],
            skipped=_imports.c.skipped + answer["wrong_rows"],
            updated_at=func.now(),
        )
    )
    told = {key: value for key, value in answer.items() if key != "errors"}
    statement, parameters = sdk.audit_entry(
        "insert", "historian_import", f"{asked.id}/{asked.part}", None, told
    )
    with api.driver_connection() as connection:
        connection.execute(statement.encode(), parameters)
