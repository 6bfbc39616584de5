"""A month through any order of late tests, corrections, runs, its close and adjustments.

Whatever happens, what was closed stays, and what is reported with its adjustments is what would be
allocated from what is known now, to the last unit.
"""

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wellhead.testing import Answer, ApiClient
from wellhead_production.calc.allocation import rounded

from .allocating import LAST, Tests
from .conftest import PRODUCTION, Site

_NUMBERS = itertools.count(1_000)
HOURS = st.sampled_from([6.0, 17.5, 24.0])
RATES = st.sampled_from([90.0, 155.5, 201.3])
FACTORS = st.sampled_from([0.97, 1.0, 1.0213])
TOTALS = st.sampled_from([1_000.0, 1_234.565, 999.99])
WELLS, DAYS = st.sampled_from([0, 1]), st.sampled_from(LAST)


class Month(RuleBasedStateMachine):
    """Two wells, one oil meter and the last two days of March; the model is what is known."""

    api: ApiClient
    tests: Tests
    closed: list[dict[str, Any]] | None = None
    """The statement as it was when March was closed."""

    @initialize()
    def begin(self) -> None:
        self.closed = None
        self.site = Site(self.api, next(_NUMBERS))
        self.hours = dict.fromkeys(itertools.product((0, 1), LAST), 24.0)
        self.rates = {(well, day): (200.0, 100.0)[well] for well, day in self.hours}
        self.totals, self.factors = dict.fromkeys(LAST, 1_000.0), dict.fromkeys(LAST, 1.0)
        self.network = self.site.put(
            "networks", name="N", liquid_unit="STB", gas_unit="Mscf", decimals=2
        )["id"]
        self.meter = self.site.put("meters", name="FQ", fluid="oil", position="sales")["id"]
        part = {"network_id": self.network, "first_day": LAST[0]}
        self.site.add("network-meters", meter_id=self.meter, **part)
        self.corrections: dict[str, str] = {}
        self.records = {}
        for place, well in enumerate(self.site.wells):
            self.site.add("network-wells", well_id=well["id"], **part)
            self.tests.add(well["id"], "2026-02-20", oil=(200.0, 100.0)[place])
            for day in LAST:
                row = self.site.day(day, well_id=well["id"], hours_on=24, liquid_unit="STB")
                self.records[place, day] = row["id"]
        for day in LAST:
            self._enter(day, 1_000.0)

    @rule(well=WELLS, day=DAYS, hours=HOURS)
    def change_hours(self, well: int, day: str, hours: float) -> None:
        path = f"{PRODUCTION}/daily-records/{self.records[well, day]}"
        if self._taken(self.api.patch(path, {"hours_on": hours})):
            self.hours[well, day] = hours

    @rule(day=DAYS, volume=TOTALS)
    def enter_total(self, day: str, volume: float) -> None:
        if self._taken(self._enter(day, volume)):
            self.totals[day] = volume

    @rule(well=WELLS, day=DAYS, rate=RATES)
    def test_late(self, well: int, day: str, rate: float) -> None:
        key = self.site.wells[well]["id"]
        self.tests.kept = [one for one in self.tests.kept if one[:2] != (key, _noon(day))]
        self.tests.add(key, day, oil=rate)
        for other in LAST[LAST.index(day) :]:
            later = any(one[:2] == (key, _noon(other)) for one in self.tests.kept)
            if other == day or not later:
                self.rates[well, other] = rate

    @rule(day=DAYS, factor=FACTORS)
    def prove_meter(self, day: str, factor: float) -> None:
        if day in self.corrections:
            path = f"{PRODUCTION}/meter-corrections/{self.corrections[day]}"
            assert self.api.patch(path, {"factor": factor}).status == 200
        else:
            body = {"meter_id": self.meter, "first_day": day, "last_day": day, "reason": "Proved"}
            made = self.site.add("meter-corrections", **body, factor=factor)
            self.corrections[day] = made["id"]
        self.factors[day] = factor

    @rule()
    def allocate(self) -> None:
        answer = self._post("allocate", first_day=LAST[0], last_day=LAST[1])
        if self.closed is not None:
            assert answer.status == 409
            return
        assert answer.status == 201 or answer.error["code"] == "allocation_current"
        self._check(self._statement("2026-03"))
        assert {row["state"] for row in self._states()} == {"current"}

    @rule()
    def close(self) -> None:
        if self.closed is not None:
            assert self._close().status == 409
            return
        if any(row["state"] != "current" for row in self._states()):
            assert self._close().error["code"] == "month_incomplete"
            self.allocate()
        answer = self._close()
        assert answer.status == 201, answer.error
        self.closed = self._statement("2026-03")
        self._check(self.closed)

    @precondition(lambda self: self.closed is not None)
    @rule()
    def adjust(self) -> None:
        body = {"month": "2026-03", "booked_month": "2026-04", "reason": "Late"}
        answer = self._post("adjustments", **body)
        assert self.closed is not None
        assert answer.status == 201 or answer.error["code"] == "nothing_to_adjust"
        later = {row["well_id"]: row["oil_total"] for row in self._statement("2026-04")}
        self._check(
            [
                row | {"oil_total": _exact(row["oil_total"]) + _exact(later.get(row["well_id"], 0))}
                for row in self.closed
            ]
        )

    @invariant()
    def what_was_closed_stays(self) -> None:
        if self.closed is not None:
            assert self._statement("2026-03") == self.closed

    def _check(self, statement: list[dict[str, Any]]) -> None:
        """Whether these totals are what is known makes: exactly in all, and by well as near as
        rounding a day lets them be."""
        measured = {day: rounded(self.totals[day] * self.factors[day], 2) for day in LAST}
        assert sum(_exact(row["oil_total"]) for row in statement) == sum(measured.values())
        for row in statement:
            well = [one["id"] for one in self.site.wells].index(row["well_id"])
            quota = sum(
                Fraction(measured[day]) * self._weight(well, day)
                / (self._weight(0, day) + self._weight(1, day))
                for day in LAST
            )  # fmt: skip
            assert abs(Fraction(_exact(row["oil_total"])) - quota) < Fraction(len(LAST), 100)

    def _weight(self, well: int, day: str) -> Fraction:
        return Fraction(self.rates[well, day]) * Fraction(self.hours[well, day])

    def _taken(self, answer: Answer) -> bool:
        """Whether it was written, which it is while the month is open, and not after."""
        assert (answer.status < 300) == (self.closed is None), answer.body
        return answer.status < 300

    def _enter(self, day: str, volume: float) -> Answer:
        body = {"meter_id": self.meter, "production_date": day, "indicated": volume, "unit": "STB"}
        return self.api.post(f"{PRODUCTION}/meter-totals", body)

    def _close(self) -> Answer:
        path = f"{PRODUCTION}/facilities/{self.site.facility['id']}/close-month"
        return self.api.post(path, {"month": "2026-03", "accept_warnings": True})

    def _post(self, path: str, **body: Any) -> Answer:
        return self.api.post(f"{PRODUCTION}/networks/{self.network}/{path}", body)

    def _statement(self, month: str) -> list[dict[str, Any]]:
        path = f"{PRODUCTION}/networks/{self.network}/statement"
        rows: list[dict[str, Any]] = self.api.get(path, month=month).data
        return rows

    def _states(self) -> list[dict[str, Any]]:
        path = f"{PRODUCTION}/networks/{self.network}/states"
        rows: list[dict[str, Any]] = self.api.get(path, first_day=LAST[0], last_day=LAST[1]).data
        return rows


def _noon(day: str) -> dt.datetime:
    """When `Tests.add` has a test of a day."""
    return dt.datetime.fromisoformat(f"{day}T18:00:00+00:00")


def _exact(value: Any) -> Decimal:
    return Decimal(str(value))


@pytest.mark.parametrize(
    ("examples", "steps"), [(3, 12), pytest.param(60, 25, marks=pytest.mark.soak)]
)
def test_reported_with_its_adjustments_is_what_is_known(
    shared_api: ApiClient, monkeypatch: pytest.MonkeyPatch, examples: int, steps: int
) -> None:
    tests = Tests()

    def rates(wells: Sequence[uuid.UUID], at: dt.datetime) -> dict[uuid.UUID, Mapping[str, Any]]:
        return tests.rates(wells, at)

    monkeypatch.setattr("wellhead_production.allocation.inputs.validated_rates", rates)
    machine = type("Machine", (Month,), {"api": shared_api, "tests": tests})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
