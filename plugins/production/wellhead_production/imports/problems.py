"""What is wrong with the rows of a file: counted all, named as far as somebody would read."""

from typing import Any

from wellhead import sdk

CORRECT = "Correct it"
"""The remedy of what says enough itself."""
MOST_NAMED = 1_000
"""Rows whose errors or warnings are told in full."""


class Problems:
    """Errors and warnings by row.

    failed: rows with errors
    """

    def __init__(self) -> None:
        self.failed: set[int] = set()
        self._named: dict[int, dict[str, Any]] = {}

    def error(self, row: int, line: int, field: str, value: Any, message: str, remedy: str) -> None:
        self.failed.add(row)
        self._note("errors", row, line, _detail(field, value, message, remedy))

    def warning(self, row: int, line: int, field: str, value: Any, message: str) -> None:
        self._note("warnings", row, line, _detail(field, value, message, "Correct it if it is not"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows that are named, in order."""
        return [self._named[row] for row in sorted(self._named)]

    def refusal(self, rows: int) -> sdk.ApiError:
        """What answers a file of that many rows when none is to be skipped."""
        details = [
            problem | {"field": f"items.{row['index']}.{problem['field']}"}
            for row in self.rows
            for problem in row["errors"]
        ]
        first = details[0]
        return sdk.ApiError(
            422,
            "validation_failed",
            f"{len(self.failed)} of {rows} rows cannot be created, so none was. "
            f"First: {first['field']}: {first['message']}",
            details,
        )

    def _note(self, kind: str, row: int, line: int, detail: dict[str, Any]) -> None:
        if row not in self._named and len(self._named) >= MOST_NAMED:
            return
        fresh: dict[str, Any] = {
            "index": row, "line": line, "id": None, "errors": [], "warnings": [],
        }  # fmt: skip
        self._named.setdefault(row, fresh)[kind].append(detail)


def _detail(field: str, value: Any, message: str, remedy: str) -> dict[str, Any]:
    return {"field": field, "value": value, "message": message, "remedy": remedy}
