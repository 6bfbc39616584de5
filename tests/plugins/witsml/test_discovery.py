"""A store of which every growing log is followed: new holes and logs appear by themselves."""

from typing import Any

import pytest
from tests.plugins.witsml.rig import UIDS, Rig, at, put

from wellhead.testing import ApiClient
from wellhead_witsml.objects import queries
from wellhead_witsml.objects.common import Measure
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.wells import Wellbore
from wellhead_witsml.store.functions import Rules

ROP = Curve(uid="r", mnemonic="ROP", unit="m/h", type="double")

pytestmark = pytest.mark.usefixtures("heard")


def turn(rig: Rig) -> None:
    """Look for new logs, and at those that are known, until the worker wants to wait."""
    assert rig.worker is not None
    rig.worker._next_discovery = 0.0  # it looks every half minute
    for _ in range(20):
        if rig.turn() > 0:
            return
    raise AssertionError("the worker never waits")


def followed(rig: Rig) -> dict[tuple[str, str], dict[str, Any]]:
    """Followed logs by wellbore and uid, as the store names them."""
    found = rig.api.get("/api/v1/witsml/logs", store_id=rig.store_id).data
    return {(one["uid_wellbore"], one["uid"]): one for one in found}


def allow(rig: Rig) -> None:
    path = f"/api/v1/witsml/stores/{rig.store_id}"
    assert rig.api.patch(path, {"follow_growing": True}).status == 200


def begin_sidetrack(rig: Rig, uid: str, parent: str) -> None:
    """The rig begins another hole, with a log that grows."""
    name = f"{rig.name} {uid}"
    bore = Wellbore(
        uid=uid,
        name=name,
        uid_well="w",
        name_well=rig.name,
        type="sidetrack",
        parent_uid=parent,
        depths={"mdKickoff": Measure(1500.0, "m", "KB")},
    )
    put(rig.writer, bore)
    hole = _Hole(**{**vars(rig), "hole": uid})
    hole.start_log("t", [ROP])
    hole.grow("t", [at(0), at(1)], {"ROP": [20.0, 21.0]})


class _Hole(Rig):
    """The same rig in another hole."""

    def __init__(self, hole: str, **rig: Any) -> None:
        super().__init__(**rig)
        self._hole = hole

    @property
    def below(self) -> dict[str, Any]:
        name = f"{self.name} {self._hole}"
        return {**super().below, "uid_wellbore": self._hole, "name_wellbore": name}


def test_the_logs_of_the_next_hole_are_followed_when_the_rig_begins_it(rig: Rig) -> None:
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    turn(rig)
    assert followed(rig) == {}  # nobody asked for it
    allow(rig)
    turn(rig)
    assert followed(rig).keys() == {("b", "t")}
    begin_sidetrack(rig, "st1", "b")
    begin_sidetrack(rig, "st2", "st1")
    turn(rig)
    turn(rig)
    logs = followed(rig)
    rows = {key: one["status"]["rows"] for key, one in logs.items()}
    assert rows == {("b", "t"): 1, ("st1", "t"): 2, ("st2", "t"): 2}
    assert rig.readings(logs["st2", "t"]["id"], "ROP") == [(0, 20), (1, 21)]
    [well] = rig.api.get("/api/v1/wells", name=rig.name).data
    bores = rig.api.get(f"/api/v1/wells/{well['id']}/wellbores").data
    parents = {one["name"]: one["parent_id"] for one in bores}
    ids = {one["name"]: one["id"] for one in bores}
    assert parents == {
        rig.name: None,
        f"{rig.name} st1": ids[rig.name],
        f"{rig.name} st2": ids[f"{rig.name} st1"],
    }


@pytest.mark.parametrize("rig", [("1.3.1.1", Rules(), "UTC")], indirect=True)
def test_a_log_whose_well_cannot_be_imported_is_told_and_tried_again(rig: Rig) -> None:
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    other = rig.api.post("/api/v1/wells", {"name": rig.name}).data
    allow(rig)
    turn(rig)
    store = f"/api/v1/witsml/stores/{rig.store_id}"
    status = rig.api.get(store).data["status"]
    assert status["state"] == "connected"
    assert "not followed: w/b/t: its well w cannot be imported" in status["reason"]
    assert followed(rig) == {}
    rig.api.patch(f"/api/v1/wells/{other['id']}", {"name": f"{rig.name} of others"})
    turn(rig)
    assert followed(rig).keys() == {("b", "t")}
    assert rig.api.get(store).data["status"]["reason"] is None


def test_a_log_that_has_ended_and_is_gone_stays_ended(rig: Rig) -> None:
    """Stores forget old holes: nothing is wrong with that."""
    rig.start_log("t", [ROP], growing=False)
    allow(rig)
    bore = rig.bring()
    log = rig.follow("t", wellbore_id=bore)
    assert rig.look(log)["state"] == "ended"
    rig.writer.delete("log", queries.identity_query(Log, "1.4.1.1", **UIDS, uid="t"))
    status = rig.look(log)
    assert (status["state"], status["failures"]) == ("ended", 0)
    assert "has it no more" in status["reason"]


def test_whoever_may_import_no_wells_may_not_have_it_done(rig: Rig) -> None:
    rights = ["witsml.read", "witsml.edit"]
    assert rig.api.post("/api/v1/roles", {"name": "logs", "permissions": rights}).status == 201
    user = {"email": "logs@example.com", "password": "correct horse battery", "roles": ["logs"]}
    assert rig.api.post("/api/v1/users", user).status == 201
    limited = ApiClient(rig.api.app).as_role("logs")
    path = f"/api/v1/witsml/stores/{rig.store_id}"
    assert limited.patch(path, {"follow_growing": True}).status == 403
    assert limited.patch(path, {"description": "Rig of block 7"}).status == 200
