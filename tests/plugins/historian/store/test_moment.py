"""What is read of one moment is whole, also where the store changes its form meanwhile."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy.typing as npt
import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.runtime import Runtime
from wellhead_historian import api as historian
from wellhead_historian.store.choice import Kind
from wellhead_historian.testing import BASE, batch_of

from .conftest import Place


@pytest.fixture
def app_there(place: Place) -> Iterator[Flask]:
    made = create_app(Runtime.make(place.settings))
    yield made
    with made.app_context():
        db.engine.dispose()


def change_form(place: Place) -> None:
    """What is stored takes another form: is packed, or made columns anew."""
    if place.kind is Kind.PACKED:
        place.settle()
        return
    with psycopg.connect(place.admin_url, autocommit=True) as connection:
        connection.execute("SET search_path = tenant_default")
        chunks = connection.execute(
            "SELECT chunk::text FROM public.show_chunks('historian_reading') chunk"
        ).fetchall()
        for chunk in chunks:
            connection.execute(
                "CALL public.convert_to_columnstore(%s::regclass, recompress => true)", chunk
            )


def test_readings_that_are_packed_or_made_columns_meanwhile_are_there(
    app_there: Flask,
    place: Place,
    write: Callable[..., Any],
    source: int,
    tags: npt.NDArray[Any],
) -> None:
    tag = int(tags[0])
    write(batch_of(source, [(tag, BASE + n, float(n), 192) for n in range(50)]))
    if place.kind is Kind.TIMESCALE:
        place.settle()
    with (
        app_there.app_context(),
        sdk.tenant("default"),
        historian.reader_of_one_moment() as reader,
    ):
        change_form(place)
        found = reader.read(tag, BASE, BASE + 100, 100)
    assert found.values.tolist() == list(range(50))
