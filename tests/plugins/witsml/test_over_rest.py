"""What the API asks of a store goes through the process `witsml`: here in a thread, with the real
lock, heartbeat and workers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from tests.plugins.witsml.rig import Rig, at

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_witsml.objects.logs import Curve
from wellhead_witsml.objects.operations import Message
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.polling.answers import end_unanswered
from wellhead_witsml.polling.process import TenantReader
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.functions import Rules

pytestmark = pytest.mark.one_app

ROP = Curve(uid="r", mnemonic="ROP", unit="m/h", type="double")


@contextmanager
def reading(api: ApiClient) -> Iterator[None]:
    """A process that reads, while the block runs."""
    reader = TenantReader(sdk.runtime_of(api.app).settings, "default", lambda: api.app)
    ending = threading.Event()

    def run() -> None:
        while not ending.wait(0.05):
            reader.go()
        reader.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


@pytest.fixture
def read(rig: Rig) -> Iterator[None]:
    """Once the process is heard."""
    with reading(rig.api):
        wait_until(
            lambda: (
                rig.api.get(f"/api/v1/witsml/stores/{rig.store_id}").data["status"]["state"]
                == "connected"
            ),
            30,
            what="the store to be met",
        )
        yield


def post(rig: Rig, what: str, body: Any = None) -> Any:
    return rig.api.post(f"/api/v1/witsml/stores/{rig.store_id}/{what}", body)


@pytest.mark.usefixtures("read")
def test_a_store_is_tested_browsed_and_imported_from(rig: Rig) -> None:
    tested = post(rig, "test").data
    assert tested["versions"] == ["1.3.1.1", "1.4.1.1"]
    assert (tested["max_data_nodes"], tested["compression"]) == (10_000, "gzip")
    assert "log" in tested["functions"]["WMLS_GetFromStore"]
    rig.start_log("t", [ROP])
    rig.grow("t", [at(0)], {"ROP": [1.0]})
    objects = f"/api/v1/witsml/stores/{rig.store_id}/objects"
    [well] = rig.api.get(objects, object_type="well").data
    assert (well["uid"], well["name"], well["record_id"]) == ("w", rig.name, None)
    [log] = rig.api.get(objects, object_type="log", uid_well="w", uid_wellbore="b").data
    assert (log["uid"], log["index_type"], log["name_wellbore"]) == ("t", "date time", rig.name)
    told = post(rig, "imports", {"object_type": "well", "dry_run": True}).data
    assert (told["created"], told["dry_run"]) == (1, True)
    made = post(rig, "imports", {"object_type": "well"}).data["objects"][0]
    assert post(rig, "imports", {"object_type": "well"}).data["unchanged"] == 1
    [well] = rig.api.get(objects, object_type="well").data
    assert well["record_id"] == made["id"]
    assert post(rig, "imports", {"object_type": "wellbore", "uid_well": "w"}).data["created"] == 1


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("rig", [("1.4.1.1", Rules(max_nodes=4), "UTC")], indirect=True)
def test_trajectories_and_mud_logs_in_parts_are_imported_whole(rig: Rig) -> None:
    bore = rig.bring()
    depths = [100.0 * number for number in range(6)]
    stations = "".join(
        f'<trajectoryStation uid="s{md:g}"><md uom="m" datum="KB">{md}</md>'
        f'<incl uom="dega">{md / 100}</incl><azi uom="dega">45</azi></trajectoryStation>'
        for md in depths
    )
    intervals = "".join(
        f'<geologyInterval uid="i{md:g}"><mdTop uom="m">{md}</mdTop>'
        f'<mdBottom uom="m">{md + 100}</mdBottom></geologyInterval>'
        for md in depths
    )
    above = 'uidWell="w" uidWellbore="b"'
    names = f"<nameWell>{rig.name}</nameWell><nameWellbore>{rig.name}</nameWellbore>"
    space = 'xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1"'
    for kind, inner in (("trajectory", stations), ("mudLog", intervals)):
        one = f'<{kind} {above} uid="one">{names}<name>one</name>{inner}</{kind}>'
        rig.writer.add(kind, f"<{kind}s {space}>{one}</{kind}s>")
        told = post(rig, "imports", {"object_type": kind, "uid_well": "w"}).data
        assert told["created"] == 1, told
    [well] = rig.api.get("/api/v1/wells", name=rig.name).data
    path = f"/api/v1/wells/{well['id']}/wellbores/{bore}/surveys"
    [survey] = rig.api.get(path).data
    assert rig.api.get(f"{path}/{survey['id']}").data["stations"]["md"] == depths
    [log] = rig.api.get("/api/v1/witsml/mud-logs", wellbore_id=bore).data
    assert [one["md_top"] for one in log["intervals"]] == depths


@pytest.mark.usefixtures("read")
def test_an_object_is_added_updated_and_deleted_with_audit(rig: Rig) -> None:
    of = Message(uid="m", name="Shift", **rig.below, type="informational", text="Shift change")
    xml = write_object(of, "1.4.1.1").replace("<message ", "<documentInfo/><message ", 1)
    added = post(rig, "writes", {"function": "add", "xml": xml}).data
    assert (added["state"], added["object_type"], added["result"]) == ("done", "message", None)
    again = post(rig, "writes", {"function": "add", "xml": xml}).data
    assert (again["state"], again["result"]) == ("refused", -405)
    assert "exists already" in again["message"]  # GetBaseMsg's words
    assert post(rig, "writes", {"function": "update", "xml": xml}).data["state"] == "done"
    gone = (
        '<messages xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">'
        '<message uidWell="w" uidWellbore="b" uid="m"/></messages>'
    )
    assert post(rig, "writes", {"function": "delete", "xml": gone}).data["state"] == "done"
    listed = rig.api.get(f"/api/v1/witsml/stores/{rig.store_id}/writes", function="add").data
    assert [one["state"] for one in listed] == ["done", "refused"]
    audit = rig.api.get("/api/v1/audit", table="witsml_write", record_id=again["id"]).data
    assert {(one["action"], one["source"]) for one in audit} == {
        ("insert", "api"),
        ("update", "witsml"),
    }
    assert {one["actor_email"] for one in audit} == {"admin@example.com"}


@pytest.mark.usefixtures("read")
def test_a_write_without_an_answer_is_unknown_and_not_sent_again(rig: Rig) -> None:
    of = Message(uid="m", name="Shift", **rig.below, text="Shift change")
    rig.server.store.faults = Faults(cut=True)
    body = {"function": "add", "xml": write_object(of, "1.4.1.1")}
    written = post(rig, "writes", body).data
    assert written["state"] == "unknown"
    rig.server.store.faults = Faults()
    post(rig, "test")  # what would be sent again would go before
    path = f"/api/v1/witsml/stores/{rig.store_id}/writes"
    assert [one["state"] for one in rig.api.get(path).data] == ["unknown"]


def test_a_write_of_a_process_that_was_killed_is_unknown(rig: Rig) -> None:
    """It was marked as sent, and that committed, before it went out."""
    with rig.api.app.app_context(), sdk.tenant("default"):
        sdk.db.session.execute(
            text(
                "INSERT INTO witsml_write (store_id, function, object_type, xml, state, user_email,"
                " deadline) VALUES (:store, 'add', 'message', '<x/>', 'sent', 'a@b.c', now())"
            ),
            {"store": rig.store_id},
        )
        sdk.db.session.commit()
        end_unanswered()
    [found] = rig.api.get(f"/api/v1/witsml/stores/{rig.store_id}/writes").data
    assert (found["state"], found["result"]) == ("unknown", None)


@pytest.mark.usefixtures("read")
def test_what_a_store_answers_is_told(rig: Rig) -> None:
    rig.server.store.faults = Faults(http_500=True)
    answer = post(rig, "test")
    assert (answer.status, answer.error["code"]) == (502, "store_error")
    assert "HTTP 500" in answer.error["message"]


def test_without_a_process_nothing_waits(rig: Rig) -> None:
    with rig.api.app.app_context(), sdk.tenant("default"):
        sdk.db.session.execute(text("DELETE FROM witsml_reader"))
        sdk.db.session.commit()
    answer = post(rig, "test")
    assert (answer.status, answer.error["code"]) == (504, "witsml_silent")
    assert "wellhead witsml run" in answer.error["message"]


def test_one_process_reads_and_another_stands_by(rig: Rig) -> None:
    settings = sdk.runtime_of(rig.api.app).settings
    one, other = (TenantReader(settings, "default", lambda: rig.api.app) for _ in range(2))
    one.go()
    other.go()
    assert (one.reads, other.reads) == (True, False)
    one.close()

    def taken_over() -> bool:
        other.go()
        return other.reads

    wait_until(taken_over, 10, what="the other to take over")
    other.close()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://store.example.com"}, "url"),
        ({"url": "https://me:secret@store.example.com"}, "url"),
        ({"url": "ftp://store.example.com"}, "url"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"password_file": "../etc/passwd"}, "password_file"),
        ({"password_file": "p"}, "user_name"),
    ],
)
def test_a_store_that_cannot_be_is_refused(
    shared_api: ApiClient, change: dict[str, Any], field: str
) -> None:
    body = {"name": "No", "url": "https://store.example.com/witsml", **change}
    answer = shared_api.post("/api/v1/witsml/stores", body)
    assert answer.status == 422
    assert [one["field"] for one in answer.error["details"]] == [field]
