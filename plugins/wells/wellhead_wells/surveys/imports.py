"""Surveys from CSV files, as survey companies and spreadsheets give them.

A row is a station. Columns are found by name, whatever their order; a unit in brackets behind the
name must be the one that the import says, and columns of calculated values are left unread: where
the stations are is worked out here. A survey with a row left out is another survey, so one row that
is no station means that nothing is taken. A sidetrack's survey may be listed from the surface: what
lies above its kick-off is left out, with a warning in each row.
"""

from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import check_count, create_survey, stations_above_kickoff

NAMES = {
    "md": ("md", "measured depth", "measured_depth", "depth"),
    "inclination": ("inclination", "inc", "incl"),
    "azimuth": ("azimuth", "azi", "az"),
}
"""What each column may be called, without regard to case."""
_SPELLINGS = {"m": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "ft": "ft",
              "feet": "ft", "foot": "ft", "deg": "deg", "degrees": "deg", "°": "deg"}  # fmt: skip
_BOUNDS = {"inclination": 180.0, "azimuth": 360.0}


@dataclass(frozen=True, slots=True)
class Table:
    """stations: md, inclination and azimuth by row, those of rows with errors left out
    errors: of each row of the file, empty where it is a station; ignored: columns left unread"""

    stations: dict[str, list[float]]
    errors: list[list[dict[str, Any]]]
    ignored: list[str]


def read_table(data: bytes, depth_unit: str | None) -> Table:
    """The stations of a CSV file (UTF-8, commas, a header row).

    depth_unit: unit of measured depths as the import says it; None when it does not
    Raises WellheadError for what is no CSV, for more rows than a survey has stations, and for a
    header without the three columns.
    """
    header, rows = sdk.csv_table(data)
    check_count(len(rows))
    places = _places(header, depth_unit)
    stations: dict[str, list[float]] = {name: [] for name in NAMES}
    errors = []
    for _, cells in rows:
        station, wrong = _station(cells, header, places)
        above = stations["md"][-1] if stations["md"] else None
        if not wrong and above is not None and station["md"] <= above:
            wrong = [_problem("md", cells[places["md"]], f"Is not below the row above, {above:g}.")]
        if not wrong:
            for name, value in station.items():
                stations[name].append(value)
        errors.append(wrong)
    ignored = [name for place, name in enumerate(header) if place not in places.values()]
    return Table(stations, errors, ignored)


def _places(header: list[str], depth_unit: str | None) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        word, _, behind = title.lower().replace("[", "(").partition("(")
        unit = behind.strip(" )]")
        name = next((name for name, words in NAMES.items() if word.strip() in words), None)
        if name is None:
            continue
        if name in places:
            raise sdk.WellheadError(
                f"is the second column of {name}",
                field="header",
                value=title,
                remedy="Leave one of them out",
            )
        wanted = depth_unit if name == "md" else "deg"
        if unit and _SPELLINGS.get(unit) != wanted:
            raise sdk.WellheadError(
                f"is in {unit}, the import in {wanted or 'the unit of the wellbore'}",
                field="header",
                value=title,
                remedy="Say depth_unit=m or depth_unit=ft as the file has it"
                if name == "md"
                else "Angles are in degrees",
            )
        places[name] = place
    missing = [name for name in NAMES if name not in places]
    if missing:
        raise sdk.WellheadError(
            f"has no column {', '.join(missing)}",
            field="header",
            value=", ".join(header),
            remedy="Begin with a row of names: md, inclination (or inc), azimuth (or azi)",
        )
    return places


def _station(
    cells: list[str], header: list[str], places: dict[str, int]
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    if len(cells) != len(header):
        message = f"Has {len(cells)} cells, the header {len(header)}."
        return {}, [{"message": message, "remedy": "Quote cells that hold commas"}]
    station: dict[str, float] = {}
    wrong = []
    for name, place in places.items():
        cell = cells[place].strip()
        most = _BOUNDS.get(name)
        if not sdk.is_number(cell):
            wrong.append(_problem(name, cell, "Not a number."))
        elif most is not None and not 0 <= float(cell) <= most:
            wrong.append(_problem(name, cell, f"Must be 0 to {most:g} degrees."))
        else:
            station[name] = float(cell)
    return station, wrong


def _problem(field: str, value: str, message: str) -> dict[str, Any]:
    return {"field": field, "value": value, "message": message, "remedy": "Correct the row"}


def import_survey(bore: Wellbore, query: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Enter the survey of a file, or only say what would become of it. Commits, or leaves nothing.

    query: as `ImportQuery` loads it; the answer is as `SurveyImportResultSchema` dumps it
    Raises ApiError 422 with the errors of all rows when there are any and it is no dry run, and
    WellheadError for what is wrong with all of it.
    """
    header = dict(query)
    dry_run = header.pop("dry_run")
    table = read_table(data, header.get("depth_unit") or bore.depth_unit)
    failed = sum(map(bool, table.errors))
    survey, above = None, 0
    if failed and not dry_run:
        raise _refused(table.errors, failed)
    if not failed:
        above = stations_above_kickoff(bore, header | {"stations": table.stations})
        own = {name: column[above:] for name, column in table.stations.items()}
        survey = create_survey(bore, header | {"stations": own})
    if dry_run:
        sdk.db.session.rollback()
        survey = None
    else:
        sdk.db.session.commit()
    return {
        "created": len(table.errors) - failed - above,
        "failed": failed,
        "dry_run": dry_run,
        "ignored": table.ignored,
        "rows": [
            {
                "index": index,
                "errors": wrong,
                "warnings": [_above_kickoff(table, index)] if index < above else [],
            }
            for index, wrong in enumerate(table.errors)
        ],
        "survey": survey,
    }


def _above_kickoff(table: Table, index: int) -> dict[str, Any]:
    return {
        "field": "md",
        "value": f"{table.stations['md'][index]:g}",
        "message": "Left out: above the kick-off, where the wellbore is still its parent.",
        "remedy": "Nothing, unless kickoff_md of the wellbore is wrong",
    }


def _refused(errors: list[list[dict[str, Any]]], failed: int) -> sdk.ApiError:
    details = [
        problem | {"field": ".".join(["rows", str(index), *filter(None, [problem.get("field")])])}
        for index, row in enumerate(errors)
        for problem in row
    ]
    first = details[0]
    message = f"{failed} of {len(errors)} rows are no stations, so the survey was not entered. "
    message += f"First: {first['field']}: {first['message']}"
    return sdk.ApiError(422, "validation_failed", message, details)
