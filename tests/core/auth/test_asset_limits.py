"""Users limited to assets: which routes let them in, and what the asset tree shows them."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from wellhead.app import create_app
from wellhead.assets.models import Asset
from wellhead.audit.models import AuditEntry
from wellhead.database.extension import db
from wellhead.database.urls import database_urls
from wellhead.errors import WellheadError
from wellhead.http.blueprint import PUBLIC, Blueprint
from wellhead.http.requests import asset_rule_of
from wellhead.http.resource import Resource
from wellhead.http.routes.assets import AssetSchema
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop

from .helpers import log_in
from .test_matrix import Route, body_of, routes

ASSETS = "/api/v1/assets"


def rules(app: Flask) -> dict[Route, str | None]:
    """What each route that asks for a permission says of users limited to assets."""
    declared = {
        (rule.rule, method): asset_rule_of(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    return {
        route: declared[route.rule, route.method]
        for route in routes(app)
        if route.access != PUBLIC
        and not str(route.access).startswith("platform.")  # which is no tenant's to give
    }


def test_a_route_that_does_not_say_how_it_is_limited_lets_no_limited_user_in(app: Flask) -> None:
    limited = ApiClient(app).limited(str(uuid.uuid4()), role="admin")
    for route, rule in rules(app).items():
        if route.path == "/api/v1/auth/logout":  # would end the session the others need
            asking = ApiClient(app, log_in(app, "admin").data["access_token"])
        else:
            asking = limited
        answer = asking.request(route.method, route.path, json=body_of(route))
        if rule in (None, "none"):
            assert (answer.status, answer.error["code"]) == (403, "asset_limited"), route
        else:
            assert answer.status not in (401, 403), (route, answer.body)
            assert answer.status < 500, (route, answer.body)


def test_open_though_they_look_at_no_asset_are_these_and_no_more(app: Flask) -> None:
    found = {f"{route.method} {route.path}" for route, rule in rules(app).items() if rule == "any"}
    assert found == {
        "POST /api/v1/auth/logout",
        "GET /api/v1/auth/me",
        "POST /api/v1/auth/password",
        "GET /api/v1/assets/kinds",
        "GET /api/v1/auth/keys",
        "POST /api/v1/auth/keys",
        f"DELETE /api/v1/auth/keys/{uuid.UUID(int=7)}",
        "GET /api/v1/auth/sessions",
        "GET /api/v1/scada/write-switch",
        "GET /api/v1/units",
        "DELETE /api/v1/auth/sessions",
        f"DELETE /api/v1/auth/sessions/{uuid.UUID(int=7)}",
        "POST /api/v1/drilling/calculations/annulus",
        "POST /api/v1/drilling/calculations/bingham",
        "POST /api/v1/drilling/calculations/bit-hydraulics",
        "POST /api/v1/drilling/calculations/ecd",
        "POST /api/v1/drilling/calculations/hydrostatic",
        "POST /api/v1/drilling/calculations/mse",
        "POST /api/v1/drilling/calculations/pipe",
        "GET /api/v1/reservoirs/correlations",
        "POST /api/v1/reservoirs/calculations/z-factor",
        "POST /api/v1/well-testing/calculations/deliverability",
        "POST /api/v1/well-testing/calculations/inflow",
        "POST /api/v1/well-testing/calculations/transient",
    }


def test_closed_are_what_no_asset_leads_to(app: Flask) -> None:
    closed = {
        route.rule.removeprefix("/api/v1/").split("/")[0]
        for route, rule in rules(app).items()
        if rule in (None, "none")
        and not route.rule.startswith("/api/v1/tags/imports")  # one may hold tags of any asset
    }
    assert {"audit", "health", "plugins", "scada", "simulator"} <= closed
    assert not {"assets", "tags", "wells", "auth", "live"} & closed


class Plant:
    """North (field) > pad > well; pad > tank; South (field) > other pad. Ids by name."""

    def __init__(self, api: ApiClient) -> None:
        self.ids: dict[str, str] = {}
        for kind, name, parent in (
            ("field", "North", None),
            ("pad", "Pad 1", "North"),
            ("equipment", "Pump 1", "Pad 1"),
            ("equipment", "Motor 1", "Pump 1"),
            ("pad", "Pad 2", "North"),
            ("equipment", "Pump 2", "Pad 2"),
            ("field", "South", None),
        ):
            body = {"kind": kind, "name": name, "parent_id": self.ids.get(parent or "")}
            self.ids[name] = api.post(ASSETS, body).data["id"]

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def path(self, name: str) -> str:
        return f"{ASSETS}/{self.ids[name]}"


def names(client: ApiClient, **query: str) -> list[str]:
    answer = client.get(ASSETS, **query)
    assert answer.meta["total"] == len(answer.data)
    return [asset["name"] for asset in answer.data]


def test_a_limited_user_sees_the_branch_and_nothing_else(api: ApiClient) -> None:
    plant = Plant(api)
    pad = api.limited(plant["Pad 1"])
    assert names(pad) == ["Motor 1", "Pad 1", "Pump 1"]
    assert names(pad, q="pump") == ["Pump 1"]
    assert names(pad, name="Pad 2") == []
    assert pad.get("/api/v1/auth/me").data["assets"] == [plant["Pad 1"]]
    for hidden in ("North", "Pad 2", "Pump 2", "South"):
        for path in ("", "/path", "/tree"):
            answer = pad.get(plant.path(hidden) + path)
            nothing = pad.get(f"{ASSETS}/{uuid.UUID(int=7)}{path}")
            assert (answer.status, nothing.status) == (404, 404)
            assert answer.error["message"].replace(plant[hidden], "") == nothing.error[
                "message"
            ].replace(str(uuid.UUID(int=7)), "")
        assert names(pad, under=plant[hidden]) == names(pad, parent_id=plant[hidden]) == []


def test_the_way_to_an_asset_begins_where_the_sight_does(api: ApiClient) -> None:
    plant = Plant(api)
    pad = api.limited(plant["Pad 1"])
    way = pad.get(plant.path("Motor 1") + "/path").data
    assert [step["name"] for step in way] == ["Pad 1", "Pump 1", "Motor 1"]
    assert [step["parent_id"] for step in way] == [None, plant["Pad 1"], plant["Pump 1"]]
    assert way[2]["path"] == "Pad 1 / Pump 1 / Motor 1"
    # a grant within a grant cuts nothing off
    both = api.limited(plant["Pump 1"], plant["Pad 1"])
    assert both.get(plant.path("Pump 1")).data["path"] == "Pad 1 / Pump 1"


def test_limited_to_nothing_is_not_without_limit(api: ApiClient) -> None:
    plant = Plant(api)
    nobody = api.limited(role="manager")
    assert names(nobody) == []
    assert nobody.get(plant.path("North")).status == 404


def test_nothing_is_made_or_moved_outside(api: ApiClient) -> None:
    plant = Plant(api)
    pad = api.limited(plant["Pad 1"], plant["Pump 2"], role="engineer")
    new = {"kind": "equipment", "name": "X"}
    unknown = pad.post(ASSETS, new | {"parent_id": str(uuid.UUID(int=7))})
    for parent in (plant["North"], plant["Pad 2"], None):
        made = pad.post(ASSETS, new | {"parent_id": parent})
        moved = pad.patch(plant.path("Motor 1"), {"parent_id": parent})
        assert (made.status, moved.status) == (422, 422)
        assert made.error["details"][0]["field"] == "parent_id"
        if parent:
            assert made.error["details"][0]["message"] == unknown.error["details"][0]["message"]
    # what one is limited to stays where it is: its place is not within
    assert pad.patch(plant.path("Pump 2"), {"parent_id": plant["Pad 1"]}).status == 422
    assert pad.patch(plant.path("Pump 2"), {"parent_id": None, "name": "P2"}).data["name"] == "P2"
    assert api.get(plant.path("Pump 2")).data["parent_id"] == plant["Pad 2"]
    taken = pad.patch(plant.path("Pad 1"), {"name": "Pad 2"})  # beside it, where it may not see
    assert (taken.status, plant["North"] in str(taken.body)) == (409, False)
    # a name that is taken elsewhere is no conflict
    assert pad.post(ASSETS, new | {"name": "South", "parent_id": plant["Pad 1"]}).status == 201
    assert pad.patch(plant.path("Motor 1"), {"parent_id": plant["Pad 1"]}).status == 200
    assert pad.patch(plant.path("Motor 1"), {"parent_id": plant["Pump 2"]}).status == 200
    for hidden in ("Pad 2", "South"):
        assert pad.patch(plant.path(hidden), {"name": "mine"}).status == 404
        assert pad.delete(plant.path(hidden)).status == 404


def test_a_limit_follows_moves(api: ApiClient) -> None:
    plant = Plant(api)
    pad = api.limited(plant["Pad 1"])
    api.patch(plant.path("Pump 2"), {"parent_id": plant["Pad 1"]})
    api.patch(plant.path("Motor 1"), {"parent_id": plant["South"]})
    assert names(pad) == ["Pad 1", "Pump 1", "Pump 2"]


def test_a_plugin_says_it_or_is_closed(
    settings: Settings, workshop: PluginWorkshop, api: ApiClient
) -> None:
    """Three routes of a plugin: a list by the column that leads to an asset, a view that looks
    itself, and one whose author has never heard of limits."""
    plant = Plant(api)
    workshop.plugin(
        "acme",
        """
        from flask.views import MethodView
        from marshmallow import fields
        from sqlalchemy import select
        from wellhead import sdk

        class ThingSchema(sdk.Schema):
            name = fields.String()

        blp = sdk.Blueprint("acme", url_prefix="/api/v1/acme", description="Acme")

        @blp.route("/list")
        class List(MethodView):
            @blp.permission("assets.read")
            @blp.doc(operationId="a", summary="a")
            @blp.listing(ThingSchema, sdk.Asset, sort=("name",), asset=sdk.Asset.id)
            def get(self):
                return select(sdk.Asset)

        @blp.route("/one/<uuid:id>")
        class One(MethodView):
            @blp.permission("assets.read")
            @blp.within_assets
            @blp.doc(operationId="b", summary="b")
            @blp.response(200, ThingSchema)
            def get(self, id):
                return sdk.require_asset(id, "id")

        @blp.route("/all")
        class All(MethodView):
            @blp.permission("assets.read")
            @blp.doc(operationId="c", summary="c")
            @blp.response(200, ThingSchema(many=True))
            def get(self):
                return sdk.db.session.scalars(select(sdk.Asset)).all()

        @hookimpl
        def blueprints():
            return [blp]
        """,
    )
    app = create_app(Runtime(settings, workshop.load(settings), database_urls(settings)))
    pad = ApiClient(app).limited(plant["Pad 2"])
    try:
        assert [a["name"] for a in pad.get("/api/v1/acme/list").data] == ["Pad 2", "Pump 2"]
        assert pad.get(f"/api/v1/acme/one/{plant['Pump 2']}").data == {"name": "Pump 2"}
        assert pad.get(f"/api/v1/acme/one/{plant['Pump 1']}").status == 422
        closed = pad.get("/api/v1/acme/all")
        assert (closed.status, closed.error["code"]) == (403, "asset_limited")
        assert len(ApiClient(app).as_role("admin").get("/api/v1/acme/all").data) == 7
    finally:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("column", [AuditEntry.id, select(Asset.id).scalar_subquery()])
def test_a_column_of_another_table_would_limit_nothing_and_is_refused(column: Any) -> None:
    """Without a join each record would be paired with every visible asset."""
    blp = Blueprint("acme", url_prefix="/acme", description="Acme")
    with pytest.raises(WellheadError, match="column_property"):
        blp.listing(AssetSchema, Asset, sort=("name",), asset=column)
    with pytest.raises(WellheadError, match="column_property"):
        Resource(
            blp, path="", model=Asset, schema=AssetSchema, name="a", plural="as",
            read="assets.read", write="assets.edit", sort=("name",), asset=column, methods=("get",),
        )  # fmt: skip
