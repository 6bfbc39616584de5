"""Which tags a body means, and files that readings were answered as."""

from typing import Any

import pytest

from wellhead.testing import ApiClient
from wellhead.testing.client import Answer

pytestmark = pytest.mark.one_app

PATH = "/api/v1/tags/imports"
TAGS = "/api/v1/tags"
SPAN = {"from": "2019-12-31T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


def make(api: ApiClient, name: str, **described: Any) -> int:
    return int(api.post(TAGS, {"name": name, **described}).data["id"])


def send(api: ApiClient, text: str, **query: Any) -> Answer:
    headers = {"Content-Type": "text/csv"}
    return api.request("POST", PATH, query=query, headers=headers, text=text)


def columns(api: ApiClient, tag: int | str, **query: Any) -> Answer:
    body = {"tag": tag, "t": [0], "v": [1]}
    return api.request("POST", PATH, query={"time": "us", **query}, json=body)


def read(api: ApiClient, tag: int) -> list[tuple[Any, ...]]:
    data = api.get(f"{TAGS}/{tag}/readings", **SPAN).data
    return list(zip(data["t"], data["v"], data["q"], strict=True))


def test_a_number_is_an_id_and_a_text_a_name_or_an_id_where_none_has_it(api: ApiClient) -> None:
    first = make(api, "P")
    assert columns(api, str(first), dry_run="true").data["errors"] == []
    [wrong] = columns(api, 2_000_000_000, dry_run="true").data["errors"]
    assert "no such tag" in wrong["message"]
    make(api, "2000000000")
    assert len(columns(api, 2_000_000_000, dry_run="true").data["errors"]) == 1
    assert columns(api, "2000000000", dry_run="true").data["errors"] == []
    named = make(api, str(first))
    assert columns(api, first, dry_run="true").data["errors"] == []
    text = f"tag,time,value\n{first},2020-01-01T00:00:00Z,1\n"
    wide = f"time,{first}\n2020-01-01T00:00:00Z,1\n"
    told = [
        columns(api, str(first), dry_run="true").data["errors"][0]["message"],
        send(api, text, dry_run="true").data["errors"][0]["message"],
        send(api, wide, dry_run="true").error["details"][0]["message"],
    ]
    for message in told:
        assert f"write {named} where the first is meant, and 'P' where it is the second" in message
    assert send(api, text.replace(f"\n{first},", "\nP,"), id="a").data["readings"] == 1
    assert send(api, text.replace(f"\n{first},", f"\n{named},"), id="b").data["readings"] == 1
    assert len(read(api, first)) == len(read(api, named)) == 1


def test_a_file_of_one_tags_readings_goes_into_another_tag(api: ApiClient) -> None:
    tag, other = make(api, "P", unit="bar"), make(api, "P2", unit="bar")
    text = (
        "tag,time,value,quality\nP,2020-01-01T00:00:00.123456Z,0.1,\n"
        "P,2020-01-01T00:00:01Z,,bad\nP,2020-01-01T00:00:02Z,3e-7,uncertain\n"
    )
    assert send(api, text, id="a").data["readings"] == 3
    file = api.get(f"{TAGS}/{tag}/readings", **SPAN, format="csv").text
    assert file.startswith("t,v,q")
    refused = send(api, file, id="b")
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "tag")
    assert "like tag=W-01.PT" in refused.error["details"][0]["remedy"]
    assert send(api, file, id="b", tag="P2").data["readings"] == 3
    assert read(api, other) == read(api, tag)
    both = send(api, text, id="c", tag="P")
    assert (both.status, both.error["details"][0]["field"]) == (422, "tag")
    answered = api.get(f"{TAGS}/{tag}/readings", **SPAN).data
    query = {"id": "d", "tag": "P2", "time": "us"}
    assert api.request("POST", PATH, query=query, json=answered).data["readings"] == 3
    twice = api.request("POST", PATH, query={**query, "id": "f"}, json={"tag": "P", **answered})
    assert (twice.status, twice.error["details"][0]["field"]) == (422, "tag")
    long = "time,value\n2020-01-01T00:00:03Z,4\n"
    assert send(api, long, id="e", tag="P2").data["readings"] == 1


def test_a_text_that_is_empty_is_one_where_its_quality_is_said(api: ApiClient) -> None:
    tag, other = make(api, "X", datatype="string"), make(api, "X2", datatype="string")
    make(api, "P")
    text = (
        "tag,time,value,quality\nX,2020-01-01T00:00:00Z,,192\nX,2020-01-01T00:00:01Z,,bad\n"
        "X,2020-01-01T00:00:02Z,Off,\n"
    )
    assert send(api, text, id="a").data["readings"] == 3
    there = read(api, tag)
    assert [row[1:] for row in there] == [("", 192), (None, 0), ("Off", 192)]
    file = api.get(f"{TAGS}/{tag}/readings", **SPAN, format="csv").text
    assert send(api, file, id="b", tag="X2").data["readings"] == 3
    assert read(api, other) == there
    answered = api.get(f"{TAGS}/{tag}/readings", **SPAN).data
    query = {"id": "c", "tag": "X2", "time": "us"}
    assert api.request("POST", PATH, query=query, json=answered).data["readings"] == 3
    assert read(api, other) == there
    unsaid = (
        "tag,time,value,quality\nX,2020-01-01T00:00:00Z,,\nP,2020-01-01T00:00:00Z,,192\n"
        "Q,2020-01-01T00:00:00Z,,192\n"
    )
    told = send(api, unsaid, dry_run="true").data["errors"]
    found = [(error["row"], error["column"]) for error in told]
    assert found == [(2, "value"), (3, "value"), (4, "tag")]


def test_a_file_of_many_tags_goes_into_those_of_their_names_elsewhere(api: ApiClient) -> None:
    described: dict[str, dict[str, Any]] = {
        "P": {"unit": "bar"},
        "N": {"datatype": "int64", "states": {"0": "Off", "1": "On"}},
        "B": {"datatype": "bool"},
        "X": {"datatype": "string"},
        "7": {"unit": "degC"},
    }
    first = {name: make(api, name, **how) for name, how in described.items()}
    text = (
        "tag,time,value,quality\nP,2020-01-01T00:00:00Z,12.5,\nP,2020-01-01T00:00:01Z,,bad\n"
        "N,2020-01-01T00:00:00Z,On,\nB,2020-01-01T00:00:00Z,true,\n7,2020-01-01T00:00:00Z,3,\n"
        'X,2020-01-01T00:00:00Z,"two\nlines, said ""he""",64\n'
    )
    assert send(api, text, id="a").data["readings"] == 6
    asked = {"tags": list(described), **SPAN, "format": "csv"}
    file = api.post(f"{TAGS}/readings/query", asked).text
    assert file.startswith("tag,name,unit,t,v,q")
    before = {name: read(api, tag) for name, tag in first.items()}
    for name, tag in first.items():  # their numbers are others' now
        assert api.patch(f"{TAGS}/{tag}", {"name": f"old {name}"}).status == 200
    there = {name: make(api, name, **how) for name, how in reversed(described.items())}
    assert send(api, file, id="b").data["readings"] == 6
    assert {name: read(api, tag) for name, tag in there.items()} == before
    lost = file.replace(",7,degC,", ",6,degC,")  # an id, and no name
    [wrong] = send(api, lost, dry_run="true").data["errors"]
    assert (wrong["column"], wrong["value"]) == ("tag", "6")


def test_units_that_a_file_says_are_converted(api: ApiClient) -> None:
    tag = make(api, "P", unit="bar")
    send(api, "time,P\n2020-01-01T00:00:00Z,10\n", id="a")
    asked = {"tags": ["P"], **SPAN, "format": "csv", "units": "oilfield"}
    file = api.post(f"{TAGS}/readings/query", asked).text
    assert ",psi," in file
    assert send(api, file, id="b").data["readings"] == 1
    assert [value for _, value, _ in read(api, tag)] == [pytest.approx(10.0)]
    for wrong, query in (
        (file, {"unit": "psi"}),
        (file + file.splitlines()[1].replace("psi", "bar"), {}),
        (file.replace("psi", "furlongs"), {}),
    ):
        refused = send(api, wrong, id="c", **query)
        assert (refused.status, refused.error["details"][0]["field"]) == (422, "unit")
