"""The simulated rig: its physics, and what it leaves in a store."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from wellhead import sdk
from wellhead.testing import free_port, wait_until
from wellhead_witsml.objects import queries
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.mud_logs import MudLog
from wellhead_witsml.objects.operations import BhaRun, Message, Risk
from wellhead_witsml.objects.reading import ObjectT, kind_name, read_log_data, read_objects
from wellhead_witsml.objects.trajectories import Trajectory
from wellhead_witsml.objects.tubulars import Tubular
from wellhead_witsml.objects.wells import Wellbore
from wellhead_witsml.protocol.client import Store
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.rig import process, writer
from wellhead_witsml.rig.physics import STAND, Activity, Rig, inclination, vertical_depth
from wellhead_witsml.rig.writer import Driller
from wellhead_witsml.store.server import StoreServer

from .conftest import LOOPBACK, Connect

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def objects(store: Store, kind: type[ObjectT]) -> list[ObjectT]:
    query = queries.objects_query(kind, store.version)
    return read_objects(kind, store.get(kind_name(kind), query, queries.REQUESTED).document)


def test_the_same_seed_and_steps_give_the_same_values() -> None:
    one, other, third = Rig(1, 1500, 1600), Rig(1, 1500, 1600), Rig(2, 1500, 1600)
    for rig in (one, other, third):
        for _ in range(200):
            rig.step(5)
    assert one.measured() == other.measured() != third.measured()


def test_a_rig_drills_stands_connects_and_stops_at_its_depth() -> None:
    rig = Rig(1, 1500, 1560)
    seen = set()
    while rig.activity is not Activity.FINISHED:
        before = rig.hole
        rig.step(5)
        values = rig.measured()
        seen.add(rig.activity)
        assert 0 <= rig.hole - before < 0.1
        assert values["BDEP"] is not None
        assert values["BDEP"] <= rig.hole + 0.01
        if rig.activity is Activity.CONNECTION:
            assert (values["WOB"], values["FLOW"], values["ECD"]) == (0, 0, None)
        elif rig.activity is Activity.DRILLING:
            assert 1.32 < (values["ECD"] or 0) < 1.5
            assert (values["ROP"] or 0) > 0
    assert rig.hole == 1560
    assert rig.connections == int(60 / STAND)
    assert seen == {Activity.DRILLING, Activity.CONNECTION, Activity.FINISHED}


@pytest.mark.parametrize("md", [500.0, 900.0, 1219.0, 2000.0])
def test_the_vertical_depth_grows_by_the_cosine_of_the_inclination(md: float) -> None:
    slope = (vertical_depth(md + 0.01) - vertical_depth(md - 0.01)) / 0.02
    assert slope == pytest.approx(np.cos(np.radians(inclination(md))), abs=1e-4)


def test_a_rig_leaves_logs_surveys_messages_and_a_run_in_its_store(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "END", 1560.0)
    store = connect()
    driller = Driller(store, speed=600)
    now = NOON
    while driller.hole.number == 1:
        driller.advance(now)
        now += timedelta(seconds=1)
    first, second = objects(store, Wellbore)
    assert (first.parent_uid, second.parent_uid) == (None, first.uid)
    by_time, by_depth = [log for log in objects(store, Log) if log.uid_wellbore == first.uid]
    assert (by_time.growing, by_depth.growing) == (False, False)
    query = queries.data_query(by_depth, "1.4.1.1", None)
    (block,) = read_log_data(store.get("log", query, queries.DATA_ONLY).document, by_depth).data
    assert block.index.tolist() == list(range(1501, 1561))
    assert np.isfinite(block.values).all()
    query = queries.data_query(by_time, "1.4.1.1", None)
    (block,) = read_log_data(store.get("log", query, queries.DATA_ONLY).document, by_time).data
    assert (np.diff(block.index) == 1_000_000).all()
    assert set(block.texts[block.mnemonics.index("ACT")]) == set(Activity)
    survey = objects(store, Trajectory)[0]
    depths = [station.md.value for station in survey.stations if station.md]
    assert len(depths) == 4
    assert depths == sorted(depths)
    run, _ = objects(store, BhaRun)
    assert (run.status, run.reason_for_trip) == ("final", "Total depth")
    pulled, in_hole = [one.components[0].bit for one in objects(store, Tubular)]
    assert pulled is not None
    assert in_hole is not None
    assert "-".join(pulled.dull.values()) == "2-3-WT-A-X-I-NO-TD"
    assert in_hole.dull == {}
    assert len(objects(store, MudLog)[0].intervals) == 6
    said = [one.text for one in objects(store, Message) if one.uid_wellbore == first.uid]
    assert said == [
        "Connection at 1527.4 m",
        "Connection at 1554.9 m",
        "Total depth of 1560 m reached",
    ]
    assert {risk.uid_wellbore for risk in objects(store, Risk)} == {first.uid, second.uid}


def test_a_rig_keeps_its_last_holes_only(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "END", 1505.0)
    store = connect()
    driller = Driller(store, speed=3600)
    second = 0
    while driller.hole.number < 4:
        driller.advance(NOON + timedelta(seconds=second))
        second += 1
    kinds: list[type[WitsmlObject]] = [Log, Trajectory, BhaRun, Message, Risk]
    assert {one.uid for one in objects(store, Wellbore)} == {"hole-3", "hole-4"}
    for kind in kinds:
        assert {one.uid_wellbore for one in objects(store, kind)} <= {"hole-3", "hole-4"}


def test_a_rig_goes_on_where_its_store_ends(tmp_path: Path) -> None:
    reached = []
    for start in (0, 100):
        with (
            StoreServer(file=tmp_path / "rig.db") as server,
            Store(Site(server.url), LOOPBACK) as store,
        ):
            driller = Driller(store, speed=600)
            for second in range(5):
                driller.advance(NOON + timedelta(seconds=start + second))
            reached.append(driller.rig.hole)
            (by_time, by_depth) = objects(store, Log)
    assert by_time.end_time == NOON + timedelta(seconds=104)
    assert by_depth.end_index is not None
    assert by_depth.end_index.value == int(reached[1]) > reached[0]


def test_the_process_serves_and_drills_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "ROW_S", 0.02)
    stop, port = threading.Event(), free_port()
    thread = threading.Thread(
        target=process.drill, args=(port, tmp_path / "rig.db"), kwargs={"stop": stop}
    )
    thread.start()
    with Store(Site(f"http://127.0.0.1:{port}/witsml/store"), LOOPBACK) as store:
        try:
            wait_until(lambda: any(log.by_time and log.end_time for log in logs_of(store)), 10)
            with pytest.raises(sdk.ConfigError, match="cannot listen"):
                process.drill(port, stop=stop)
        finally:
            stop.set()
            thread.join(10)
    assert not thread.is_alive()


def logs_of(store: Store) -> list[Log]:
    try:
        return objects(store, Log)
    except sdk.WellheadError:  # it does not listen yet
        return []
