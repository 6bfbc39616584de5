"""All nodes of a broker: which points their metrics are, when they read it, and what is shown."""

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import host as hosts
from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import (
    Metric,
    PropertySet,
    PropertyValue,
)
from wellhead_scada_mqtt.sparkplug.browse import branches, metrics
from wellhead_scada_mqtt.sparkplug.datatypes import NUMBERS
from wellhead_scada_mqtt.sparkplug.host import Host, NotFollowed, Outcome, Owner
from wellhead_scada_mqtt.sparkplug.topics import Topic

NOW_MS = 1_700_000_000_000
Told = list[tuple[str, int, float, int, int]]


def point(number: int, metric: str, datatype: str = "float64") -> sdk.Point:
    address = {"group": "g", "node": "n", "device": None, "metric": metric}
    return sdk.Point(number, metric, datatype, address)


def told(outcome: Outcome) -> Told:
    """(group, place, value, quality, seconds from NOW_MS) of each reading."""
    return [
        (some.group, place, value, code, round((at / 1000 - NOW_MS) / 1000))
        for some in outcome.pushed
        for place, value, code, at in zip(
            some.places.tolist(),
            some.values.tolist(),
            some.qualities.tolist(),
            some.times.tolist(),
            strict=True,
        )
    ]


def say(
    host: Host, verb: str, seq: int | None, *made: Metric, at: int = 0, now: float = 0.0
) -> Told:
    """`at`: seconds from NOW_MS on the node's clock."""
    payload = write.payload(made, NOW_MS + at * 1000, seq)
    return told(host.hear(Topic("g", verb, "n"), payload, now))


def p(value: float, seconds: int, **changed: bool) -> Metric:
    made = write.metric("float64", value, name="p", alias=1, time=NOW_MS + seconds * 1000)
    made.is_historical = changed.get("historical", False)
    return made


def test_one_metric_may_be_several_points_of_several_groups() -> None:
    host = Host(2.0, 5.0)
    first = (point(0, "p"), point(1, "q"), point(2, "p"))
    host.watch([sdk.PushGroup("a", 1.0, first), sdk.PushGroup("b", 1.0, (point(3, "p"),))])
    q = write.metric("float64", 2.0, name="q", alias=2, time=NOW_MS)

    born = say(host, "NBIRTH", 0, p(1.0, 0), q)
    changed = say(host, "NDATA", 1, p(3.0, 1))

    assert sorted(born) == [
        ("a", 0, 1.0, 192, 0),
        ("a", 1, 2.0, 192, 0),
        ("a", 2, 1.0, 192, 0),
        ("b", 0, 1.0, 192, 0),
    ]
    assert sorted(changed) == [("a", 0, 3.0, 192, 1), ("a", 2, 3.0, 192, 1), ("b", 0, 3.0, 192, 1)]


def test_births_and_deaths_are_dated_so_that_the_newest_is_what_is_so() -> None:
    host = Host(2.0, 5.0)
    host.watch([sdk.PushGroup("a", 1.0, (point(0, "p"),))])
    # measured an hour before the birth; the node's clock is far behind or ahead: no matter
    assert say(host, "NBIRTH", 0, p(1.0, -3600), now=50.0) == [("a", 0, 1.0, 192, 0)]

    [(_, _, value, code, at)] = say(host, "NDEATH", None, now=57.0)
    assert (np.isnan(value), code, at) == (True, sdk.quality.BAD_NOT_CONNECTED, 7)

    assert say(host, "NBIRTH", 0, p(1.0, -3600), at=9, now=59.0) == [("a", 0, 1.0, 192, 9)]


def test_historical_data_is_told_with_its_time_and_is_not_present() -> None:
    host = Host(2.0, 5.0)
    host.watch([sdk.PushGroup("a", 1.0, (point(0, "p"),))])
    say(host, "NBIRTH", 0, p(1.0, 0))

    assert say(host, "NDATA", 1, p(0.5, -60, historical=True), p(2.0, 1)) == [
        ("a", 0, 0.5, 192, -60),
        ("a", 0, 2.0, 192, 1),
    ]
    assert host.read([point(0, "p")]).values.tolist() == [2.0]
    assert told(host.watch([sdk.PushGroup("b", 1.0, (point(0, "p"),))])) == [("b", 0, 2.0, 192, 1)]


def test_more_nodes_than_are_followed_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "MAX_NODES", 1)
    host = Host(2.0, 5.0)
    say(host, "NBIRTH", 0, p(1.0, 0))

    with pytest.raises(NotFollowed):
        host.hear(Topic("g", "NBIRTH", "another"), write.payload([], NOW_MS, 0), 0.0)
    expected = host.expect([Owner("g", "with tags")], 0.0)
    assert [owner.node for owner, _ in expected.rebirths] == ["with tags"]


def test_what_is_browsed_says_unit_writability_and_what_cannot_be_a_tag() -> None:
    said = PropertySet(
        keys=["engUnit", "readOnly"],
        values=[PropertyValue(string_value="kPa"), PropertyValue(boolean_value=True)],
    )
    rich = p(1.0, 0)
    rich.properties = said.SerializeToString()
    brief = write.metric("int16", None, name="brief")
    brief.is_transient = True
    table = Metric(name="table", datatype=NUMBERS["DataSet"], dataset_value=b"")
    host = Host(2.0, 5.0)
    say(host, "NBIRTH", 0, write.metric("int64", 0, name=write.BDSEQ), rich, brief, table)

    assert [found.branch for found in branches(host.present)] == ["g/n"]
    owner = Owner.parse("g/n")
    one, two, three = metrics(owner, host.present[owner])
    assert (one.name, one.datatype, one.unit, one.value, one.writable) == (
        "p",
        "float64",
        "kPa",
        1.0,
        False,
    )
    assert one.address == dict(point(0, "p").address)
    assert (two.value, two.writable, (two.description or "")[:9]) == (None, None, "Transient")
    assert (three.datatype, three.address) == ("DataSet", None)
