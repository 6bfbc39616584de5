"""What a tag's datatype and states take of the values of a file."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_historian import api as historian
from wellhead_historian.forwarding.session import store_readings
from wellhead_historian.imports import service
from wellhead_historian.imports.datatypes import refuse_others, rounded, whole_of
from wellhead_historian.imports.values import read_numbers
from wellhead_historian.testing import BASE, batch_of

pytestmark = pytest.mark.one_app

PATH = "/api/v1/tags/imports"
SPAN = {"from": "2019-12-31T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
POWER_53 = 2**53


@pytest.fixture
def make(app: Flask) -> Any:
    """Make a tag; its id."""

    def made(name: str, datatype: str, **described: Any) -> int:
        with app.app_context(), sdk.tenant("default"):
            tag = historian.create_tag(name=name, datatype=datatype, **described).id
            sdk.db.session.commit()
        return int(tag)

    return made


def tried(api: ApiClient, tag: str, *values: Any, **query: Any) -> tuple[Any, list[Any]]:
    """(answer to columns of JSON, where what is wrong)"""
    body = {"tag": tag, "t": list(range(len(values))), "v": list(values)}
    asked = {"time": "us", "dry_run": "true", **query}
    data = api.request("POST", PATH, query=asked, json=body).data
    return data, [error["row"] for error in data["errors"]]


@pytest.mark.parametrize(
    ("datatype", "taken", "refused"),
    [
        ("int64", [1, "2.0", -3, POWER_53, 2**60, "1e3"], [1.5, "0.1", POWER_53 + 1, 2**63, True]),
        ("uint64", [0, 2**63], [-1, 2**64, "9007199254740993"]),
        ("int16", [32_767, -32_768], [32_768, "-32769", 0.5]),
        ("uint8", [0, 255], [256, -1]),
        ("bool", [0, 1, True, False, "true", " false ", "1.0"], [2, 0.5, -1, "2", "yes"]),
        ("float64", [1, 1.5, POWER_53 + 1, "0.1"], [True, False]),
        ("float32", [0.1], [True]),
    ],
)
def test_a_datatype_takes_its_own_values_only(
    api: ApiClient, make: Any, datatype: str, taken: list[Any], refused: list[Any]
) -> None:
    make("D", datatype)
    data, wrong = tried(api, "D", *taken, *refused)
    assert wrong == list(range(len(taken), len(taken) + len(refused)))
    assert data["readings"] == len(taken)


def test_what_is_wrong_says_what_to_do(api: ApiClient, make: Any) -> None:
    make("I", "int64")
    make("B", "bool")
    make("H", "int16")
    data, _ = tried(api, "I", 1.5, POWER_53 + 1)
    broken, large = (error["message"] for error in data["errors"])
    assert broken.startswith("is no whole number, and its tag is of datatype int64: correct it")
    assert large.startswith(f"would be kept as {POWER_53}")
    assert "datatype string" in large
    assert tried(api, "B", 2)[0]["errors"][0]["message"].endswith("write 1, 0, true or false")
    [error] = tried(api, "H", 40_000)[0]["errors"]
    assert "-32,768 to 32,767" in error["message"]
    text = "tag,time,value\nI,2020-01-01T00:00:00Z,1.5\n"
    header = {"Content-Type": "text/csv"}
    answer = api.request("POST", PATH, query={"id": "one"}, headers=header, text=text)
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "row 2, value"
    assert answer.error["details"][0]["value"] == "1.5"


def test_whole_numbers_of_another_unit_are_converted_and_stay_whole(
    api: ApiClient, make: Any
) -> None:
    make("L", "int64", unit="km")
    data, wrong = tried(api, "L", 3_000, 7_000, 1_500, unit="m")
    assert (data["readings"], wrong) == (2, [2])
    whole = whole_of("int64")
    assert whole is not None
    values, _ = read_numbers([0.1 + 0.2])
    assert refuse_others(rounded(values * 10), whole) == {}


def test_what_a_device_scales_or_nobody_knows_any_more_takes_any_number(
    app: Flask, api: ApiClient, make: Any
) -> None:
    options = {"host": "127.0.0.1", "port": 1502, "unit": 1}
    plc = {"name": "PLC", "driver": "modbus", "options": options}
    device = api.post("/api/v1/scada/devices", plc).data["id"]
    group = api.post(
        "/api/v1/scada/scan-groups", {"device_id": device, "name": "1 s", "period_ms": 1000}
    ).data["id"]

    def read(address: int, **how: Any) -> Any:
        place = {"table": "holding", "address": address}
        tag = {"device_id": device, "scan_group_id": group, "address": place, "datatype": "uint16"}
        return api.post("/api/v1/scada/tags", {**tag, **how})

    assert read(0, name="SCALED", scale=0.1).status == 201
    assert read(1, name="PLAIN").status == 201
    tag = make("GONE", "uint16")
    assert tried(api, "SCALED", 12.5, 70_000)[1] == []
    assert tried(api, "PLAIN", 12.5, 70_000)[1] == [0, 1]
    assert tried(api, "GONE", 12.5)[1] == [0]
    with app.app_context(), sdk.tenant("default"):
        source = historian.create_source("a device that is there no more")
        store_readings([batch_of(source, [(tag, BASE, 12.5, 192)])])
        sdk.db.session.commit()
    assert tried(api, "GONE", 12.5)[1] == []


def test_states_are_named_with_blanks_around_and_never_overrule_a_number(
    api: ApiClient, make: Any
) -> None:
    tag = make("S", "int64", states={"0": "Stopped", "1": "Running", "2": "2"})
    assert tried(api, "S", " Running ", "Stopped", "1", "2", id="s", dry_run="false")[1] == []
    assert api.get(f"/api/v1/tags/{tag}/readings", **{**SPAN, "from": "1970-01-01T00:00:00Z"}).data[
        "v"
    ] == [1.0, 0.0, 1.0, 2.0]
    values, wrong = read_numbers(["1", " Up"], {"1": 2.0, "Up": 3.0})
    assert (values.tolist(), wrong) == ([1.0, 3.0], {})


@pytest.mark.parametrize("name", ["1", "1.5", "-2", "1e3", "2.0"])
def test_a_state_is_not_named_as_the_number_of_another(api: ApiClient, name: str) -> None:
    wrong = {"0": "Stopped", "1": "Running", "20": name}
    made = {"name": "S", "datatype": "int64", "states": {"0": "Stopped", "1": "1", "2": "2.0"}}
    tag = api.post("/api/v1/tags", made).data["id"]
    for answer in (
        api.post("/api/v1/tags", {**made, "name": "S2", "states": wrong}),
        api.patch(f"/api/v1/tags/{tag}", {"states": wrong}),
    ):
        assert answer.status == 422
        [detail] = answer.error["details"]
        assert (detail["field"], detail["value"]) == ("states.20", name)
        assert "Name it in words" in detail["remedy"]
    bulk = {"items": [{**made, "name": "S3", "states": wrong}]}
    [row] = api.post("/api/v1/tags/bulk", bulk).error["details"]
    assert "states.20" in row["field"]


def test_an_import_of_nothing_leaves_its_id_to_the_real_one(api: ApiClient, make: Any) -> None:
    make("P", "float64")

    def send(text: str, **query: Any) -> Any:
        header = {"Content-Type": "text/csv"}
        asked = {"id": "one", **query}
        return api.request("POST", PATH, query=asked, headers=header, text=text)

    header, row = "tag,time,value\n", "P,2020-01-01T00:00:00Z,1\n"
    assert send(header).data["readings"] == 0
    assert send(f"{header}P,2020-01-01T00:00:00Z,x\n", on_error="skip").data["wrong_rows"] == 1
    nothing = {"tag": "P", "t": [], "v": []}
    assert api.request("POST", PATH, query={"id": "one"}, json=nothing).data["readings"] == 0
    assert api.get(PATH).data == []
    assert send(header + row).data["readings"] == 1
    assert send(header + row).data["readings"] == 1
    assert send(header).status == 409, "what is stored under it stays"


def test_the_real_import_waits_for_one_of_nothing_and_is_stored(
    api: ApiClient,
    make: Any,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make("P", "float64")
    held, go_on = threading.Event(), threading.Event()
    answered = service._answer

    def slowly(*given: Any) -> dict[str, Any]:
        answer = answered(*given)
        if not answer["readings"]:
            held.set()
            assert go_on.wait(30)
        return answer

    def send(text: str) -> Any:
        header = {"Content-Type": "text/csv"}
        return api.request("POST", PATH, query={"id": "one"}, headers=header, text=text)

    def waits() -> bool:
        with connection.transaction():
            asked = (
                "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted"
                " AND locktype = 'transactionid' AND datname = current_database()"
            )
            return connection.execute(asked).fetchone() is not None

    monkeypatch.setattr(service, "_answer", slowly)
    with ThreadPoolExecutor(2) as threads:
        nothing = threads.submit(send, "tag,time,value\n")
        try:
            assert held.wait(30)
            real = threads.submit(send, "tag,time,value\nP,2020-01-01T00:00:00Z,1\n")
            wait_until(waits, 30)
        finally:
            go_on.set()
        assert nothing.result().data["readings"] == 0
        assert real.result().data["readings"] == 1
    assert api.get(f"{PATH}/one").data["readings"] == 1
