"""Ids of another tenant's records are ids of nothing (S2): every route with one answers 404."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.care.tenants import add_tenant
from wellhead.database.migrate import Migrator
from wellhead.http.blueprint import PUBLIC
from wellhead.runtime import runtime_of
from wellhead.testing import ApiClient

from .test_matrix import PLATFORM, body_of, routes, table

_VARIABLE = re.compile(r"<[^>]*>")
_NO_RECORDS = ("/api/v1/jobs", "/api/v1/scada/templates", "/api/v1/uplink/edges/<string:edge>")
"""By the name of what all tenants have (a job, a template that comes with a driver), or of who
sends."""


@pytest.fixture
def theirs(app: Flask) -> ApiClient:
    """The administrator of the tenant `acme`."""
    runtime = runtime_of(app)
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    password = add_tenant(app, migrator, "acme", None, "boss@acme.example")
    body = {"email": "boss@acme.example", "password": password}
    token = ApiClient(app).post("/api/v1/auth/login", body).data["access_token"]
    return ApiClient(app, token)


def records(client: ApiClient) -> dict[str, str]:
    """An id of each collection, by its name in paths; whoever adds a collection adds a line."""

    def made(path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/{path}", body).data

    asset = made("assets", kind="field", name="North")
    well = made(
        "wells", name="W-1", identifiers=[{"kind": "us_well_number", "value": "42-501-20130"}]
    )
    bore = made(f"wells/{well['id']}/wellbores", name="W-1 ST1")
    survey = made(
        f"wells/{well['id']}/wellbores/{bore['id']}/surveys",
        name="MWD",
        kind="mwd",
        azimuth_reference="true",
        depth_unit="m",
        depth_datum="KB",
        stations={"md": [100], "inclination": [1], "azimuth": [2]},
    )
    drilling, completed = drilled(made, bore["id"]), completion(made, bore["id"])
    log = made(
        "well-logs",
        wellbore_id=bore["id"],
        name="Surface",
        kind="time",
        index_mnemonic="TIME",
        index_unit="datetime",
        curves=[{"mnemonic": "HKLD"}],
    )
    device = made(
        "scada/devices", name="PLC", driver="modbus", options={"host": "127.0.0.1", "port": 502}
    )
    group = made("scada/scan-groups", device_id=device["id"], name="fast", period_ms=1000)
    tag = made(
        "scada/tags",
        device_id=device["id"],
        scan_group_id=group["id"],
        name="P1",
        datatype="uint16",
        address={"table": "holding", "address": 0},
    )
    made("scada/controls", tag_id=tag["id"])
    calculated = made("tags/calculations", name="P2", expression="{P1} * 2")
    client.request(
        "POST",
        "/api/v1/tags/imports",
        query={"id": "1999"},
        headers={"Content-Type": "text/csv"},
        text="tag,time,value\nP1,1999-01-01T00:00:00Z,1\n",
    )
    role = made("roles", name="surveyor", permissions=["assets.read"])
    key = made("auth/keys", name="report", scopes=["assets.read"], days=1)
    return {
        "assets": asset["id"],
        "wells": well["id"],
        "wellbores": bore["id"],
        "surveys": survey["id"],
        **drilling,
        **completed,
        **brought(made),
        **beneath(made, well["id"]),
        **produced(made, well["id"]),
        **well_tests(client, made, well["id"]),
        "allocation-days": client.get("/api/v1/production/allocation-days").data[0]["id"],
        "well-logs": log["id"],
        "devices": device["id"],
        "scan-groups": group["id"],
        "tags": str(tag["id"]),
        "controls": str(tag["id"]),
        "calculations": str(calculated["tag_id"]),
        "imports": "1999",
        "roles": role["name"],
        "keys": key["id"],
        "users": client.get("/api/v1/auth/me").data["id"],
        "sessions": client.get("/api/v1/auth/sessions").data[0]["id"],
    }


def drilled(made: Callable[..., Any], bore: str) -> dict[str, str]:
    """An id of each collection of the plugin `drilling`."""

    def id_of(path: str, **body: Any) -> str:
        found: str = made(f"drilling/{path}", wellbore_id=bore, **body)["id"]
        return found

    rig = made("drilling/rigs", name="Rig 7", time_zone="UTC")["id"]
    size = {"value": 0.2, "unit": "m"}
    density = {"value": 10, "unit": "ppg"}
    run = id_of("runs", number=1)
    test = {"mud_density": density, "surface_pressure": {"value": 1, "unit": "bar"}}
    time = "2026-06-01T00:00:00Z"
    force = {"value": 35_000, "unit": "lbf"}
    torque, rate = {"value": 4_500, "unit": "ft*lbf"}, {"value": 50, "unit": "ft/h"}
    inputs = {
        "weight_on_bit": force, "bit_diameter": size, "rotary_speed": 120, "torque": torque,
        "rate_of_penetration": rate,
    }  # fmt: skip
    return {
        "rigs": rig,
        "rig-assignments": id_of("rig-assignments", rig_id=rig, start_at=time),
        "sections": id_of("sections", number=1, diameter=size),
        "runs": run,
        "bit-records": made("drilling/bit-records", run_id=run, size=size)["id"],
        "mud-reports": id_of("mud-reports", reported_at=time, density=density),
        "casing-strings": id_of("casing-strings", size={"value": 0.1, "unit": "m"}),
        "pressure-tests": id_of(
            "pressure-tests", test_type="leak-off test", tested_at=time, **test
        ),
        "cement-jobs": id_of("cement-jobs", start_at=time),
        "run-results": made("drilling/run-results", run_id=run, calculation="mse", inputs=inputs)[
            "id"
        ],
        "reports": id_of("reports", rig_id=rig, report_date="2026-06-01"),
        "revisions": "1",
    }


def well_tests(client: ApiClient, made: Callable[..., Any], well: str) -> dict[str, str]:
    """An id of each collection of the plugin `well_testing`."""
    path, begun = "well-testing", "2026-06-01T00:00:00Z"
    kind = {"kind": "production", "standard_conditions": "15C_101.325kPa"}
    test = made(f"{path}/tests", well_id=well, start_at=begun, **kind)["id"]
    rates: dict[str, Any] = {"start_at": begun, "oil_rate": {"value": 10, "unit": "Sm3/d"}}
    kind = {"pressure_kind": "absolute", "pressure_unit": "bar"}
    run = made(f"{path}/gauge-runs", test_id=test, gauge="Lower", **kind)["id"]
    inflow: dict[str, Any] = {
        "kind": "vogel",
        "reservoir_pressure": {"value": 200, "unit": "bara"},
        "points": [{"rate": rates["oil_rate"], "flowing_pressure": {"value": 150, "unit": "bara"}}],
    }
    series = client.request(
        "POST",
        f"/api/v1/{path}/gauge-runs/{run}/series/csv",
        query={"elapsed": "h"},
        headers={"Content-Type": "text/csv"},
        text="t,p\n0,200\n",
    )
    return {
        "tests": test,
        "gauge-runs": run,
        "series": series.data["series"]["id"],
        "rate-steps": made(f"{path}/rate-steps", test_id=test, **rates)["id"],
        "analyses": made(f"{path}/analyses/inflow", test_id=test, **inflow)["id"],
    }


def produced(made: Callable[..., Any], well: str) -> dict[str, str]:
    """An id of each collection of the plugin `production`."""

    def id_of(path: str, **body: Any) -> str:
        found: str = made(f"production/{path}", **body)["id"]
        return found

    facility = id_of("facilities", name="Battery 7", time_zone="UTC")
    meter = id_of("meters", facility_id=facility, name="FT-1", fluid="oil", position="sales")
    day = {"facility_id": facility, "well_id": well, "oil": 50.0}
    days = [
        id_of("daily-records", **day, production_date=f"2026-06-{date:02}") for date in range(1, 11)
    ]
    units = {"liquid_unit": "STB", "gas_unit": "Mscf", "decimals": 2}
    network = id_of("networks", facility_id=facility, name="N", **units)
    part = {"network_id": network, "first_day": "2026-06-01"}
    total = {"production_date": "2026-06-01", "indicated": 10, "unit": "STB"}
    kept = {
        "daily-records": days[0],
        "networks": network,
        "network-wells": id_of("network-wells", well_id=well, **part),
        "network-meters": id_of("network-meters", meter_id=meter, **part),
        "meter-totals": id_of("meter-totals", meter_id=meter, **total),
    }
    gas = {"fluid": "gas", "disposition": "flared", "volume": 1, "unit": "Sm3"}
    down = {"start_at": "2026-06-12T00:00:00Z", "reason": "weather"}
    table: dict[str, Any] = {"levels": [0, 1], "volumes": [0, 1]}
    tank = table | {"fluid": "oil", "level_unit": "m", "volume_unit": "m3"}
    warm = {"value": 60, "unit": "degF"}
    ticket = {
        "number": "1", "opened_at": "2026-06-02T00:00:00Z", "closed_at": "2026-06-02T01:00:00Z",
        "opening_reading": 0, "closing_reading": 1, "temperature": warm, "volume_unit": "STB",
        "density_temperature": warm, "observed_gravity": 35,
    }  # fmt: skip
    fit = id_of("decline-fits", well_id=well, fluid="oil")
    span = {"first_day": "2026-06-01", "last_day": "2026-06-01"}
    run = id_of(f"networks/{network}/allocate", **span)
    month = {"month": "2026-05", "booked_month": "2026-06", "reason": "Proved"}
    closed = id_of(f"facilities/{facility}/close-month", month="2026-05", accept_warnings=True)
    line = {"well_id": well, "oil": 1}
    return kept | {
        "decline-fits": fit,
        "allocation-runs": run,
        "closed-months": closed,
        "adjustments": id_of(f"networks/{network}/adjustments", lines=[line], **month),
        "facility-volumes": id_of(
            "facility-volumes", facility_id=facility, production_date="2026-06-01", **gas
        ),
        "downtime": id_of("downtime", facility_id=facility, well_id=well, **down),
        "tanks": id_of("tanks", facility_id=facility, name="T-1", **tank),
        "run-tickets": id_of("run-tickets", facility_id=facility, meter_id=meter, **ticket),
        "facilities": facility,
        "meters": meter,
        "meter-corrections": id_of(
            "meter-corrections", meter_id=meter, first_day="2026-06-01", factor=1, reason="Proved"
        ),
    }


def brought(made: Callable[..., Any]) -> dict[str, str]:
    """A WITSML store, a log of it that is followed, and what was imported from it."""
    store = made("witsml/stores", name="Rig 7", url="https://store.example.com/witsml")["id"]

    def imported(kind: str, uids: str, inner: str) -> str:
        xml = (
            f'<{kind}s xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">'
            f"<{kind} {uids}>{inner}</{kind}></{kind}s>"
        )
        answer = made(f"witsml/stores/{store}/imports", object_type=kind, xml=xml)
        found: str = answer["objects"][0]["id"]
        return found

    imported("well", 'uid="w"', "<name>W-2</name>")
    head, within = "<nameWell>W-2</nameWell>", 'uidWell="w" uidWellbore="b" uid="1"'
    imported("wellbore", 'uidWell="w" uid="b"', f"{head}<name>OH</name>")
    head += "<nameWellbore>OH</nameWellbore><name>One</name>"
    kinds = {"messages": "message", "risks": "risk", "mud-logs": "mudLog"}
    objects = {path: imported(kind, within, head) for path, kind in kinds.items()}
    log = made("witsml/logs", store_id=store, uid_well="w", uid_wellbore="b", uid="t")["id"]
    return {"stores": store, "logs": log, **objects}


def beneath(made: Callable[..., Any], well: str) -> dict[str, str]:
    """An id of each collection of the plugin `reservoir`."""
    reservoir = made("reservoirs", name="Frio B")["id"]

    def id_of(path: str, **body: Any) -> str:
        found: str = made(f"reservoirs/{path}", reservoir_id=reservoir, **body)["id"]
        return found

    depth = {"value": 8_200, "unit": "ft"}
    stations = [{"depth": depth, "pressure": {"value": 3_600, "unit": "psia"}}]
    survey = {"well_id": well, "measured_on": "2024-05-01", "kind": "static", "stations": stations}
    return {
        "reservoirs": reservoir,
        "open-wells": id_of("open-wells", well_id=well),
        "contacts": id_of("contacts", kind="oil-water", depth=8_400, depth_unit="ft"),
        "rock": id_of("rock", porosity=0.2),
        **fluids(id_of, made),
        "pressure-surveys": id_of(
            "pressure-surveys", **survey, depth_kind="tvd", depth_datum="MSL"
        ),
        **analyses(id_of),
    }


def analyses(id_of: Callable[..., str]) -> dict[str, str]:
    """An analysis of each kind of a reservoir."""
    conditions = {"standard_conditions": "60F_14.696psia"}
    one = {name: {"value": 0.2} for name in ("net_to_gross", "porosity", "water_saturation")}
    size = {"area": {"value": 1, "unit": "acre"}, "thickness": {"value": 9, "unit": "ft"}}
    factor = {"gas_volume_factor": {"value": 0.01, "unit": "ft3/scf"}}
    fluid = {name: {"value": 1.2, "unit": "bbl/STB"} for name in ("bo", "bw")}
    fluid |= {"rs": {"value": 9, "unit": "scf/STB"}, "bg": {"value": 0.01, "unit": "ft3/scf"}}
    points: list[dict[str, Any]] = [
        {
            "date": f"{2020 + place}-01-01",
            "pressure": {"value": 300 - 9 * place, "unit": "bara"},
            "gas": {"value": 1_000 * place, "unit": "Sm3"},
        }
        for place in range(3)
    ]
    oil = [point | fluid for point in points]
    oil[2]["bo"] = {"value": 1.3, "unit": "bbl/STB"}
    oil[1]["bo"] = {"value": 1.25, "unit": "bbl/STB"}
    return {
        "volumetric-estimates": id_of(
            "volumetric-estimates", inputs={"fluid": "gas"} | conditions | one | size | factor
        ),
        "gas-balances": id_of(
            "gas-balances", inputs=conditions | {"points": [one | {"z": 0.9} for one in points]}
        ),
        "oil-balances": id_of("oil-balances", inputs=conditions | {"points": oil}),
    }


def fluids(id_of: Callable[..., str], made: Callable[..., Any]) -> dict[str, str]:
    """A sample, a correlation set and a table of a reservoir's water."""
    named = {"name": "One", "standard_conditions": "15C_101.325kPa"}
    warm = {"value": 90, "unit": "degC"}
    water = id_of("correlation-sets", fluid="water", temperature=warm, **named)
    low, high = {"value": 1, "unit": "bara"}, {"value": 300, "unit": "bara"}
    table = made(
        "reservoirs/pvt-tables", correlation_set_id=water, pressure_from=low, pressure_to=high
    )
    return {
        "pvt-samples": id_of("pvt-samples", **named),
        "correlation-sets": water,
        "pvt-tables": table["id"],
    }


def completion(made: Callable[..., Any], bore: str) -> dict[str, str]:
    """A completion of the wellbore with what it opens."""
    kind = "cased and perforated"
    completed = made("wells/completions", wellbore_id=bore, name="C-1", kind=kind)["id"]
    depths = {"top_md": 100, "bottom_md": 110, "depth_unit": "m", "depth_datum": "KB"}
    zone = made("wells/zones", completion_id=completed, name="A", **depths)["id"]
    shot = made("wells/perforations", completion_id=completed, shot_on="2024-03-02", **depths)
    return {"completions": completed, "zones": zone, "perforations": shot["id"]}


def edge(admin_url: str, asset: str) -> str:
    """An edge that has sent to their tenant."""
    with psycopg.connect(admin_url) as connection:
        [made] = connection.execute(
            "INSERT INTO tenant_acme.uplink_edge (name, asset_id, stream)"
            " VALUES ('north', %s, gen_random_uuid()) RETURNING id::text",
            (asset,),
        ).fetchall()
    return str(made[0])


def command(admin_url: str, tag: str) -> str:
    """A command to a tag, which without a gateway the API would not take."""
    with psycopg.connect(admin_url) as connection:
        [made] = connection.execute(
            "INSERT INTO tenant_acme.scada_command (tag_id, value, state, why, key, request, steps,"
            " requested_by, requested_by_email, expires_at)"
            " VALUES (%s, 1, 'armed', '', '', '', '[]', gen_random_uuid(), '', now())"
            " RETURNING id::text",
            (tag,),
        ).fetchall()
    return str(made[0])


def test_s2_ids_of_another_tenant_are_ids_of_nothing(
    app: Flask, api: ApiClient, theirs: ApiClient, database_admin_url: str
) -> None:
    ids = records(theirs)
    ids["edges"] = edge(database_admin_url, ids["assets"])
    ids["commands"] = command(database_admin_url, ids["tags"])
    asked = set()
    for route in routes(app):
        who = table()[route.name]
        if "<" not in route.rule or who in ([PUBLIC], [PLATFORM]):
            continue
        if route.rule.startswith(_NO_RECORDS):
            continue
        parts = route.rule.split("/")
        path = "/".join(
            ids[parts[place - 1]] if _VARIABLE.fullmatch(part) else part
            for place, part in enumerate(parts)
        )
        answer = api.request(route.method, path, json=body_of(route))
        if answer.status == 422:  # the body is looked at first: it must be the same for nothing
            assert "required" in answer.error["message"], (route, answer.body)
            continue
        assert (answer.status, answer.error["code"]) == (404, "not_found"), (route, answer.body)
        asked |= {part for part in parts if part in ids}
    assert asked == set(ids)
    # and nothing of it has gone or changed
    assert theirs.get(f"/api/v1/assets/{ids['assets']}").data["name"] == "North"
    assert theirs.get(f"/api/v1/users/{ids['users']}").data["roles"] == ["admin"]
    assert theirs.get("/api/v1/wells").meta["total"] == 2  # one of them imported
    for name in ("scada/devices", "scada/scan-groups", "scada/tags", "auth/keys"):
        assert theirs.get(f"/api/v1/{name}").meta["total"] == 1, name
