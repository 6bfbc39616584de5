"""Inputs that are written as a gateway writes them, and a calculator that is asked for passes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_calculations.inputs.marker import Marker
from wellhead_calculations.worker.passing import Calculator
from wellhead_calculations.worker.process import make_calculator
from wellhead_historian import api as historian
from wellhead_historian.scans import batches_of
from wellhead_historian.store.choice import make_reader, make_writer
from wellhead_historian.testing import FAR, batch_of

CALCULATIONS = "/api/v1/tags/calculations"


class Plant:
    """Tags by name, their readings, and the calculator."""

    def __init__(self, app: Flask, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.ids: dict[str, int] = {}
        self.app = app
        self.marker = Marker()
        self.source = 0
        self.calculator: Calculator = make_calculator(sdk.runtime_of(app), "default", connection)

    def tags(self, **units: str | None) -> None:
        """New tags by name, `P_1` for P-1, with their units; a name that ends in _step holds."""
        with self.inside():
            for name, unit in units.items():
                tag = historian.create_tag(
                    name=name.replace("_", "-"), datatype="float64", unit=unit
                )
                tag.step = name.endswith("_step")
                self.ids[tag.name] = tag.id
            self.source = historian.create_source("group")
            sdk.db.session.commit()

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context(), sdk.tenant("default"):
            yield

    def store(self, rows: Sequence[tuple[str, int, float, int]]) -> None:
        """Readings (name, time, value, quality) in one transaction with their marks."""
        batch = batch_of(self.source, [(self.ids[row[0]], *row[1:]) for row in rows])
        with self.connection.transaction():
            stored = make_writer(self.connection).write([batch], FAR)
            self.marker(self.connection, batches_of(stored))

    def calculate(self) -> int:
        """Passes until there is nothing to do; how many readings they wrote."""
        written = 0
        for _ in range(200):
            batches = self.calculator.run()
            if batches is None:
                return written
            written += sum(len(batch) for batch in batches)
        raise AssertionError("the calculator does not come to an end")

    def now(self) -> int:
        """By the database's clock, microseconds."""
        query = "SELECT (extract(epoch FROM now()) * 1000000)::int8"
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def hurry(self) -> None:
        """Totals that wait for more of their period wait no longer."""
        self.connection.execute("UPDATE calculations_due SET ready_at = now()")

    def readings(self, name: str, start: int = 0, end: int = FAR) -> list[Any]:
        found = make_reader(self.connection).read(self.ids[name], start, end, 100_000)
        values: list[float | None] = [
            None if np.isnan(value) else value for value in found.values.tolist()
        ]
        return list(zip(found.times.tolist(), values, found.qualities.tolist(), strict=True))


@pytest.fixture
def connection(settings: sdk.Settings) -> Iterator[psycopg.Connection[Any]]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


@pytest.fixture
def plant(app: Flask, connection: psycopg.Connection[Any]) -> Plant:
    return Plant(app, connection)


@pytest.fixture
def define(api: ApiClient, plant: Plant) -> Callable[..., int]:
    """Create a calculated tag over HTTP; its id."""

    def make(name: str, **fields: Any) -> int:
        fields.setdefault("start", "2025-06-01T00:00:00Z")
        answer = api.post(CALCULATIONS, {"name": name, **fields})
        assert answer.status == 201, answer.body
        plant.ids[name] = answer.data["tag_id"]
        return int(answer.data["tag_id"])

    return make
