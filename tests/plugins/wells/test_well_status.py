"""A well's status: every change leaves who, when, from, to, effective time and remark."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_wells.models import StatusChange
from wellhead_wells.service import create_well
from wellhead_wells.vocabulary import WellStatus

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"


def test_the_statuses_are_witsml_s() -> None:
    assert len(WellStatus) == 17


def test_changes_are_recorded_in_order(api: ApiClient) -> None:
    well = api.post(
        WELLS,
        {"name": "W-1", "status": "drilling", "status_effective_at": "2024-01-05T12:00:00Z"},
    ).data
    path = f"{WELLS}/{well['id']}"
    answer = api.as_role("engineer").post(
        f"{path}/status",
        {
            "status": "completed",
            "effective_at": "2024-02-20T18:30:00+03:00",
            "remark": "upper completion run",
        },
    )
    assert answer.status == 201
    change = answer.data
    assert change | {"id": "", "recorded_at": ""} == {
        "id": "",
        "from_status": "drilling",
        "status": "completed",
        "effective_at": "2024-02-20T15:30:00Z",
        "remark": "upper completion run",
        "changed_by": "engineer@example.com",
        "recorded_at": "",
    }
    assert api.get(path).data["status"] == "completed"

    api.patch(path, {"status": "active -- producing", "status_remark": "first oil"})
    api.patch(path, {"status": "active -- producing", "operator": "Caprock"})  # no change of status
    history = api.get(f"{path}/status")
    assert history.meta["total"] == 3
    assert [(line["from_status"], line["status"]) for line in history.data] == [
        (None, "drilling"),
        ("drilling", "completed"),
        ("completed", "active -- producing"),
    ]
    last = history.data[-1]
    assert (last["remark"], last["changed_by"]) == ("first oil", "admin@example.com")
    assert last["effective_at"].endswith("Z")
    newest = api.get(f"{path}/status", sort="effective_at", order="desc", per_page=1)
    assert newest.data[0]["id"] == last["id"]


def test_a_change_that_cannot_be_is_explained(api: ApiClient) -> None:
    well = api.post(
        WELLS, {"name": "W-1", "status": "drilling", "status_effective_at": "2024-01-05T12:00:00Z"}
    ).data
    path = f"{WELLS}/{well['id']}/status"
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    for body, field, message in (
        ({"status": "drilling"}, "status", "since 2024-01-05T12:00:00Z"),
        ({"status": "completed", "effective_at": tomorrow}, "effective_at", "in the past"),
        (
            {"status": "completed", "effective_at": "1858-01-01T00:00:00Z"},
            "effective_at",
            "first oil well",
        ),
        (
            {"status": "completed", "effective_at": "2024-01-05T12:00:00Z"},
            "effective_at",
            "the last change, to drilling, was at 2024-01-05T12:00:00Z",
        ),
        ({"status": "completed", "effective_at": "2024-03-01T00:00:00"}, "effective_at", "Not a"),
        ({"status": "completed", "effective_at": "0001-01-01T00:00:00+23:59"}, "effective_at", ""),
        ({"status": "done"}, "status", "Must be one of"),
        ({}, "status", "Missing data"),
        ({"status": "completed", "remark": "x" * 1001}, "remark", "Length"),
    ):
        answer = api.post(path, body)
        assert answer.status == 422, (body, answer.body)
        assert answer.error["details"][0]["field"] == field
        assert message in answer.error["message"]
    assert api.get(path).meta["total"] == 1


def test_changes_at_the_same_time_make_one_unbroken_history(api: ApiClient) -> None:
    path = f"{WELLS}/{api.post(WELLS, {'name': 'W-1'}).data['id']}"

    def change(status: str) -> int:
        return api.post(f"{path}/status", {"status": status}).status

    statuses = ["drilling", "testing", "suspended", "active"] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(change, statuses))
    assert set(answers) <= {201, 422}
    history = api.get(f"{path}/status", per_page=100).data
    assert len(history) == 1 + answers.count(201)
    for earlier, later in pairwise(history):
        assert later["from_status"] == earlier["status"] != later["status"]
    assert api.get(path).data["status"] == history[-1]["status"]


def test_a_status_recorded_by_the_system_names_nobody(app: Flask) -> None:
    with app.app_context(), sdk.tenant("default"):
        create_well({"name": "W-1", "status": "active -- producing"})
        sdk.db.session.commit()
        change = sdk.db.session.scalars(select(StatusChange)).one()
        assert (change.from_status, change.changed_by) == (None, None)
