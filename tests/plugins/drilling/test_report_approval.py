"""The way of a report: submitted, approved by another person, revised with a reason."""

import itertools
from typing import Any

import pytest
from flask import Flask

from wellhead.testing import Answer, ApiClient

from .conftest import DRILLING, Site
from .reporting import REPORTS, activity, day_of, step, write

DAY = day_of("2026-06-10", {"at": "00:00"}, {"at": "09:00", "code": "6"})


class Desk:
    """A report written by the engineer, and who may do something about it."""

    def __init__(self, crew: Site, app: Flask) -> None:
        self.engineer = ApiClient(app).as_role("engineer")
        self.manager = ApiClient(app).as_role("manager")
        self.admin = crew.api
        crew.api = self.engineer
        self.report = write(crew, "2026-06-10", activities=DAY, remarks="first")
        self.url = f"{REPORTS}/{self.report['id']}"

    def step(self, api: ApiClient, name: str, **fields: Any) -> Answer:
        return step(api, self.report, name, **fields)

    def lines(self) -> list[str]:
        """Ids of its activities."""
        found = self.admin.get(f"{DRILLING}/activities", report_id=self.report["id"]).data
        return [row["id"] for row in found]

    def submitted(self) -> None:
        assert self.step(self.engineer, "submit").data["state"] == "submitted"

    def approved(self) -> dict[str, Any]:
        self.submitted()
        answer = self.step(self.manager, "approve")
        assert answer.data["state"] == "approved", answer.error
        found: dict[str, Any] = answer.data
        return found


@pytest.fixture
def desk(crew: Site, shared_app: Flask) -> Desk:
    return Desk(crew, shared_app)


def test_a_report_goes_from_draft_to_approved_and_says_by_whom(desk: Desk) -> None:
    assert desk.step(desk.engineer, "approve").status == 403
    desk.submitted()
    rejected = desk.step(desk.manager, "reject", reason="What was the trip for?").data
    assert (rejected["state"], rejected["rejection_reason"], rejected["submitted_by"]) == (
        "draft", "What was the trip for?", None
    )  # fmt: skip
    rows = desk.lines()
    lines = [{**DAY[0], "description": "Drilled ahead"}, DAY[1]]
    desk.engineer.patch(desk.url, {"remarks": "Wiper trip", "activities": lines})
    report = desk.approved()
    assert (report["submitted_by"], report["approved_by"], report["rejection_reason"]) == (
        "engineer@example.com", "manager@example.com", None
    )  # fmt: skip
    assert report["approved_at"] > report["submitted_at"]
    states = [
        row["new"]["state"]
        for row in desk.admin.get("/api/v1/audit", record_id=desk.report["id"], order="asc").data
        if "state" in row["new"]
    ]
    assert sorted(states) == sorted(["draft", "submitted", "draft", "submitted", "approved"])
    assert desk.lines() == rows  # the same records, of which one was changed
    trail = [desk.admin.get("/api/v1/audit", record_id=row).data for row in rows]
    changes = [(entry["action"], entry["new"]) for entry in itertools.chain(*trail)]
    changed = [new for action, new in changes if action != "insert"]
    assert changed == [{"description": "Drilled ahead"}]


def test_a_step_that_the_state_does_not_allow_has_its_code(desk: Desk) -> None:
    def steps() -> list[tuple[int, str]]:
        """What is answered to each step that the state does not allow."""
        answers = [
            desk.step(desk.engineer, "submit"),
            desk.step(desk.manager, "approve"),
            desk.step(desk.manager, "reject", reason="no"),
            desk.engineer.patch(desk.url, {"remarks": "x"}),
            desk.engineer.delete(desk.url),
        ]
        return [(one.status, one.error["code"]) for one in answers if one.status != 200]

    early = desk.engineer.patch(desk.url, {"revision_reason": "because"})
    assert (early.status, early.error["details"][0]["field"]) == (422, "revision_reason")
    only_submitted = (409, "report_not_submitted")
    for name in ("approve", "reject"):
        answer = desk.step(desk.manager, name, **({"reason": "no"} if name == "reject" else {}))
        assert (answer.status, answer.error["code"]) == only_submitted
    desk.submitted()
    waiting = (409, "report_submitted")
    for change in (
        desk.engineer.patch(desk.url, {"remarks": "x"}),
        desk.engineer.delete(desk.url),
    ):
        assert (change.status, change.error["code"]) == waiting
    assert desk.step(desk.engineer, "submit").error["code"] == "report_not_draft"
    desk.step(desk.manager, "approve")
    assert steps() == [
        (409, "report_not_draft"),
        only_submitted,
        only_submitted,
        (422, "validation_failed"),
        (409, "report_approved"),
    ]
    refused = desk.engineer.patch(desk.url, {"remarks": "x"}).error["details"][0]
    assert refused["field"] == "revision_reason"


def test_nobody_approves_what_they_had_a_hand_in(desk: Desk) -> None:
    desk.admin.patch(desk.url, {"remarks": "the administrator's"})
    desk.submitted()
    own = desk.step(desk.admin, "approve")
    assert (own.status, own.error["code"]) == (403, "approval_by_author")
    assert desk.step(desk.manager, "approve").status == 200
    desk.engineer.patch(desk.url, {"revision_reason": "late data"})
    desk.submitted()
    assert desk.step(desk.admin, "approve").status == 200  # a hand in revision 1 alone


def test_a_change_after_approval_is_a_revision_and_the_earlier_stays_whole(desk: Desk) -> None:
    first = desk.approved()
    later = day_of("2026-06-10", {"at": "00:00"}, {"at": "08:00", "code": "8", "class": "downtime"})
    change = {"activities": later, "remarks": "second", "revision_reason": "Pump failure"}
    second = desk.engineer.patch(desk.url, change).data
    assert (second["state"], second["revision"]) == ("draft", 2)
    assert (second["revision_reason"], second["approved_by"]) == ("Pump failure", None)
    more = desk.engineer.patch(desk.url, {"summary": "Repaired pump"}).data
    assert (more["revision"], more["revision_reason"]) == (2, "Pump failure")
    assert desk.engineer.patch(desk.url, {"revision_reason": None}).status == 422
    kept = desk.engineer.get(f"{desk.url}/revisions").data
    assert [one["revision"] for one in kept] == [1]
    assert desk.engineer.get(f"{desk.url}/revisions/2").status == 404

    desk.approved()
    kept = desk.engineer.get(f"{desk.url}/revisions").data
    assert [(one["revision"], one["reason"]) for one in kept] == [(1, None), (2, "Pump failure")]
    whole = desk.engineer.get(f"{desk.url}/revisions/1").data
    assert whole["report"] == {**first, "updated_at": whole["report"]["updated_at"]}
    assert whole["day"] == {key: [] for key in whole["day"]}
    newer = desk.engineer.get(f"{desk.url}/revisions/2").data["report"]
    assert (newer["remarks"], newer["activities"][1]["class"]) == ("second", "downtime")
    for revision, remark in ((1, "first"), (2, "second")):
        page = desk.engineer.get(f"{desk.url}/html", revision=revision).text
        assert f"revision {revision}, approved" in page
        assert f"<p>{remark}</p>" in page
    assert desk.engineer.get(f"{desk.url}/html", revision=3).status == 404


def test_two_who_edit_together_are_told(desk: Desk) -> None:
    tag = desk.engineer.get(desk.url).headers["ETag"]
    mine = {"If-Match": tag}
    lines = [*DAY[:1], activity("2026-06-10T09:00", "2026-06-10T10:00")]
    changed = desk.engineer.request("PATCH", desk.url, {"activities": lines}, headers=mine)
    assert changed.status == 200
    late = desk.admin.request("PATCH", desk.url, {"remarks": "x"}, headers=mine)
    assert (late.status, late.error["code"]) == (412, "precondition_failed")
    for request in (("POST", f"{desk.url}/submit"), ("DELETE", desk.url)):
        assert desk.admin.request(*request, headers=mine).status == 412
    assert desk.engineer.get(desk.url).headers["ETag"] == changed.headers["ETag"]
    assert desk.engineer.delete(desk.url).status == 200  # a draft that nobody approved
