"""The process `calculator`: one pass after the other, for one tenant after the other.

What is new is asked for twice a second by one small query a tenant: that gathers what came
meanwhile into one pass, and a notification in the transactions that store readings would make them
wait for each other.
"""

import signal
import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog

from wellhead import sdk
from wellhead_calculations.worker.passing import SOURCE, Calculator
from wellhead_historian.forwarding.showing import publish
from wellhead_historian.store import choice

log = structlog.get_logger(__name__)
_EVERY_S = 0.5
_AWAY_S = 2.0
_SOMETHING = (
    "SELECT EXISTS (SELECT FROM calculations_dirty) OR "
    "EXISTS (SELECT FROM calculations_due WHERE ready_at <= clock_timestamp())"
)
_SOURCE = """
WITH made AS (
    INSERT INTO historian_source (name) VALUES (%(name)s) ON CONFLICT DO NOTHING RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM historian_source WHERE name = %(name)s LIMIT 1
"""


def run(runtime: sdk.Runtime, tenants: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT. A pass that is under way is rolled back and comes again."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    works = [Work(runtime, tenant) for tenant in tenants]
    log.info("calculator runs", tenants=list(tenants))
    while not ending.is_set():
        busy = [work.go() for work in works]
        if not any(busy):
            ending.wait(_EVERY_S)
    for work in works:
        work.close()
    log.info("calculator stopped")


class Work:
    """One tenant's."""

    def __init__(self, runtime: sdk.Runtime, tenant: str) -> None:
        self._runtime = runtime
        self._tenant = tenant
        self._connection: psycopg.Connection[Any] | None = None
        self._calculator: Calculator | None = None
        self._not_before = 0.0
        self._error: str | None = None

    def go(self) -> bool:
        """One pass, when there is something to do; whether there was."""
        if time.monotonic() < self._not_before:
            return False
        try:
            return self._go()
        except (psycopg.Error, sdk.WellheadError, OSError) as error:
            text = str(error).strip()
            if text != self._error:
                log.warning(
                    "calculator: calculated tags wait, will try again",
                    tenant=self._tenant,
                    error=text,
                )
            self._error = text
        except Exception:  # isolates: a tenant's calculations from the other tenants'
            log.error("calculator: a pass failed", tenant=self._tenant, exc_info=True)
        self.close()
        self._not_before = time.monotonic() + _AWAY_S
        return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._calculator = None

    def _go(self) -> bool:
        if self._connection is None or self._calculator is None:
            self._connection = sdk.connect(self._runtime.settings, self._tenant, autocommit=True)
            self._calculator = make_calculator(self._runtime, self._tenant, self._connection)
            if self._error is not None:
                log.info("calculator: goes on", tenant=self._tenant)
            self._error = None
        row = self._connection.execute(_SOMETHING).fetchone()
        if row is None or not row[0]:
            return False
        written = self._calculator.run()
        if written is None:
            return False
        self._tell(self._connection, written)
        return True

    def _tell(self, connection: psycopg.Connection[Any], written: Sequence[sdk.Batch]) -> None:
        """Plugins hear of everything, screens of what concerns them."""
        for batch in written:
            self._runtime.plugins.notify("readings", batch=batch)
        publish(connection, self._tenant, written)


def make_calculator(
    runtime: sdk.Runtime, tenant: str, connection: psycopg.Connection[Any]
) -> Calculator:
    """As configured, for the tenant that `connection` belongs to."""
    configs = {record.name: record.config for record in runtime.plugins.enabled()}
    answers = runtime.plugins.collect("outboxes", tenant=tenant, configs=configs)
    # our own marks are not needed: a pass knows what it writes, and evaluates in order
    others = [outbox for name, answer in answers if name != "calculations" for outbox in answer]
    row = connection.execute(_SOURCE, {"name": SOURCE}).fetchone()
    assert row is not None
    historian = configs["historian"]
    return Calculator(
        connection,
        int(row[0]),
        writer=choice.make_writer(connection, historian["max_texts"]),
        reader=choice.make_reader(connection),
        outboxes=others,
        future_tolerance=historian["future_tolerance"],
        open_total_s=configs["calculations"]["open_total_s"],
    )
