"""A closed month stays as it was reported, whoever tries; what is found later is an adjustment."""

import datetime as dt
import json
import threading
import uuid
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from wellhead import sdk
from wellhead.testing import Answer, wait_until
from wellhead_production.conditions import volume_factor
from wellhead_production.cumulative import produced_volumes
from wellhead_production.models import MODELS
from wellhead_production.months.frozen import FROZEN

from .allocating import LAST, Battery, battery
from .conftest import PRODUCTION, Site

pytestmark = pytest.mark.one_app

__all__ = ["battery"]
DAY, NEXT = LAST
OPEN = "2026-04-01"


@pytest.fixture
def closed(battery: Battery) -> Battery:
    """A battery with March closed."""
    battery.days(DAY, NEXT)
    battery.allocate()
    flared = {"fluid": "gas", "disposition": "flared", "volume": 1, "unit": "Mscf"}
    battery.site.put("facility-volumes", production_date=DAY, **flared)
    meter = battery.meters["oil"]["id"]
    run = {"opened_at": f"{DAY}T12:00:00Z", "closed_at": f"{DAY}T15:00:00Z", "volume_unit": "STB"}
    warm = {"value": 60, "unit": "degF"}
    sample = {"temperature": warm, "density_temperature": warm, "observed_gravity": 35}
    readings = {"opening_reading": 0, "closing_reading": 5}
    battery.site.put("run-tickets", number="1", meter_id=meter, **run, **sample, **readings)
    answer = battery.close()
    assert answer.status == 201, answer.error
    return battery


def codes(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.error["code"]


def words(answer: Answer) -> list[str]:
    return [row["message"] for row in answer.error["details"]]


def record_of(battery: Battery, day: str) -> dict[str, Any]:
    found: dict[str, Any] = battery.site.get(
        "daily-records", well_id=battery.site.well_id, production_date=day
    ).data[0]
    return found


def test_a_month_is_closed_when_each_day_is_allocated_from_what_is_known(battery: Battery) -> None:
    early = battery.close("2999-12")
    assert codes(early) == (422, "month_incomplete")
    assert "ends at 3000-01-01T12:00:00+00:00" in words(early)[0]
    battery.days(DAY)
    assert [word.split(": ")[1] for word in words(battery.close())[:2]] == [
        f"{DAY} is not allocated",
        f"meter {min(battery.meters.values(), key=lambda row: row['id'])['name']} has no total"
        f" of {NEXT}",
    ]
    battery.days(NEXT, hours=0)
    battery.allocate()
    assert words(battery.close()) == [f"N: of {NEXT} there is a volume that no well was given"]
    for well in battery.site.wells:
        query = {"well_id": well["id"], "production_date": NEXT}
        record = battery.site.get("daily-records", **query).data[0]
        battery.api.patch(f"{PRODUCTION}/daily-records/{record['id']}", {"hours_on": 24})
    assert words(battery.close()) == [f"N: {NEXT} was allocated from other inputs than are known"]
    battery.connect(battery.site.well(f"P-{battery.site.number}-3")["id"], NEXT)
    battery.allocate()
    facility = battery.site.facility["id"]
    month = battery.site.get(f"facilities/{facility}/month", month="2026-03").data
    assert (month["state"], month["problems"], len(month["warnings"])) == ("open", [], 1)
    assert codes(battery.close()) == (422, "month_has_warnings")
    answer = battery.close(accept_warnings=True, remark="Well 3 has not flowed yet")
    assert answer.data["accepted"] == month["warnings"]
    assert answer.data["closed_by"] == "admin@example.com"
    assert [line["oil_total"] for line in answer.data["content"][0]["lines"]] == [
        13_333.34, 6_666.66, 0
    ]  # fmt: skip
    assert codes(battery.close()) == (409, "month_closed")
    again = battery.site.get(f"facilities/{facility}/month", month="2026-03").data
    assert again["state"] == "closed"
    listed = battery.site.get("closed-months", facility_id=facility).data
    assert [row["month"] for row in listed] == ["2026-03"]


def test_no_route_changes_a_closed_month(closed: Battery) -> None:
    api, site = closed.api, closed.site
    before = closed.get("statement", month="2026-03").data
    record = record_of(closed, DAY)
    path = f"{PRODUCTION}/daily-records"
    body = site.body("2026-03-15", facility_id=site.facility["id"])
    file = f"facility_id,well_id,production_date\n{site.facility['id']},{site.well_id},2026-03-15\n"
    outside = site.put("daily-records", **site.body(OPEN, hours_on=24))
    answers = {
        "change": api.patch(f"{path}/{record['id']}", {"oil": 1}),
        "move out": api.patch(f"{path}/{record['id']}", {"production_date": OPEN}),
        "move in": api.patch(f"{path}/{outside['id']}", {"production_date": "2026-03-15"}),
        "delete": api.delete(f"{path}/{record['id']}"),
        "create": api.post(path, body),
        "bulk": api.post(f"{path}/bulk", {"items": [body]}),
        "file": api.request(
            "POST", f"{path}/bulk", headers={"Content-Type": "text/csv"}, text=file
        ),
        "import": api.request(
            "POST", f"{path}/import", headers={"Content-Type": "text/csv"}, text=file
        ),
        "volume": api.post(
            f"{PRODUCTION}/facility-volumes",
            {
                "facility_id": site.facility["id"],
                "production_date": DAY,
                "fluid": "gas",
                "disposition": "vented",
                "volume": 1,
                "unit": "Mscf",
            },
        ),
        "downtime": api.post(
            f"{PRODUCTION}/downtime",
            {
                "facility_id": site.facility["id"],
                "well_id": site.well_id,
                "start_at": f"{DAY}T00:00:00Z",
                "end_at": f"{OPEN}T00:00:00Z",
                "reason": "weather",
            },
        ),
        "total": api.post(f"{PRODUCTION}/meter-totals", closed.reading("oil", DAY, 1)),
        "totals": api.post(
            f"{PRODUCTION}/meter-totals/bulk", {"items": [closed.reading("oil", DAY, 1)]}
        ),
        "tag": api.post(
            f"{PRODUCTION}/meters/{closed.meters['oil']['id']}/totals",
            {"first_day": DAY, "last_day": DAY},
        ),
        "allocate": closed.post("allocate", first_day=DAY, last_day=OPEN, all_days=True),
        "adjust in it": closed.post(
            "adjustments", month="2026-02", booked_month="2026-03", reason="no"
        ),
    }
    assert {name: answer.status for name, answer in answers.items()} == {
        name: 422 if name in ("bulk", "file", "import", "totals") else 409 for name in answers
    }
    for name in ("bulk", "file", "import", "totals"):
        assert "closed" in words(answers[name])[0]
    assert "closed" in answers["tag"].error["message"]
    assert closed.get("statement", month="2026-03").data == before
    assert record_of(closed, DAY) == record
    assert closed.states()[DAY]["state"] == "closed"


def test_no_statement_of_the_application_changes_a_closed_month(
    closed: Battery, shared_app: Flask
) -> None:
    """The application's own role, past all its code; each table by each sort of statement."""
    settings = sdk.runtime_of(shared_app).settings
    other = closed.site.well(f"P-{closed.site.number}-4")["id"]
    changed = {"production_date": "2026-03-02", "booked_month": "2026-03-01", "well_id": other}
    changed["number"] = "2"  # of a ticket
    named = {"facility": closed.site.facility["id"], "changed": json.dumps(changed)}
    with sdk.connect(settings, "default") as connection:

        def refuse(statement: str) -> None:
            words = (
                r"the month of 2026-03-\d\d is closed|is only ever added to|still referenced"
                "|of it are closed"
            )
            with (
                pytest.raises(psycopg.IntegrityError, match=words),
                connection.transaction(),
            ):
                connection.execute(statement.encode(), named)

        for model, day in FROZEN.items():
            table = model.__tablename__
            within = f"facility_id = %(facility)s AND {day} < '{OPEN}'"
            if day == "production_date":  # of adjustments there is none yet
                refuse(f"UPDATE {table} SET updated_at = now() WHERE {within}")
                refuse(f"UPDATE {table} SET {day} = {day} + 50 WHERE {within}")
                refuse(f"DELETE FROM {table} WHERE {within}")
                refuse(
                    f"INSERT INTO {table} SELECT (jsonb_populate_record(one, %(changed)s::jsonb "
                    f"|| jsonb_build_object('id', gen_random_uuid()))).* FROM {table} one "
                    f"WHERE {within} LIMIT 1"
                )
        refuse("UPDATE production_closed_month SET closed_by = 'x'")
        refuse("DELETE FROM production_closed_month WHERE facility_id = %(facility)s")
        refuse("DELETE FROM production_adjustment_line")
        own = "WHERE facility_id = %(facility)s"
        refuse(f"UPDATE production_allocation_run SET reason = 'x' {own}")
        for change in (
            "production_facility SET time_zone = 'UTC' WHERE id = %(facility)s",
            "production_facility SET production_day_start = '00:00' WHERE id = %(facility)s",
            "production_facility SET standard_conditions = 'x' WHERE id = %(facility)s",
            f"production_meter SET fluid = 'water' {own} AND fluid = 'oil'",
        ):
            refuse(f"UPDATE {change}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER TABLE production_daily_record DISABLE TRIGGER ALL")


def test_each_table_of_days_is_frozen_and_guarded(shared_app: Flask) -> None:
    """Also those that are added later: a model with a facility and a day is one of them."""
    with shared_app.app_context(), sdk.tenant("default"):
        rows = sdk.db.session.execute(
            text(
                "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger "
                "WHERE tgname LIKE 'production_closed_%' GROUP BY 1"
            )
        ).all()
    guarded = {str(table): int(count) for table, count in rows}
    of_days = {
        model
        for model in MODELS
        if {"facility_id", "production_date"}
        <= {c.name for c in inspect(model).local_table.columns}
    }
    assert of_days <= FROZEN.keys()
    assert {model.__tablename__: 4 for model in FROZEN}.items() <= guarded.items()


def test_who_owns_the_database_does_not_change_it_unseen(
    closed: Battery, shared_app: Flask
) -> None:
    month = closed.site.get("closed-months", facility_id=closed.site.facility["id"]).data[0]
    path = f"closed-months/{month['id']}/verification"
    assert all(row["unchanged"] for row in closed.site.get(path).data)
    urls = sdk.runtime_of(shared_app).urls
    admin = urls.admin.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "UPDATE tenant_default.production_allocated_volume SET oil = oil + 1 "
            "WHERE facility_id = %s AND oil = 6666.67",
            (closed.site.facility["id"],),
        )
    found = {row["table"]: row["unchanged"] for row in closed.site.get(path).data}
    assert [table for table, same in found.items() if not same] == ["production_allocated_volume"]


def test_a_writer_on_its_way_is_waited_for_and_seen(battery: Battery, shared_app: Flask) -> None:
    battery.days(DAY, NEXT)
    battery.allocate()
    record = record_of(battery, DAY)
    answers: list[Answer] = []
    settings = sdk.runtime_of(shared_app).settings
    with sdk.connect(settings, "default") as writer, sdk.connect(settings, "default") as watcher:
        writer.autocommit = False
        writer.execute(
            "UPDATE production_daily_record SET hours_on = 12 WHERE id = %s", (record["id"],)
        )
        closing = threading.Thread(target=lambda: answers.append(battery.close()))
        closing.start()

        def waits() -> bool:
            row = watcher.execute(
                "SELECT count(*) FROM pg_locks "
                "WHERE NOT granted AND %s = ANY (pg_blocking_pids(pid))",
                (writer.info.backend_pid,),
            ).fetchone()
            assert row is not None
            return row[0] > 0 or bool(answers)

        wait_until(waits)
        assert not answers
        writer.commit()
        closing.join(20)
    assert codes(answers[0]) == (422, "month_incomplete")
    assert battery.states()[DAY]["state"] == "stale"


def test_a_late_meter_correction_of_a_closed_month_is_booked_in_an_open_one(
    closed: Battery, shared_app: Flask
) -> None:
    before = closed.get("statement", month="2026-03").data
    body = {"month": "2026-03", "booked_month": "2026-04", "reason": "Proved 2 % low"}
    assert codes(closed.post("adjustments", **body)) == (409, "nothing_to_adjust")
    closed.site.add(
        "meter-corrections",
        meter_id=closed.meters["oil"]["id"],
        first_day=NEXT,
        last_day=NEXT,
        factor=1.02,
        reason="Proved",
    )
    state = closed.states()[NEXT]
    assert (state["state"], [row["now"] for row in state["changes"]]) == ("closed", ["10200.0"])
    adjustment = closed.post("adjustments", **body)
    assert adjustment.status == 201, adjustment.error
    found = adjustment.data
    assert (found["number"], found["source"]) == (1, "calculated")
    lines = {row["well_name"]: row for row in found["lines"]}
    first, second = (well["name"] for well in closed.site.wells)
    assert (lines[first]["oil"], lines[second]["oil"]) == (133.33, 66.67)
    assert [row["production_date"] for row in found["changes"]] == [NEXT]
    assert closed.get("statement", month="2026-03").data == before
    april = closed.get("statement", month="2026-04").data
    assert [(row["oil"], row["oil_adjustment"], row["oil_total"]) for row in april] == [
        (None, 133.33, 133.33),
        (None, 66.67, 66.67),
    ]
    assert closed.states()[NEXT]["changes"] == []
    assert codes(closed.post("adjustments", **body)) == (409, "nothing_to_adjust")
    closed.tests.add(closed.site.wells[1]["id"], NEXT, oil=200.0, gas=10_000.0, water=50.0)
    late = closed.post("adjustments", **body | {"reason": "late test"}).data
    assert {row["well_name"]: row["oil"] for row in late["lines"]} == {
        first: -1_700.00,
        second: 1_700.00,
    }
    entered = closed.post(
        "adjustments",
        **body | {"reason": "Audit", "lines": [{"well_id": closed.site.well_id, "oil": -5}]},
    ).data
    assert (entered["number"], entered["source"], entered["lines"][0]["oil"]) == (3, "entered", -5)
    rows = closed.site.get(
        "adjustment-lines", network_id=closed.network["id"], well_id=closed.site.well_id
    ).data
    assert {(row["month"], row["booked_month"]) for row in rows} == {("2026-03", "2026-04")}
    assert closed.get("statement", month="2026-04").data[0]["oil_total"] == -1_571.67
    dates = [dt.date(2026, 3, 30), dt.date(2026, 3, 31)]
    with shared_app.app_context(), sdk.tenant("default"):
        well = uuid.UUID(closed.site.well_id)
        made = produced_volumes([well], dates)[well]
    factor = volume_factor("oil", "60F_14.696psia", "15C_101.325kPa")
    stb = sdk.units.convert(made["oil"], "Sm3", "STB") / factor
    assert stb.tolist() == pytest.approx([6_666.67, 2 * 6_666.67 - 1_571.67])


def test_what_cannot_be_adjusted_is_told(closed: Battery) -> None:
    body = {"month": "2026-03", "booked_month": "2026-04", "reason": "x"}
    later = closed.post("adjustments", **body | {"booked_month": "2026-03"})
    assert (later.status, later.error["details"][0]["field"]) == (422, "booked_month")
    still_open = closed.post("adjustments", **body | {"month": "2026-02"})
    assert (still_open.status, still_open.error["details"][0]["field"]) == (409, "month")
    assert closed.post("adjustments", **body | {"month": "2026-13"}).status == 422
    twice = [{"well_id": closed.site.well_id, "oil": 1}] * 2
    assert closed.post("adjustments", **body | {"lines": twice}).status == 422
    closed.site.add(
        "network-meters",
        network_id=closed.network["id"],
        meter_id=closed.site.put("meters", name="new", fluid="oil", position="sales")["id"],
        first_day=NEXT,
    )
    unknown = closed.post("adjustments", **body)
    assert codes(unknown) == (422, "allocation_incomplete")
    assert words(unknown) == ["meter new has no total"]


def test_downtime_of_a_closed_month_stays_and_what_lasts_may_end_after_it(
    site: Site, shared_app: Flask
) -> None:
    api, path = site.api, f"{PRODUCTION}/downtime"
    body = {"well_id": site.well_id, "reason": "power failure"}
    over = site.put(
        "downtime", start_at="2026-03-02T12:00:00Z", end_at="2026-03-03T12:00:00Z", **body
    )
    lasts = site.put("downtime", start_at="2026-03-20T12:00:00Z", **body)
    closing = f"{PRODUCTION}/facilities/{site.facility['id']}/close-month"
    assert api.post(closing, {"month": "2026-03", "accept_warnings": True}).status == 201
    facility = f"{PRODUCTION}/facilities/{site.facility['id']}"
    assert api.patch(facility, {"production_day_start": "00:00"}).status == 409
    settings = sdk.runtime_of(shared_app).settings
    with sdk.connect(settings, "default") as connection:
        for statement in (
            "UPDATE production_downtime SET end_at = '2026-03-03T13:00:00Z' WHERE id = %(over)s",
            "UPDATE production_downtime SET reason = 'x' WHERE id = %(lasts)s",
            "UPDATE production_downtime SET start_at = '2026-05-01' WHERE id = %(lasts)s",
            "UPDATE production_downtime SET end_at = '2026-03-25' WHERE id = %(lasts)s",
            "DELETE FROM production_downtime WHERE id = %(over)s",
            "INSERT INTO production_downtime (well_id, facility_id, start_at, reason, planned)"
            " SELECT well_id, facility_id, '2026-04-01T10:59:00Z', 'x', false"
            " FROM production_downtime WHERE id = %(over)s",
        ):
            with pytest.raises(psycopg.errors.CheckViolation, match="closed"):
                connection.execute(statement.encode(), {"over": over["id"], "lasts": lasts["id"]})
            connection.rollback()
    answers = [
        api.patch(f"{path}/{over['id']}", {"end_at": "2026-03-03T13:00:00Z"}),
        api.patch(f"{path}/{lasts['id']}", {"reason": "weather"}),
        api.patch(f"{path}/{lasts['id']}", {"end_at": "2026-03-31T12:00:00Z"}),
        api.delete(f"{path}/{over['id']}"),
    ]
    assert [answer.status for answer in answers] == [409] * 4
    ended = api.patch(f"{path}/{lasts['id']}", {"end_at": "2026-04-10T12:00:00Z", "remark": "on"})
    assert ended.status == 200, ended.error
    again = api.patch(f"{path}/{lasts['id']}", {"end_at": "2026-04-09T12:00:00Z"})
    assert again.status == 200, again.error


def test_an_adjustment_is_booked_as_entered_and_in_a_month_that_has_begun(closed: Battery) -> None:
    """What is booked stays, so a slip is refused and nothing is rounded by the way."""
    line = {"well_id": closed.site.well_id, "oil": -1.25}
    body = {"month": "2026-03", "booked_month": "2026-04", "reason": "x", "lines": [line]}
    ahead = closed.post("adjustments", **body | {"booked_month": "2999-04"})
    assert (ahead.status, ahead.error["details"][0]["field"]) == (422, "booked_month")
    fine = closed.post("adjustments", **body | {"lines": [line | {"oil": -1.255}]})
    assert (fine.status, fine.error["details"][0]["field"]) == (422, "lines.oil")
    assert closed.post("adjustments", **body).data["lines"][0]["oil"] == -1.25
    network = f"{PRODUCTION}/networks/{closed.network['id']}"
    other = closed.api.patch(network, {"decimals": 0})
    assert (other.status, other.error["details"][0]["field"]) == (409, "decimals")


def test_hours_that_nothing_explains_are_looked_at_before_a_month_is_closed(site: Site) -> None:
    site.day("2026-03-02", hours_on=18)
    site.day("2026-03-03", hours_on=20.5)
    site.day("2026-03-04", hours_on=24)
    down = {"start_at": "2026-03-02T14:00:00Z", "end_at": "2026-03-02T20:00:00Z"}
    month = f"facilities/{site.facility['id']}/month"
    name = site.wells[0]["name"]
    before = site.get(month, month="2026-03").data["warnings"]
    assert before == [f"well {name}: 9.50 h of 2 days neither on nor down"]
    site.put("downtime", well_id=site.well_id, reason="weather", **down)
    after = site.get(month, month="2026-03").data["warnings"]
    assert after == [f"well {name}: 3.50 h of 1 day neither on nor down"]


def test_a_month_of_which_nothing_is_known_is_not_closed_by_a_slip(site: Site) -> None:
    path = f"{PRODUCTION}/facilities/{site.facility['id']}/close-month"
    answer = site.api.post(path, {"month": "0206-03"})
    assert codes(answer) == (422, "month_has_warnings")
    assert words(answer) == ["0206-03: nothing is known of any of its days"]
    answer = site.api.post(path, {"month": "0206-03", "accept_warnings": True})
    assert answer.data["month"] == "0206-03"
