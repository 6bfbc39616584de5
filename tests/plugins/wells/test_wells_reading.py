"""A record and its lists are read in one row: the session has what it would have read itself."""

import uuid
from typing import Any
from unittest import mock

import psycopg
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from wellhead import sdk
from wellhead.database.one_row import OneRow
from wellhead.testing import ApiClient
from wellhead_wells.models import Well, WellAlias, WellDatum, WellIdentifier

from .test_wells_crud import FULL, WELLS, create

LISTS = (Well.identifiers, Well.aliases, Well.datums)
MANY: dict[str, Any] = {
    "identifiers": [{"kind": "other", "value": f"no. {9 - each}"} for each in range(10)],
    "aliases": [{"name": f"alias {each}", "system": None} for each in range(10)],
    "datums": [
        {"code": code, "elevation": 0.1 * place, "unit": "m"}
        for place, code in enumerate(("CF", "DF", "KB", "RT"))
    ],
}


def values(record: Any) -> dict[str, Any]:
    """Of all columns."""
    return {each.key: getattr(record, each.key) for each in inspect(type(record)).column_attrs}


def everything(well: Well) -> list[Any]:
    return [
        values(well),
        *([values(item) for item in getattr(well, each.key)] for each in LISTS),
    ]


def by_session_and_in_one_row(key: uuid.UUID) -> tuple[list[Any], list[Any]]:
    by_session = everything(sdk.db.session.get_one(Well, key))
    sdk.db.session.remove()
    in_one_row = everything(OneRow(Well, LISTS).read(key))
    sdk.db.session.remove()
    return by_session, in_one_row


def test_however_long_the_lists_one_row_is_read(api: ApiClient) -> None:
    made = create(api, **FULL | MANY)
    execute, rows = psycopg.Cursor.execute, []

    def counted(cursor: Any, query: Any, *given: Any, **options: Any) -> Any:
        done = execute(cursor, query, *given, **options)
        if "wells_well" in str(query):
            rows.append(done.rowcount)
        return done

    with mock.patch.object(psycopg.Cursor, "execute", counted):
        assert api.get(f"{WELLS}/{made['id']}").data == made
    assert rows == [1]


text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(
    aliases=st.dictionaries(text, st.none() | text, max_size=4),
    datums=st.dictionaries(text, st.floats(allow_nan=False, allow_infinity=False), max_size=4),
    place=st.tuples(st.floats(-180, 180), st.none() | text),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_read_is_what_the_session_reads(
    app: Flask,
    aliases: dict[str, str | None],
    datums: dict[str, float],
    place: tuple[float, str | None],
) -> None:
    with app.app_context(), sdk.tenant("default"):
        asset = sdk.Asset(kind="well", name=str(uuid.uuid4()))
        sdk.db.session.add(asset)
        sdk.db.session.flush()
        well = Well(
            asset_id=asset.id,
            status="proposed",
            longitude=place[0],
            field=place[1],
            identifiers=[
                WellIdentifier(position=at, kind="other", value=name, warning=said)
                for at, (name, said) in enumerate(aliases.items())
            ],
            aliases=[WellAlias(name=name, system=system) for name, system in aliases.items()],
            datums=[WellDatum(code=c, elevation=high, unit="m") for c, high in datums.items()],
        )
        sdk.db.session.add(well)
        sdk.db.session.commit()
        key = well.id
        sdk.db.session.remove()
        by_session, in_one_row = by_session_and_in_one_row(key)
    assert in_one_row == by_session


def test_the_record_is_the_sessions(api: ApiClient, app: Flask) -> None:
    """It is changed as any other, loads what was not read with it, and is not read twice."""
    made = create(api, **FULL | MANY)
    key = uuid.UUID(made["id"])
    with app.app_context(), sdk.tenant("default"):
        reading = OneRow(Well, LISTS)
        well = reading.read(key)
        assert well.asset.name == FULL["name"]
        assert [each.to_status for each in well.status_changes] == [FULL["status"]]
        well.field = "Slaughter"
        well.datums = [each for each in well.datums if each.code == "KB"]
        assert reading.read(key) is well
        assert sdk.db.session.get(Well, key) is well
        sdk.db.session.commit()
    read = api.get(f"{WELLS}/{key}").data
    assert (read["field"], [each["code"] for each in read["datums"]]) == ("Slaughter", ["KB"])
    assert len(read["aliases"]) == len(MANY["aliases"])


def test_a_record_that_is_not_there_is_none(app: Flask) -> None:
    with app.app_context(), sdk.tenant("default"):
        assert OneRow(Well, LISTS).read(uuid.uuid4()) is None
