"""Logs from files: checked against the well that they are said to be of, and stored.

Nothing that a file says of its well is taken over: the reader is told where they differ.
"""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from wellhead import sdk
from wellhead_well_logs.found import FoundLog
from wellhead_well_logs.models import Log
from wellhead_well_logs.notes import Note
from wellhead_well_logs.rows import Rows
from wellhead_well_logs.service import connection_of, create_log, put_rows
from wellhead_wells.identifiers import IdentifierKind, read
from wellhead_wells.models import Wellbore

_NUMBERS = {
    "API": (IdentifierKind.US_WELL_NUMBER,),
    "UWI": (IdentifierKind.CANADA_UWI, IdentifierKind.US_WELL_NUMBER, IdentifierKind.NORWAY_NAME),
}
_WELL_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file becomes a log: where it goes, and what is told of it beside the file."""

    bore: Wellbore
    dry_run: bool
    replaces: Log | None
    reason: str | None
    run: str | None
    depth_datum: str | None


def take(found: FoundLog, wanted: Wanted) -> dict[str, Any]:
    """Store the log and commit, or of a dry run only say what would be; what is answered.

    Raises ApiError 409 where the wellbore has such a log already, and it is not to be replaced.
    """
    notes = [*found.notes, *_about_well(found, wanted.bore), *_about_file(found, wanted)]
    new = replace(found.new, run=wanted.run, depth_datum=wanted.depth_datum)
    log = create_log(wanted.bore, new, replaces=wanted.replaces, reason=wanted.reason)
    keys = [curve.id for curve in log.curves]
    numbers, texts = {}, {}
    for key, column in zip(keys, found.columns, strict=True):
        if isinstance(column, list):
            texts[key] = column
        else:
            numbers[key] = column
    put_rows(connection_of(sdk.db.session), log.id, Rows(found.index, numbers, texts))
    sdk.db.session.refresh(log)
    answer = {
        "dry_run": wanted.dry_run,
        "log": log,
        "curves": [asdict(curve) for curve in new.curves],
        "warnings": [asdict(note) for note in notes],
    }
    if wanted.dry_run:
        sdk.db.session.expunge(log)
        sdk.db.session.rollback()
        set_committed_value(log, "id", None)  # there is no such log
    else:
        sdk.db.session.commit()
    return answer


def _about_well(found: FoundLog, bore: Wellbore) -> list[Note]:
    """Warnings of numbers that are malformed, and of a file of another well by all it says."""
    notes: list[Note] = []
    numbers: list[tuple[str, str]] = []
    for name, kinds in _NUMBERS.items():
        value = found.well.get(name)
        if value is None:
            continue
        numbers.append((name, value))
        problem = _malformed(value, kinds)
        if problem is not None:
            notes.append(Note(name, f"is malformed, and kept as it is: {problem}", value))
    own = [one.value for one in (*bore.well.identifiers, *bore.identifiers)]
    if numbers and own and not any(_same(value, one) for _, value in numbers for one in own):
        name, value = numbers[0]
        shown = ", ".join(own)
        notes.append(Note(name, f"is none of the well's and wellbore's numbers, {shown}", value))
    said = found.well.get("WELL")
    if not numbers and said and said.casefold() not in _names(bore):
        notes.append(Note("WELL", f"is no name of the well {bore.well.name}", said))
    return notes


def _about_file(found: FoundLog, wanted: Wanted) -> list[Note]:
    digest = found.new.source_sha256
    before = sdk.db.session.scalar(
        select(Log).where(Log.source_sha256 == digest, Log.wellbore_id == wanted.bore.id).limit(1)
    )
    if before is None:
        return []
    return [
        Note("body", f"the same file was imported before, as log {before.name}", str(before.id))
    ]


def _malformed(value: str, kinds: tuple[IdentifierKind, ...]) -> str | None:
    """Why the value is of none of these kinds, as the first that has something to say of it does;
    None where it is well-formed."""
    problems: list[str] = []
    for kind in kinds:
        try:
            read(kind, value)
        except sdk.WellheadError as error:
            problems.append(error.message)
        else:
            return None
    return problems[0]


def _same(one: str, other: str) -> bool:
    """Whether two numbers name the same well: the same but for separators, or US well numbers that
    differ in sidetrack and event alone."""
    bare, also = (re.sub(r"[^0-9A-Z]", "", text.upper()) for text in (one, other))
    if bare.isdigit() and also.isdigit() and min(len(bare), len(also)) >= _WELL_DIGITS:
        return bare[:_WELL_DIGITS] == also[:_WELL_DIGITS]
    return bare == also


def _names(bore: Wellbore) -> set[str]:
    well = bore.well
    return {name.casefold() for name in (well.name, *(alias.name for alias in well.aliases))}
