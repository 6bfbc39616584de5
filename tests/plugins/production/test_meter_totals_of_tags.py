"""Meter totals by production day, made from the historian's readings and entered by people."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_historian import api as historian
from wellhead_historian.retention.job import remove_in_tenant
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.packing.job import pack_tenant
from wellhead_historian.testing import FAR, batch_of
from wellhead_production.total_job import total_meters

from .conftest import PRODUCTION, Site

HOUR = dt.timedelta(hours=1)
LONG, SHORT = "2026-10-31", "2026-03-07"
"""Production days of Chicago, from 06:00, of 25 and 23 hours."""


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+00:00")


class Tags:
    """Tags with readings by the hour, and meters on them."""

    def __init__(self, app: Flask, site: Site) -> None:
        self.app, self.site = app, site

    def meter(self, name: str, fluid: str, unit: str, signal: str, **fields: Any) -> Any:
        with self.app.app_context(), sdk.tenant("default"):
            tag = historian.create_tag(
                name=f"{name}-{self.site.number}", datatype="float64", unit=unit
            )
            self.source = historian.create_source("test")
            sdk.db.session.commit()
        return self.site.put(
            "meters",
            name=name,
            fluid=fluid,
            position="sales",
            tag_id=tag.id,
            tag_signal=signal,
            **fields,
        )

    def read(self, meter: Any, start: str, values: list[float]) -> None:
        """One reading an hour from `start`, UTC."""
        first = instant(start)
        rows = [
            (meter["tag_id"], int((first + place * HOUR).timestamp()) * 1_000_000, value, 192)
            for place, value in enumerate(values)
        ]
        settings = sdk.runtime_of(self.app).settings
        with sdk.connect(settings, "default") as connection, connection.transaction():
            HotStore(connection).write([batch_of(self.source, rows)], FAR)

    def total(self, meter: Any, day: str, **fields: Any) -> Any:
        path = f"{PRODUCTION}/meters/{meter['id']}/totals"
        answer = self.site.api.post(path, {"first_day": day, "last_day": day} | fields)
        assert answer.status == 200, answer.error
        return answer.data[0]


@pytest.fixture
def tags(shared_app: Flask, site: Site) -> Tags:
    return Tags(shared_app, site)


def test_a_rate_is_integrated_over_days_of_23_and_25_hours(tags: Tags) -> None:
    meter = tags.meter("FT-1", "oil", "STB/d", "rate", factor=1.01)
    tags.read(meter, "2026-10-31T10:00:00", [240.0] * 30)
    found = tags.total(meter, LONG)
    assert (found["indicated"], found["volume"]) == (pytest.approx(250), pytest.approx(252.5))
    assert (found["unit"], found["source"], found["standard_conditions"]) == (
        "STB",
        "rate",
        "60F_14.696psia",
    )
    assert (found["day_hours"], found["covered_hours"], found["coverage"]) == (25, 25, 100)
    tags.read(meter, "2026-03-07T12:00:00", [24.0] * 12)
    short = tags.total(meter, SHORT)
    assert (short["day_hours"], short["covered_hours"]) == (23, 11)
    assert short["indicated"] == pytest.approx(11)


def test_late_readings_and_a_proving_make_the_next_version(tags: Tags) -> None:
    meter = tags.meter("FT-2", "gas", "Mscf/d", "rate")
    tags.read(meter, "2026-06-10T11:00:00", [2_400.0] * 13)
    assert tags.total(meter, "2026-06-10")["indicated"] == pytest.approx(1_200)
    assert tags.total(meter, "2026-06-10")["version"] == 1
    tags.read(meter, "2026-06-11T00:00:00", [2_400.0] * 12)
    late = tags.total(meter, "2026-06-10")
    assert (late["version"], late["indicated"], late["covered_hours"]) == (
        2,
        pytest.approx(2_400),
        24,
    )
    tags.site.add(
        "meter-corrections",
        meter_id=meter["id"],
        first_day="2026-06-01",
        factor=0.99,
        reason="Proved",
    )
    proved = tags.total(meter, "2026-06-10")
    assert (proved["version"], proved["factor"], proved["volume"]) == (
        3,
        0.99,
        pytest.approx(2_376),
    )


def test_a_totaliser_is_followed_over_its_roll_over(tags: Tags) -> None:
    meter = tags.meter("FQ-3", "water", "bbl", "totaliser", rollover=100_000)
    tags.read(meter, "2026-06-10T11:00:00", [float(99_900 + 10 * h) % 100_000 for h in range(25)])
    found = tags.total(meter, "2026-06-10")
    assert (found["indicated"], found["unit"]) == (pytest.approx(240), "bbl")
    assert (found["rollovers"], found["resets"], found["source"]) == (1, 0, "totaliser")


def test_what_a_person_entered_stays_unless_it_is_to_be_replaced(tags: Tags) -> None:
    meter = tags.meter("FT-4", "oil", "Sm3/h", "rate")
    tags.read(meter, "2026-06-10T11:00:00", [10.0] * 25)
    body = {
        "meter_id": meter["id"],
        "production_date": "2026-06-10",
        "indicated": 230,
        "unit": "Sm3",
        "reason": "Chart",
    }
    assert tags.site.add("meter-totals", **body)["coverage"] is None
    assert tags.total(meter, "2026-06-10")["source"] == "entered"
    replaced = tags.total(meter, "2026-06-10", replace_entered=True)
    assert (replaced["version"], replaced["indicated"]) == (2, pytest.approx(240))
    oil = tags.site.api.post(f"{PRODUCTION}/meter-totals", body | {"unit": "Mscf"})
    assert (oil.status, oil.error["details"][0]["field"]) == (422, "unit")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    early = tags.site.api.post(f"{PRODUCTION}/meter-totals", body | {"production_date": today})
    assert "not over" in early.error["message"]


def test_what_cannot_be_totalled_is_told(tags: Tags) -> None:
    plain = tags.site.put("meters", name="hand", fluid="oil", position="sales")
    wrong = tags.meter("PT-5", "oil", "bar", "rate")
    for meter, field in ((plain, "meter_id"), (wrong, "tag_id")):
        path = f"{PRODUCTION}/meters/{meter['id']}/totals"
        days = {"first_day": "2026-06-10", "last_day": "2026-06-10"}
        answer = tags.site.api.post(path, days)
        assert (answer.status, answer.error["details"][0]["field"]) == (422, field)


def test_the_job_totals_the_last_week_of_every_meter_that_it_can(
    tags: Tags, shared_app: Flask
) -> None:
    tags.meter("PT-6", "oil", "bar", "rate")  # which holds up no other
    meter = tags.meter("FT-7", "oil", "STB/d", "rate")
    now = dt.datetime.now(dt.UTC)
    # so many that a day of 24 hours is whole, also where the clocks go forward on the next
    tags.read(meter, (now - 74 * HOUR).strftime("%Y-%m-%dT%H:00:00"), np.full(74, 24.0).tolist())
    with shared_app.app_context(), sdk.tenant("default"):
        total_meters()
    found = tags.site.get("meter-totals", meter_id=meter["id"], newest=True, order="desc").data
    assert len(found) >= 7
    assert max(row["covered_hours"] for row in found) >= 24
    assert found[0]["created_by"] is None


@pytest.fixture
def short(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class `short` keeps readings for three days."""
    config = sdk.runtime_of(shared_app).plugins.records["historian"].config
    kept = {"keep_days": 3, "keep_rollup_days": None, "spool": None, "priority": 0}
    monkeypatch.setitem(config, "classes", config["classes"] | {"short": kept})


def refused(tags: Tags, meter: Any, day: str) -> dict[str, Any]:
    """The detail of why a day is not totalled."""
    path = f"{PRODUCTION}/meters/{meter['id']}/totals"
    answer = tags.site.api.post(path, {"first_day": day, "last_day": day})
    assert answer.status == 422, answer.body
    found: dict[str, Any] = answer.error["details"][0]
    return found


def with_class(tags: Tags, meter: Any, name: str) -> None:
    answer = tags.site.api.patch(f"/api/v1/tags/{meter['tag_id']}", {"tag_class": name})
    assert answer.status == 200, answer.body


def total_of(tags: Tags, meter: Any, day: str) -> Any:
    [found] = tags.site.get("meter-totals", meter_id=meter["id"], production_date=day).data
    return found


def assert_whole(total: Any) -> None:
    """All of 10 an hour, in a day that may be of 23 or 25 hours: it depends on when this runs."""
    assert total["coverage"] == 100
    assert total["indicated"] == pytest.approx(10 * total["day_hours"])


@pytest.mark.usefixtures("short")
def test_a_day_whose_readings_are_past_their_time_keeps_its_total(tags: Tags) -> None:
    today = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    meter = tags.meter("FT-8", "oil", "STB/d", "rate")
    first = today - 10 * 24 * HOUR
    tags.read(meter, first.isoformat().removesuffix("+00:00"), [240.0] * 240)
    old, new = (str((today - days * 24 * HOUR).date()) for days in (6, 2))
    assert_whole(tags.total(meter, old))
    with_class(tags, meter, "short")
    for _ in range(2):  # before they are removed, and after
        told = refused(tags, meter, old)
        assert (told["field"], told["value"]) == ("production_date", old)
        assert "past the time that its class keeps them" in told["message"]
        with tags.app.app_context(), sdk.tenant("default"):
            total_meters()
        assert total_of(tags, meter, old)["version"] == 1
        assert_whole(total_of(tags, meter, new))
        with tags.app.app_context(), sdk.tenant("default"):
            pack_tenant()
            remove_in_tenant()
    with_class(tags, meter, "default")  # what has gone does not come back
    assert refused(tags, meter, old)["value"] == old
    assert_whole(tags.total(meter, new))


def test_a_day_before_a_meters_first_reading_is_not_past_and_covers_nothing(tags: Tags) -> None:
    meter = tags.meter("FT-9", "oil", "STB/d", "rate")
    tags.read(meter, "2026-06-12T11:00:00", [24.0] * 24)
    found = tags.total(meter, "2026-06-10")
    assert (found["indicated"], found["coverage"]) == (0, 0)
