"""A swinging door and a value that holds, set by two at the same moment: no tag gets both."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest

from wellhead.testing import Answer, ApiClient, wait_until

pytestmark = pytest.mark.one_app

TAGS = "/api/v1/scada/tags"
DOOR = {"exception": {"swinging_door": 0.5}}
WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()"""

Act = Callable[[], Answer]


@pytest.fixture
def place(api: ApiClient) -> dict[str, Any]:
    """Of a field tag, all but which tag it is."""
    modbus = {"name": "PLC", "driver": "modbus", "options": {"host": "127.0.0.1", "port": 1502}}
    device = api.post("/api/v1/scada/devices", modbus).data["id"]
    group = {"device_id": device, "name": "1 s", "period_ms": 1000}
    return {
        "device_id": device,
        "scan_group_id": api.post("/api/v1/scada/scan-groups", group).data["id"],
        "datatype": "int16",
        "address": {"table": "holding", "address": 0},
    }


def imported(api: ApiClient, changes: dict[str, Any]) -> Act:
    """To send the configuration as it is now with these changes of its one tag."""
    records = api.get("/api/v1/scada/config").data["records"]
    records["scada.tags"][0] |= changes
    return lambda: api.post("/api/v1/scada/config", {"records": records})


def at_once(url: str, first: Act, second: Act) -> tuple[Answer, Answer]:
    """Both of them, the second while the first has done all but what every transaction ends with:
    its row of the audit trail, for which it waits here."""

    def wait_for(looking: psycopg.Connection[Any], count: int) -> bool:
        return looking.execute(WAITING).fetchone() == (count,)

    answers: dict[str, Answer] = {}
    acts = {"first": first, "second": second}

    def act(which: str) -> None:
        answers[which] = acts[which]()

    threads = [threading.Thread(target=act, args=[which], daemon=True) for which in acts]
    with psycopg.connect(url) as holding, psycopg.connect(url, autocommit=True) as looking:
        holding.execute("LOCK TABLE tenant_default.core_audit IN SHARE ROW EXCLUSIVE MODE")
        for count, thread in enumerate(threads, 1):
            thread.start()
            wait_until(partial(wait_for, looking, count), 20)
        holding.rollback()
    for thread in threads:
        thread.join(20)
    return answers["first"], answers["second"]


@pytest.mark.parametrize("door_by", ["request", "import"])
@pytest.mark.parametrize("step_by", ["request", "import"])
@pytest.mark.parametrize("door_first", [True, False], ids=["door first", "step first"])
def test_no_tag_gets_both(
    api: ApiClient,
    database_admin_url: str,
    place: dict[str, Any],
    door_by: str,
    step_by: str,
    door_first: bool,
) -> None:
    tag = api.post(TAGS, place | {"name": "W-01.PT", "unit": "bar"}).data["id"]
    path, field_path = f"/api/v1/tags/{tag}", f"{TAGS}/{tag}"
    by_request: dict[str, Act] = {
        "door": lambda: api.patch(field_path, DOOR),
        "step": lambda: api.patch(path, {"step": True}),
    }
    door = by_request["door"] if door_by == "request" else imported(api, DOOR)
    step = by_request["step"] if step_by == "request" else imported(api, {"step": True})
    order = (door, step) if door_first else (step, door)

    replaces = (step_by if door_first else door_by) == "import"  # by all that a file says of a tag

    first, second = at_once(database_admin_url, *order)

    assert (first.status, second.status) == (200, 200 if replaces else 422), (first, second)
    assert replaces or "swinging_door" in str(second.body)
    kept = (api.get(path).data["step"], api.get(field_path).data["exception"])
    assert kept == ((None, DOOR["exception"]) if door_first is not replaces else (True, None))


def test_a_tag_that_goes_on_in_the_field_gets_no_door_while_it_becomes_a_switch(
    api: ApiClient, database_admin_url: str, place: dict[str, Any]
) -> None:
    tag = api.post("/api/v1/tags", {"name": "W-01.PT", "unit": "bar"}).data["id"]
    first, second = at_once(
        database_admin_url,
        lambda: api.patch(f"/api/v1/tags/{tag}", {"step": True}),
        lambda: api.post(TAGS, place | {"tag_id": tag} | DOOR),
    )
    assert (first.status, second.status) == (200, 422), (first.body, second.body)
    assert api.get(f"{TAGS}/{tag}").status == 404
