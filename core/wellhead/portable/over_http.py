"""Import of records that came in a request, with the API's errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from wellhead.http.refusals import ApiError
from wellhead.plugins.portable import PortableRecords
from wellhead.portable.document import Document, ImportRefused, Problem, Written, require_kind
from wellhead.portable.plan import Plan
from wellhead.portable.transfer import import_records


def import_tables(
    kinds: Sequence[PortableRecords],
    tables: Mapping[str, Sequence[Any]],
    *,
    prune: bool,
    dry_run: bool,
) -> Plan:
    """Make the records what a request's body says, as `wellhead config import` does of a file, and
    commit. tables: rows by kind, the body's field `records`

    Raises ApiError 422 with a detail for each thing wrong.
    """
    known = {records.name: records for records in kinds}
    document = Document()
    for kind, rows in tables.items():
        require_kind(kind, known, "records")
        document.records[kind] = [
            Written(f"records.{kind}.{number}", row) for number, row in enumerate(rows)
        ]
    try:
        return import_records(known, document, prune=prune, dry_run=dry_run)
    except ImportRefused as error:
        details = [_detail(problem) for problem in error.problems]
        first = f"{details[0]['field']}: {details[0]['message']}"
        message = f"Nothing was imported, {len(details)} things are wrong. First: {first}"
        raise ApiError(422, "validation_failed", message, details) from error


def _detail(problem: Problem) -> dict[str, Any]:
    place = problem.where or f"records.{problem.record}"
    detail = {
        "field": ".".join(filter(None, (place, problem.field))),
        "value": problem.shown,
        "message": problem.message,
        "remedy": problem.remedy,
    }
    return {key: value for key, value in detail.items() if value is not None}
