"""What a network's days are allocated from, as it is known now.

It is gathered the same way to allocate, to tell whether an allocation is out of date, and to work
out what a closed month would be today. So nobody has to remember to mark a day when a test is
validated, an hour is corrected or a meter is proved: its inputs are no longer what they were.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_production.conditions import volume_factor
from wellhead_production.facilities import day_of
from wellhead_production.meter_totals import Ledger
from wellhead_production.models import (
    DailyRecord,
    Facility,
    Meter,
    MeterTotal,
    Network,
    NetworkMeter,
    NetworkWell,
)
from wellhead_production.vocabulary import Fluid, WellDisposition

_INSTANT = dt.timedelta(microseconds=1)
"""A test that counts from the end of a day on is of the next."""
_OF_WELL = ("well_id", "hours_on", "oil", "gas", "water")
_OF_METER = ("meter_id", "fluid", "sign", "volume", "unit")
_OF_NETWORK = ("liquid_unit", "gas_unit", "decimals", "standard_conditions")


@dataclass(frozen=True, slots=True)
class DayInputs:
    """inputs: as `allocation.divide` takes them; missing: meters of whose day nothing is known
    totals: those that went in; records: the daily records of its wells, by well
    """

    day: dt.date
    inputs: dict[str, Any]
    missing: list[str]
    totals: list[MeterTotal]
    records: Mapping[uuid.UUID, DailyRecord]


class Gathering:
    """The inputs of a network's days; what they have in common is looked up once.

    ledger: of the network's meters, by which totals are restated
    """

    def __init__(self, network: Network, days: Sequence[dt.date]) -> None:
        self._network = network
        self._facility = sdk.db.session.get_one(Facility, network.facility_id)
        self._wells = _connected(NetworkWell, network.id, days)
        self._meters = _connected(NetworkMeter, network.id, days)
        keys = {row.meter_id for row in self._meters}
        meters = sdk.db.session.scalars(select(Meter).where(Meter.id.in_(keys))).all()
        self.ledger = Ledger(self._facility, meters, days)
        self._records = self._daily_records(days)

    def of(self, day: dt.date) -> DayInputs:
        """The inputs of one of the days."""
        wells = sorted(
            (row for row in self._wells if _on(row, day)), key=lambda row: str(row.well_id)
        )
        _, end = day_of(self._facility, day)
        tests = validated_rates([row.well_id for row in wells], end - _INSTANT)
        meters, missing, totals = self._measured(day)
        records = {
            row.well_id: self._records[row.well_id, day]
            for row in wells
            if (row.well_id, day) in self._records
        }
        inputs = {
            "standard_conditions": self._facility.standard_conditions,
            "liquid_unit": self._network.liquid_unit,
            "gas_unit": self._network.gas_unit,
            "decimals": self._network.decimals,
            "wells": [
                self._well(row, records.get(row.well_id), tests.get(row.well_id)) for row in wells
            ],
            "meters": meters,
        }
        return DayInputs(day, inputs, missing, totals, records)

    def _well(
        self, row: NetworkWell, record: DailyRecord | None, test: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        known = {
            "well_id": str(row.well_id),
            "name": row.well_name,
            "hours_on": None if record is None else record.hours_on,
        }
        if test is None:
            return known | dict.fromkeys(("tested_at", "test_id", *map(str, Fluid)))
        ours, theirs = self._facility.standard_conditions, test["standard_conditions"]
        rates = {
            str(fluid): None
            if test[str(fluid)] is None
            else test[str(fluid)] * volume_factor(fluid, theirs, ours)
            for fluid in Fluid
        }
        tested = {"tested_at": test["tested_at"].isoformat(), "test_id": str(test["test_id"])}
        return known | tested | rates

    def _measured(self, day: dt.date) -> tuple[list[dict[str, Any]], list[str], list[MeterTotal]]:
        rows, missing, totals = [], [], []
        for row in sorted(self._meters, key=lambda row: str(row.meter_id)):
            if not _on(row, day):
                continue
            total = self.ledger.newest(row.meter_id, day)
            if total is None or total.covered_hours == 0.0:
                missing.append(row.meter_name)
                continue
            totals.append(total)
            factor = self.ledger.factor(total)
            rows.append(
                {
                    "meter_id": str(row.meter_id),
                    "name": row.meter_name,
                    "fluid": row.fluid,
                    "sign": row.sign,
                    "indicated": total.indicated,
                    "factor": factor,
                    "volume": total.indicated * factor,
                    "unit": total.unit,
                    "coverage": total.coverage,
                }
            )
        return rows, missing, totals

    def _daily_records(self, days: Sequence[dt.date]) -> dict[tuple[Any, Any], DailyRecord]:
        asked = select(DailyRecord).where(
            DailyRecord.well_id.in_({row.well_id for row in self._wells}),
            DailyRecord.facility_id == self._facility.id,
            DailyRecord.production_date >= min(days),
            DailyRecord.production_date <= max(days),
            DailyRecord.disposition == WellDisposition.PRODUCED,
        )
        return {
            (record.well_id, record.production_date): record
            for record in sdk.db.session.scalars(asked)
        }


def validated_rates(
    wells: Sequence[uuid.UUID], at: dt.datetime
) -> dict[uuid.UUID, Mapping[str, Any]]:
    """The newest validated test of each well at `at`, of all plugins that keep tests."""
    found: dict[uuid.UUID, Mapping[str, Any]] = {}
    if not wells:
        return found
    for _, rates in sdk.ask("well_test_rates", well_ids=wells, at=at):
        for well, test in rates.items():
            if well not in found or test["tested_at"] > found[well]["tested_at"]:
                found[well] = test
    return found


def fingerprint(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of what decides the numbers: another name or another test with the same rates does
    not."""
    counted = {
        **{name: inputs[name] for name in _OF_NETWORK},
        "wells": [[well[name] for name in _OF_WELL] for well in inputs["wells"]],
        "meters": [[meter[name] for name in _OF_METER] for meter in inputs["meters"]],
    }
    return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is not the same in two inputs: `of`, `name`, `field`, `was`, `now` (texts) and `unit`
    each. Of a well or meter that only one of them has, the field is `belongs`."""
    found = [
        _difference("network", None, name, was[name], now[name], None)
        for name in _OF_NETWORK
        if was[name] != now[name]
    ]
    for of, key, names in (("well", "well_id", _OF_WELL), ("meter", "meter_id", _OF_METER)):
        before = {row[key]: row for row in was[f"{of}s"]}
        after = {row[key]: row for row in now[f"{of}s"]}
        for one in sorted(before.keys() | after.keys()):
            found += _of_row(of, names[1:], before.get(one), after.get(one))
    return found


def _of_row(
    of: str,
    names: Sequence[str],
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    if old is None or new is None:
        name = (new or old or {})["name"]
        here = [None if row is None else "yes" for row in (old, new)]
        return [_difference(of, name, "belongs", here[0], here[1], None)]
    units = _UNITS if of == "well" else {"volume": new["unit"]}
    return [
        _difference(of, new["name"], name, old[name], new[name], units.get(name))
        for name in names
        if old[name] != new[name]
    ]


_UNITS = {"hours_on": "h", "oil": "Sm3/d", "gas": "Sm3/d", "water": "Sm3/d"}
"""Of what is said of a well."""


def _difference(
    of: str, name: str | None, field: str, was: Any, now: Any, unit: str | None
) -> dict[str, Any]:
    return {
        "of": of,
        "name": name,
        "field": field,
        "was": _text(was),
        "now": _text(now),
        "unit": unit,
    }


def _text(value: Any) -> str | None:
    """Without the digits that a product of two floats has for no reason."""
    if isinstance(value, float):
        value = float(f"{value:.12g}")
    return None if value is None else str(value)


def _connected(model: Any, network_id: uuid.UUID, days: Sequence[dt.date]) -> list[Any]:
    """The network's wells or meters that belong to it on some of these days."""
    asked = select(model).where(
        model.network_id == network_id,
        model.first_day <= max(days),
        or_(model.last_day.is_(None), model.last_day >= min(days)),
    )
    return list(sdk.db.session.scalars(asked))


def _on(row: Any, day: dt.date) -> bool:
    return row.first_day <= day and (row.last_day is None or day <= row.last_day)
