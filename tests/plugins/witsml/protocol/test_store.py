"""The small store, asked by the client: options, growing logs, partial answers, its faults."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from wellhead_witsml.objects import queries
from wellhead_witsml.objects.common import Measure
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.reading import read_log_data, read_objects
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.objects.trajectories import Station, Trajectory
from wellhead_witsml.objects.wells import Well
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.client import Store, Version
from wellhead_witsml.protocol.errors import PollingTooFast, ReturnError
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.protocol.options import Options, ReturnElements
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.functions import Parts, Rules
from wellhead_witsml.store.server import StoreServer

from .conftest import BELOW, BORE, LOOPBACK, WELL, Connect, put

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CURVES = (
    Curve(uid="t", mnemonic="TIME", unit="s", type="date time"),
    Curve(uid="w", mnemonic="WOB", unit="kN", type="double"),
    Curve(uid="a", mnemonic="ACT", type="string"),
)


def time_log(*rows: tuple[int, float, str | None], uid: str = "time") -> Log:
    """seconds after noon, weight on bit, activity"""
    index = np.array(
        [microseconds(NOON + timedelta(seconds=second)) for second, *_ in rows], dtype=np.int64
    )
    values = np.array([[value for _, value, _ in rows], [np.nan] * len(rows)])
    words = {1: tuple(word for *_, word in rows)}
    block = LogData(("WOB", "ACT"), ("kN", None), index, "s", values, words)
    return Log(
        **BELOW,
        uid=uid,
        name="Sensors",
        index_type="date time",
        index_curve="TIME",
        null_value="-999.25",
        curves=CURVES,
        data=(block,) if rows else (),
    )


def depth_log(*rows: tuple[float, float], decreasing: bool = False) -> Log:
    index, values = np.array([depth for depth, _ in rows]), np.array([[one for _, one in rows]])
    return Log(
        **BELOW,
        uid="depth",
        name="Drilling",
        index_type="measured depth",
        index_curve="DEPTH",
        direction="decreasing" if decreasing else "increasing",
        null_value="-999.25",
        curves=(
            Curve(uid="d", mnemonic="DEPTH", unit="m", type="double"),
            Curve(uid="r", mnemonic="ROP", unit="m/h", type="double"),
        ),
        data=(LogData(("ROP",), ("m/h",), index, "m", values, {}),),
    )


def header(store: Store, uid: str) -> Log:
    query = queries.objects_query(Log, store.version, uid_well="w1", uid_wellbore="b1", uid=uid)
    document = store.get("log", query, queries.REQUESTED).document
    (found,) = read_objects(Log, document, timezone(timedelta(hours=-6)))
    return found


def rows_of(
    store: Store, log: Log, start: datetime | float | None, most: int | None = None
) -> tuple[LogData | None, bool]:
    """(rows, whether there are more)"""
    zone = timezone(timedelta(hours=-6))
    query = queries.data_query(log, store.version, start, zone=zone)
    reply = store.get("log", query, Options(ReturnElements.DATA_ONLY, most))
    found = read_log_data(reply.document, log, zone)
    return (found.data[0] if found.data else None), reply.partial


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
def test_a_growing_log_is_read_on_from_its_last_row(
    connect: Connect, server: StoreServer, store: Store, version: Version
) -> None:
    server.store.rules = Rules(zone=timezone(timedelta(hours=-6)))
    put(store, time_log((0, 10, "drilling"), (1, 11, None)))
    reader = connect(version)
    log = header(reader, "time")
    assert log.growing is (True if version == "1.4.1.1" else None)
    assert (log.start_time, log.end_time) == (NOON, NOON + timedelta(seconds=1))
    store.update(
        "log", write_object(time_log((1, np.nan, "tripping"), (2, 12, "tripping")), "1.4.1.1")
    )
    block, more = rows_of(reader, log, NOON + timedelta(seconds=1))
    assert block is not None
    assert not more
    assert np.diff(block.index).tolist() == [1_000_000]  # the last row known is the first again
    assert block.values[0].tolist() == [11, 12]
    assert block.texts == {1: ("tripping", "tripping")}


def test_too_much_at_once_is_partial_and_continued_without_gap_or_double(
    server: StoreServer, store: Store
) -> None:
    server.store.rules = Rules(max_nodes=40)
    for part in range(3):
        rows = [(second, second, "drilling") for second in range(part * 35, part * 35 + 35)]
        log = time_log(*rows)
        if part == 0:
            put(store, log)
        else:
            store.update("log", write_object(log, "1.4.1.1"))
    store.get_cap()
    log = header(store, "time")
    seen: list[int] = []
    start, more, asked = None, True, 0
    while more:
        block, more = rows_of(store, log, start, most=100)
        assert block is not None
        news = block.index.tolist()[1 if seen else 0 :]
        seen += news
        start = datetime.fromtimestamp(seen[-1] / 1e6, UTC)
        asked += 1
    assert asked == 3
    assert seen == [microseconds(NOON + timedelta(seconds=second)) for second in range(105)]
    with pytest.raises(ReturnError) as caught:
        store.update("log", write_object(time_log(*[(n, 1, None) for n in range(41)]), "1.4.1.1"))
    assert caught.value.number == -456


def test_no_more_values_are_asked_for_than_the_store_gives(
    server: StoreServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.store.rules = Rules(max_points=30)
    put(store, time_log(*[(second, second, "drilling") for second in range(15)]))
    store.get_cap()
    asked: list[str] = []
    call = server.store.call

    def noted(name: str, parts: Mapping[str, str]) -> Parts | None:
        asked.append(parts.get("OptionsIn", ""))
        return call(name, parts)

    monkeypatch.setattr(server.store, "call", noted)
    query = queries.data_query(header(store, "time"), "1.4.1.1", None)
    reply = store.get("log", query, Options(ReturnElements.DATA_ONLY, 100), columns=3)
    assert reply.partial
    assert "maxReturnNodes=10;" in asked[-1]
    (block,) = read_log_data(reply.document, header(store, "time")).data
    assert len(block.index) == 10


def test_a_decreasing_log_begins_at_its_bottom(store: Store) -> None:
    put(store, depth_log((500, 20), (501, 21), (502, 22), decreasing=True))
    log = header(store, "depth")
    assert log.decreasing
    assert log.start_index == Measure(502, "m")
    block, _ = rows_of(store, log, 501.0)
    assert block is not None
    assert block.index.tolist() == [501, 500]
    assert block.values.tolist() == [[21, 20]]


def test_an_empty_log_is_missing_from_an_answer_with_data(store: Store) -> None:
    put(store, time_log())
    log = header(store, "time")
    assert log.end_time is None
    assert rows_of(store, log, None) == (None, False)
    query = queries.objects_query(Log, "1.4.1.1", uid_well="w1", uid_wellbore="b1", uid="time")
    assert read_objects(Log, store.get("log", query, queries.ALL).document) == []


def test_a_log_that_gets_nothing_stops_growing(server: StoreServer, store: Store) -> None:
    put(store, time_log((0, 1, None)))
    assert header(store, "time").growing
    server.store.rules = Rules(growing_timeout_s=0)
    assert header(store, "time").growing is False


ROWS = [(0, 10.0, "drilling"), (1, float("nan"), None), (2, 12.0, "drilling")]
ODD = {
    "duplicate_rows": Faults(duplicate_rows=True),
    "extra_values": Faults(extra_values=True),
    "literal_null": Faults(literal_null=True),
}


@pytest.mark.parametrize("fault", ODD)
def test_rows_that_are_written_otherwise_are_read_the_same(
    fault: str, server: StoreServer, store: Store
) -> None:
    put(store, time_log(*ROWS))
    log = header(store, "time")
    expected, _ = rows_of(store, log, None)
    server.store.faults = ODD[fault]
    found, _ = rows_of(store, log, None)
    assert found is not None
    assert expected is not None
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_array_equal(found.values, expected.values)
    assert found.texts == expected.texts
    assert found.duplicates == (fault == "duplicate_rows")
    assert len(found.problems) == (3 if fault == "extra_values" else 0)


def test_a_reader_that_is_too_fast_is_told_to_wait(server: StoreServer, store: Store) -> None:
    put(store, time_log(*ROWS))
    log = header(store, "time")
    server.store.rules = Rules(change_detection_s=60)
    assert store.get_cap().change_detection_s == 60
    rows_of(store, log, None)
    with pytest.raises(PollingTooFast) as caught:
        rows_of(store, log, None)
    assert caught.value.number == -485
    assert "changeDetectionPeriod" in (caught.value.remedy or "")


REFUSED: dict[str, tuple[str, str, Options | None, int]] = {
    "header-only of a well": (
        "well",
        queries.objects_query(Well, "1.4.1.1"),
        Options(ReturnElements.HEADER_ONLY),
        -425,
    ),
    "no one log": ("log", queries.objects_query(Log, "1.4.1.1"), queries.ALL, -475),
    "latest changes": (
        "log",
        queries.objects_query(Log, "1.4.1.1", uid="time"),
        Options(ReturnElements.LATEST_CHANGE_ONLY),
        -476,
    ),
    "no namespace": ("well", "<wells version='1.4.1.1'/>", None, -403),
    "no version": ("well", '<wells xmlns="http://www.witsml.org/schemas/1series"/>', None, -468),
    "no XML": ("well", "<wells", None, -409),
    "nothing": ("well", "", None, -408),
    "another kind": ("log", queries.objects_query(Well, "1.4.1.1"), None, -486),
}
TWO_BLOCKS = "<logData/><logData/>"
TWICE = "<logData><mnemonicList>TIME,WOB,WOB</mnemonicList></logData>"
for name, inner, number in (("two blocks", TWO_BLOCKS, -429), ("a name twice", TWICE, -482)):
    QUERY = (
        '<logs xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">'
        f'<log uidWell="w1" uidWellbore="b1" uid="time">{inner}</log></logs>'
    )
    REFUSED[name] = ("log", QUERY, queries.DATA_ONLY, number)


@pytest.mark.parametrize("case", REFUSED)
def test_a_query_that_cannot_be_is_refused_by_its_number(store: Store, case: str) -> None:
    kind, query, asked, number = REFUSED[case]
    put(store, time_log(*ROWS))
    with pytest.raises(ReturnError) as caught:
        store.get(kind, query, asked)
    assert caught.value.number == number
    assert len(caught.value.text) > 10


def test_returned_elements_are_those_that_are_asked_for(store: Store) -> None:
    station = Station(
        "s1", "magnetic MWD", NOON, Measure(1500, "m"), None, Measure(1, "dega"),
        Measure(2, "dega"), Measure(3, "m"), None, None, None, "position",
    )  # fmt: skip
    put(store, Trajectory(**BELOW, uid="t1", name="MWD", final=True, stations=(station,)))
    query = queries.objects_query(Trajectory, "1.4.1.1")

    def got(elements: ReturnElements) -> Trajectory:
        (found,) = read_objects(
            Trajectory, store.get("trajectory", query, Options(elements)).document
        )
        return found

    assert got(ReturnElements.ALL).stations == (station,)
    ids = got(ReturnElements.ID_ONLY)
    assert (ids.name, ids.final, ids.stations) == ("MWD", None, ())
    top = got(ReturnElements.HEADER_ONLY)
    assert (top.final, top.stations) == (True, ())
    assert got(ReturnElements.DATA_ONLY).stations == (station,)
    (place,) = got(ReturnElements.STATION_LOCATION_ONLY).stations
    assert (place.md, place.north, place.status) == (station.md, None, None)


def test_the_latest_values_of_each_curve_are_given(store: Store) -> None:
    put(store, time_log((0, 10, "drilling"), (1, 11, None), (2, 12, None)))
    query = queries.data_query(header(store, "time"), "1.4.1.1", None)
    asked = Options(ReturnElements.DATA_ONLY, request_latest_values=1)
    (block,) = read_log_data(store.get("log", query, asked).document, header(store, "time")).data
    assert (block.index - microseconds(NOON)).tolist() == [0, 2_000_000]
    np.testing.assert_array_equal(block.values[0], [np.nan, 12])
    assert block.texts[1] == ("drilling", None)


def test_rows_of_a_log_are_deleted_by_their_range(store: Store) -> None:
    put(store, depth_log((500, 20), (501, 21), (502, 22)))
    log = header(store, "depth")
    store.delete("log", queries.data_query(log, "1.4.1.1", 501.0, 501.0))
    block, _ = rows_of(store, log, None)
    assert block is not None
    assert block.index.tolist() == [500, 502]


def test_what_is_selected_by_name_is_found(store: Store) -> None:
    put(store, Well(uid="w2", name="B-7"))
    space = "http://www.witsml.org/schemas/131"
    wanted = "<well><name>B-7</name></well>"
    query = f'<wells xmlns="{space}" version="1.3.1.1">{wanted}</wells>'
    found = read_objects(Well, store.get("well", query, queries.ALL).document)
    assert [one.uid for one in found] == ["w2"]


def test_a_store_that_is_started_again_has_everything(tmp_path: Path) -> None:
    for again in (False, True):
        with (
            StoreServer(file=tmp_path / "store.db") as server,
            Store(Site(server.url), LOOPBACK) as store,
        ):
            if not again:
                for one in (WELL, BORE, time_log(*ROWS)):
                    put(store, one)
                continue
            block, _ = rows_of(store, header(store, "time"), None)
            assert block is not None
            assert len(block.index) == 3


def test_many_clients_write_and_read_at_once(server: StoreServer, store: Store) -> None:
    put(store, time_log(*ROWS))
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            with Store(Site(server.url), LOOPBACK) as mine:
                for second in range(10):
                    log = time_log((1000 * number + second, number, None))
                    mine.update("log", write_object(log, "1.4.1.1"))
                    header(mine, "time")
        except Exception as error:  # isolates: told below, in the thread that asserts
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    block, _ = rows_of(store, header(store, "time"), None)
    assert block is not None
    assert len(block.index) == 43
