"""Objects that come in several answers: put together, or refused where that leads nowhere."""

from dataclasses import replace

import pytest

from wellhead import sdk
from wellhead_witsml.objects import queries
from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.mud_logs import MudLog
from wellhead_witsml.objects.parts import MOST_ANSWERS, whole
from wellhead_witsml.objects.reading import read_objects
from wellhead_witsml.objects.trajectories import Trajectory
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.client import Version
from wellhead_witsml.store.functions import Rules
from wellhead_witsml.store.server import StoreServer

from .conftest import BELOW, Connect


def trajectory(*depths: float | None) -> Trajectory:
    """Stations without uids, as some stores write them."""
    stations = "".join(
        "<trajectoryStation/>"
        if md is None
        else f'<trajectoryStation><md uom="m">{md}</md></trajectoryStation>'
        for md in depths
    )
    document = f'<trajectorys version="1.4.1.1"><trajectory uid="t">{stations}</trajectory>'
    [found] = read_objects(Trajectory, f"{document}</trajectorys>")
    return found


def depths(of: WitsmlObject) -> list[float | None]:
    assert isinstance(of, Trajectory)
    return [None if one.md is None else one.md.value for one in of.stations]


def test_the_last_part_comes_again_and_is_dropped() -> None:
    asked = []

    def ask(start: Measure | None) -> tuple[WitsmlObject, bool]:
        asked.append(start)
        first = 0 if start is None else int(start.value)
        return trajectory(*range(first, min(first + 3, 6))), first + 3 < 6

    assert depths(whole(ask)) == [0, 1, 2, 3, 4, 5]
    assert asked == [None, Measure(2, "m"), Measure(4, "m")]


@pytest.mark.parametrize("version", ["1.3.1.1", "1.4.1.1"])
@pytest.mark.usefixtures("store")
def test_a_store_of_either_version_is_asked_on_from_the_last_station(
    server: StoreServer, connect: Connect, version: Version
) -> None:
    client = connect(version)
    of = replace(trajectory(0, 1, 2, 3, 4, 5), name="MWD", **BELOW)
    of = replace(of, stations=tuple(replace(one, uid=f"{one.md}") for one in of.stations))
    client.add("trajectory", write_object(of, version))
    server.store.rules = Rules(max_nodes=4)
    answers = 0

    def ask(start: Measure | None) -> tuple[WitsmlObject, bool]:
        nonlocal answers
        answers += 1
        uids = {"uid_well": of.uid_well, "uid_wellbore": of.uid_wellbore, "uid": of.uid}
        query = queries.objects_query(Trajectory, version, start, **uids)
        reply = client.get("trajectory", query, queries.ALL)
        [found] = read_objects(Trajectory, reply.document)
        return found, reply.partial

    assert depths(whole(ask)) == [0, 1, 2, 3, 4, 5]
    assert answers == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (trajectory(100), "more below 100.0 m, and brings nothing new"),
        (trajectory(None), "cannot be put together"),
        (MudLog(uid="m", name="m"), "cannot be put together"),
    ],
)
def test_parts_that_lead_nowhere_are_refused(answer: WitsmlObject, says: str) -> None:
    with pytest.raises(sdk.WellheadError, match=says):
        whole(lambda _: (answer, True))


def test_a_store_that_never_ends_is_refused() -> None:
    answers = iter(range(MOST_ANSWERS + 1))
    with pytest.raises(sdk.WellheadError, match="cannot be put together"):
        whole(lambda _: (trajectory(next(answers)), True))
    assert next(answers) == MOST_ANSWERS
