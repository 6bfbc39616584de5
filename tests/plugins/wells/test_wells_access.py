"""Who may do what with wells, in whose data, and what the audit trail keeps of it."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from wellhead import sdk
from wellhead.auth.models import Membership, User
from wellhead.database.extension import platform_session
from wellhead.database.migrate import Migrator
from wellhead.plugins.contributions import ROLES
from wellhead.runtime import Runtime
from wellhead.tenancy.models import Tenant
from wellhead.testing import ApiClient
from wellhead.testing.client import PASSWORD
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.service import change_well
from wellhead_wells.wellbores import change_wellbore

WELLS = "/api/v1/wells"
NOBODY = "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"
EDITORS = ("admin", "manager", "engineer")


def routes(app: Flask) -> list[tuple[str, str]]:
    """(method, path) of every route of the plugin, with ids that lead nowhere."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] == "wells":
            path = rule.rule.replace("<uuid:id>", NOBODY).replace("<uuid:well_id>", NOBODY)
            found += [(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return sorted(found)


def test_reading_is_for_all_and_editing_for_those_who_plan(app: Flask) -> None:
    everything = routes(app)
    assert len(everything) > 15
    clients = {role: ApiClient(app).as_role(role) for role in ROLES}
    for method, path in everything:
        assert ApiClient(app).request(method, path).status == 401
        for role, client in clients.items():
            allowed = method == "GET" or role in EDITORS
            status = client.request(method, path, json={} if method != "GET" else None).status
            expected = (200, 404, 422) if allowed else (403,)
            assert status in expected, (role, method, path, status)


@pytest.fixture
def beta(app: Flask, runtime: Runtime) -> ApiClient:
    """The administrator, logged in to a second tenant."""
    with app.app_context(), platform_session() as session:
        user = session.scalars(select(User).where(User.email == "admin@example.com")).one()
        session.add(Tenant(name="beta"))
        session.flush()
        session.add(Membership(user_id=user.id, tenant="beta", roles=["admin"]))
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    login = {"email": "admin@example.com", "password": PASSWORD, "tenant": "beta"}
    answer = ApiClient(app).post("/api/v1/auth/login", login)
    return ApiClient(app, answer.data["access_token"])


def test_tenants_do_not_see_each_other_s_wells(api: ApiClient, beta: ApiClient) -> None:
    body = {"name": "W-1", "identifiers": [{"kind": "npdid", "value": "7405"}]}
    well = api.post(WELLS, body).data
    bore = api.post(f"{WELLS}/{well['id']}/wellbores", {"name": "OH"}).data
    path = f"{WELLS}/{well['id']}"
    for strange in (path, f"{path}/wellbores", f"{path}/status", f"{path}/live"):
        assert beta.get(strange).status == 404
    assert beta.patch(path, {"name": "theirs"}).status == 404
    assert beta.delete(f"{path}/wellbores/{bore['id']}").status == 404
    assert beta.get(WELLS).data == []
    assert beta.get(f"{WELLS}/map").data["features"] == []
    assert beta.post(WELLS, {"name": "W", "parent_asset_id": well["asset_id"]}).status == 422

    theirs = beta.post(WELLS, body).data  # the same name and number, in their own data
    assert theirs["id"] != well["id"]
    assert [found["id"] for found in api.get(WELLS).data] == [well["id"]]


def test_every_write_is_in_the_audit_trail(api: ApiClient) -> None:
    engineer = api.as_role("engineer")
    well = engineer.post(
        WELLS, {"name": "W-1", "identifiers": [{"kind": "npdid", "value": "7405"}]}
    ).data
    path = f"{WELLS}/{well['id']}"
    engineer.patch(path, {"operator": "Caprock", "status": "drilling"})
    engineer.patch(path, {"name": "W-1A"})
    engineer.delete(path)

    def trail(table: str) -> list[tuple[str, Any, Any]]:
        rows = api.get("/api/v1/audit", table=table, per_page=100).data
        assert {row["actor_email"] for row in rows} == {"engineer@example.com"}
        return [(row["action"], row["old"], row["new"]) for row in rows]

    made, changed, gone = trail("wells_well")
    assert (made[0], made[2]["status"]) == ("insert", "proposed")
    assert changed == (
        "update",
        {"operator": None, "status": "proposed"},
        {"operator": "Caprock", "status": "drilling"},
    )
    assert (gone[0], gone[1]["operator"]) == ("delete", "Caprock")
    assert [row[0] for row in trail("wells_status_change")] == ["insert"] * 2 + ["delete"] * 2
    assert [row[0] for row in trail("wells_well_identifier")] == ["insert", "delete"]
    assert [row[0] for row in trail("core_asset")] == ["insert", "update", "delete"]


def test_a_record_that_goes_while_it_is_changed_is_404(app: Flask, api: ApiClient) -> None:
    well_id = api.post(WELLS, {"name": "W-1"}).data["id"]
    bores = f"{WELLS}/{well_id}/wellbores"
    bore_id = api.post(bores, {"name": "OH"}).data["id"]
    with app.app_context(), sdk.tenant("default"):
        well = sdk.db.session.get_one(Well, uuid.UUID(well_id))
        bore = sdk.db.session.get_one(Wellbore, uuid.UUID(bore_id))
        sdk.db.session.commit()
        assert ThreadPoolExecutor(1).submit(api.delete, f"{bores}/{bore_id}").result().status == 200
        with pytest.raises(sdk.ApiError, match="no wellbore"):
            change_wellbore(bore, {"number": "1"})
        sdk.db.session.commit()
        assert ThreadPoolExecutor(1).submit(api.delete, f"{WELLS}/{well_id}").result().status == 200
        with pytest.raises(sdk.ApiError, match="no well "):
            change_well(well, {"operator": "Caprock"})
