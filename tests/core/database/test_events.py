"""Events: after commit, not after rollback, heard again after the connection is cut."""

import asyncio

import psycopg
import pytest
from flask import Flask

from wellhead.database.events import RECONNECTED, Event, emit, listen
from wellhead.database.extension import db, tenant
from wellhead.errors import WellheadError
from wellhead.settings import Settings

pytestmark = pytest.mark.one_app


def send(app: Flask, kind: str, *, commit: bool) -> None:
    with app.app_context(), tenant("default"):
        emit(kind, {"id": 7})
        if commit:
            db.session.commit()
        else:
            db.session.rollback()


def test_an_event_arrives_after_commit_only(app: Flask, settings: Settings) -> None:
    async def scenario() -> list[Event]:
        heard = []
        async for event in listen(settings):
            heard.append(event)
            if event.kind == RECONNECTED:
                await asyncio.to_thread(send, app, "test.lost", commit=False)
                await asyncio.to_thread(send, app, "test.kept", commit=True)
            else:
                break
        return heard

    heard = asyncio.run(asyncio.wait_for(scenario(), 20))
    assert [event.kind for event in heard] == [RECONNECTED, "test.kept"]
    assert heard[1] == Event("test.kept", "default", {"id": 7})


def test_a_cut_connection_is_replaced_and_said(
    app: Flask, settings: Settings, database_admin_url: str
) -> None:
    def cut() -> None:
        with psycopg.connect(database_admin_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )

    async def scenario() -> list[str]:
        kinds = []
        async for event in listen(settings):
            kinds.append(event.kind)
            if len(kinds) == 1:
                await asyncio.to_thread(cut)
            elif len(kinds) == 2:
                await asyncio.to_thread(send, app, "test.again", commit=True)
            else:
                break
        return kinds

    kinds = asyncio.run(asyncio.wait_for(scenario(), 30))
    assert kinds == [RECONNECTED, RECONNECTED, "test.again"]


def test_a_payload_that_is_too_large_is_refused(app: Flask) -> None:
    with app.app_context(), tenant("default"), pytest.raises(WellheadError, match="7900 bytes"):
        emit("test.large", {"text": "x" * 8000})
