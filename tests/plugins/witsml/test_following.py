"""Growing logs are followed: what is new goes to disk once, and as the store wants to be asked."""

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from tests.plugins.witsml.rig import Rig, at

from wellhead import sdk
from wellhead_well_logs.models import Log as WellLog
from wellhead_witsml.models import LogState
from wellhead_witsml.objects.logs import Curve
from wellhead_witsml.objects.logs import Log as WitsmlLog
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.polling import curves
from wellhead_witsml.polling.follow import Memory, look
from wellhead_witsml.polling.followed import followed
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.functions import Rules

ROP = Curve(uid="r", mnemonic="ROP", unit="m/h", type="double", description="Rate of penetration")
WOB = Curve(uid="w", mnemonic="WOB", unit="klbf", type="double")
ACTIVITY = Curve(uid="a", mnemonic="ACT", type="string")
ODD = Curve(uid="o", mnemonic="ODD", unit="furlong/fn", type="double")


pytestmark = pytest.mark.usefixtures("heard")


def stored_readings(rig: Rig, log: str) -> int:
    """As they lie in the store: one that came twice would be there twice."""
    with rig.api.app.app_context(), sdk.tenant("default"):
        counted = text(
            "SELECT coalesce(sum(cardinality(value)), 0) FROM historian_hot JOIN historian_source s"
            " ON s.id = source_id WHERE s.name = :name"
        )
        return int(sdk.db.session.scalar(counted, {"name": f"witsml/{log}"}) or 0)


def test_a_growing_log_by_time_becomes_readings_of_tags(rig: Rig) -> None:
    bore = rig.bring()
    rig.start_log("t", [ROP, WOB, ACTIVITY, ODD])
    rig.grow(
        "t",
        [at(0), at(1), at(2)],
        {
            "ROP": [20, None, 22],
            "WOB": [10, 11, 12],
            "ACT": ["drill", None, "ream"],
            "ODD": [1, 2, 3],
        },
    )
    log = rig.follow("t")
    first = rig.look(log)
    assert (first["state"], first["rows"], first["readings"]) == ("growing", 3, 10)
    assert first["cursor_time"] == "2026-05-01T12:00:02Z"
    rig.grow("t", [at(3)], {"ROP": [23], "WOB": [None], "ACT": ["ream"], "ODD": [4]})
    second = rig.look(log)
    assert (second["rows"], second["readings"]) == (4, 13)
    assert rig.readings(log, "ROP") == [(0, 20), (2, 22), (3, 23)]
    assert rig.readings(log, "ACT") == [(0, "drill"), (2, "ream"), (3, "ream")]
    assert stored_readings(rig, log) == 13
    record = rig.api.get(f"/api/v1/witsml/logs/{log}").data
    assert (record["index_kind"], record["wellbore_id"]) == ("time", bore)
    tags = rig.tags()
    assert (tags["ROP"]["unit"], tags["WOB"]["unit"]) == ("m/h", "klbf")
    assert (tags["ACT"]["datatype"], tags["ODD"]["unit"]) == ("string", None)
    assert [one for one in second["warnings"] if "furlong" in one and "not known" in one]
    live = {
        one["name"]: one["value"] for one in rig.api.get(f"/api/v1/wells/{well_of(rig)}/live").data
    }
    assert (live[f"{rig.name}.ROP"], live[f"{rig.name}.ODD"]) == (23, 4)


def well_of(rig: Rig) -> str:
    [well] = rig.api.get("/api/v1/wells", name=rig.name).data
    found: str = well["id"]
    return found


def test_a_growing_log_by_depth_becomes_rows_of_a_log(rig: Rig) -> None:
    rig.bring()
    rig.start_log("d", [ROP, ACTIVITY], index_type="measured depth")
    rig.grow("d", [500.0, 500.5], {"ROP": [20, 21], "ACT": ["a", None]})
    log = rig.follow("d")
    first = rig.look(log)
    assert (first["state"], first["rows"]) == ("growing", 2)
    assert (first["cursor_depth"], first["unit"]) == (500.5, "m")
    rig.grow("d", [500.5, 501.0], {"ROP": [99, 22], "ACT": ["b", "c"]})  # the last row changed
    assert rig.look(log)["rows"] == 3
    with rig.api.app.app_context(), sdk.tenant("default"):
        key = uuid.UUID(rig.api.get(f"/api/v1/witsml/logs/{log}").data["well_log_id"])
        record = sdk.db.session.get_one(WellLog, key)
        assert (record.rows, record.first_index, record.last_index) == (3, 500.0, 501.0)
        assert {curve.mnemonic: curve.maximum for curve in record.curves} == {
            "ROP": 99.0,
            "ACT": None,
        }
        assert (record.depth_datum, record.source, record.growing) == ("KB", "witsml", True)


def test_a_decreasing_log_goes_on_from_its_end(rig: Rig) -> None:
    rig.bring()
    rig.start_log("u", [ROP], index_type="measured depth", direction="decreasing")
    rig.grow("u", [510.0, 509.0], {"ROP": [1, 2]}, "decreasing")
    log = rig.follow("u")
    assert rig.look(log)["cursor_depth"] == 509.0
    rig.grow("u", [508.0], {"ROP": [3]}, "decreasing")
    state = rig.look(log)
    assert (state["cursor_depth"], state["rows"]) == (508.0, 3)


@pytest.mark.parametrize("rig", [("1.4.1.1", Rules(max_nodes=50), "UTC")], indirect=True)
def test_partial_results_are_continued(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    log = rig.follow("t")
    for begin in range(0, 270, 45):
        if begin == 90:  # the rest comes while it is at it
            rig.turn()
        seconds = range(begin, begin + 45)
        rig.grow("t", [at(one) for one in seconds], {"ROP": list(map(float, seconds))})
    state = rig.look(log)
    assert (state["state"], state["rows"], state["restarts"]) == ("growing", 270, 0)
    assert state["partials"] >= 5
    assert stored_readings(rig, log) == 270
    assert [value for _, value in rig.readings(log, "ROP")] == list(range(270))


def test_polling_too_fast_is_backed_off(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    log = rig.follow("t")
    rig.server.store.faults = Faults(too_fast=True)
    waits = []
    for _ in range(3):
        state = rig.look(log)
        assert (state["state"], state["rows"]) == ("backing_off", 0)
        assert "-485" in state["reason"]
        waits.append(wait_of(rig, log))
    assert waits[1] > waits[0] * 1.1
    assert waits[2] > waits[1] * 1.1
    rig.server.store.faults = Faults()
    assert rig.look(log)["rows"] == 1


def wait_of(rig: Rig, log: str) -> float:
    """Seconds from the last look to the next."""
    with rig.api.app.app_context(), sdk.tenant("default"):
        wait = func.extract("epoch", LogState.next_poll_at - LogState.polled_at)
        found = sdk.db.session.scalar(select(wait).where(LogState.log_id == uuid.UUID(log)))
    assert found is not None
    return float(found)


@pytest.mark.parametrize("rig", [("1.4.1.1", Rules(change_detection_s=7), "UTC")], indirect=True)
def test_the_stores_change_detection_period_is_waited_for(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    log = rig.follow("t")
    rig.look(log)
    assert 6 < wait_of(rig, log) < 8


def test_a_log_that_has_ended_is_left_alone_until_it_grows_again(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP], growing=False)
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    set_growing(rig, "t", growing=False)
    log = rig.follow("t")
    assert rig.look(log)["rows"] == 1
    state = rig.look(log)
    assert (state["state"], state["rows"]) == ("ended", 1)
    assert wait_of(rig, log) > 50
    rig.grow("t", [at(1)], {"ROP": [2.0]})
    state = rig.look(log)
    assert (state["state"], state["rows"]) == ("growing", 2)


def set_growing(rig: Rig, uid: str, *, growing: bool) -> None:
    of = WitsmlLog(uid=uid, name=f"Log {uid}", **rig.below, growing=growing)
    rig.writer.update("log", write_object(of, "1.4.1.1"))


def test_a_log_begun_anew_is_read_from_its_start(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(100), at(101)], {"ROP": [1.0, 2.0]})
    log = rig.follow("t")
    assert rig.look(log)["rows"] == 2
    rig.writer.delete(
        "log",
        '<logs xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">'
        '<log uidWell="w" uidWellbore="b" uid="t"/></logs>',
    )
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0), at(1)], {"ROP": [5.0, 6.0]})
    state = rig.look(log)
    assert (state["restarts"], state["rows"], state["state"]) == (1, 4, "growing")
    assert [value for _, value in rig.readings(log, "ROP")] == [5, 6, 1, 2]


def test_a_store_that_is_away_is_tried_again_and_says_so(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    log = rig.follow("t")
    rig.server.store.faults = Faults(http_500=True)
    state = rig.look(log)
    assert state["state"] == "store_down"
    assert "500" in state["reason"]
    rig.server.store.faults = Faults()
    assert rig.worker is not None
    rig.worker._not_before = 0.0  # what it waits for is tested with the real process
    assert rig.look(log)["rows"] == 1


def test_of_two_processes_at_one_log_one_stores(rig: Rig) -> None:
    """Both asked before either stored: as after a partition."""
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0), at(1)], {"ROP": [1.0, 2.0]})
    log = rig.follow("t")
    with rig.api.app.app_context(), sdk.tenant("default"):
        asked = followed(uuid.UUID(log))
        assert asked is not None
        for _ in range(2):
            look(rig.writer, "UTC", asked, Memory())
            sdk.db.session.remove()
    assert stored_readings(rig, log) == 2
    assert rig.status(log)["rows"] == 2


def test_a_curve_whose_unit_changes_gets_another_tag(rig: Rig) -> None:
    rig.bring()
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    log = rig.follow("t")
    rig.look(log)
    changed = WitsmlLog(
        uid="t",
        name="Log t",
        **rig.below,
        index_type="date time",
        index_curve="TIME",
        curves=(replace(ROP, unit="ft/h"),),
    )
    rig.writer.update("log", write_object(changed, "1.4.1.1"))
    rig.grow("t", [at(1)], {"ROP": [3.0]})
    state = rig.look(log)
    assert [one for one in state["warnings"] if "its unit was 'm/h'" in one]
    units = {name: one["unit"] for name, one in rig.tags().items()}
    assert units == {"ROP": "m/h", "ROP (2)": "ft/h"}
    assert rig.readings(log, "ROP") == [(1, 3)]


OSLO = ("1.3.1.1", Rules(zone=ZoneInfo("Europe/Oslo")), "Europe/Oslo")


@pytest.mark.parametrize("rig", [OSLO], indirect=True)
def test_times_without_a_zone_are_of_the_stores(rig: Rig) -> None:
    """1.3.1.1 writes local times, and its data names no mnemonics."""
    rig.bring()
    rig.start_log("t", [ROP, WOB])
    rig.grow("t", [at(0), at(1)], {"ROP": [1.0, 2.0], "WOB": [3.0, None]})
    log = rig.follow("t")
    assert rig.look(log)["cursor_time"] == "2026-05-01T12:00:01Z"
    rig.grow("t", [at(2)], {"ROP": [4.0], "WOB": [5.0]})
    assert rig.look(log)["rows"] == 3
    assert rig.readings(log, "ROP") == [(0, 1), (1, 2), (2, 4)]
    assert rig.readings(log, "WOB") == [(0, 3), (2, 5)]


def test_a_log_that_is_not_there_fails_and_is_tried_again(rig: Rig) -> None:
    rig.bring()
    log = rig.follow("nothing")
    state = rig.look(log)
    assert (state["state"], state["failures"]) == ("failed", 1)
    assert "no such log" in state["reason"]
    rig.start_log("nothing", [ROP])
    rig.grow("nothing", [at(0)], {"ROP": [1.0]})
    assert rig.look(log)["rows"] == 1


def test_a_store_that_invents_curves_gets_no_tags_without_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "MOST_CURVES", 1)
    rig.bring()
    rig.start_log("t", [ROP, WOB])
    rig.grow("t", [at(0)], {"ROP": [1.0], "WOB": [2.0]})
    log = rig.follow("t")
    state = rig.look(log)
    assert (state["state"], state["readings"]) == ("growing", 1)
    assert any("more than 1 curves" in one for one in state["warnings"])
    assert list(rig.tags()) == ["ROP"]
