"""No answer to a user limited to assets holds anything from elsewhere: every route that lets them
in is asked with every id and name there is, those of new routes and plugins too."""

import itertools
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from wellhead import sdk
from wellhead.http.requests import asset_rule_of
from wellhead.testing import Answer, ApiClient
from wellhead_historian.api import create_tag

pytestmark = pytest.mark.one_app

HIDDEN = "hidden"
SURVEY: dict[str, Any] = {
    "kind": "mwd",
    "azimuth_reference": "true",
    "depth_unit": "m",
    "depth_datum": "KB",
    "stations": {"md": [100], "inclination": [1], "azimuth": [2]},
}
_VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


class Plant:
    """Two branches of one field, alike but for their names, which begin with `mine` or `hidden`.

    ids: of all records, by side; the field and a tag on nothing are hidden too
    kept: those of both sides, by the list they were made in
    """

    def __init__(self, app: Flask, api: ApiClient) -> None:
        self.pads: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {"mine": [], HIDDEN: []}
        self.kept: dict[str, list[str]] = defaultdict(list)
        field = self._made(HIDDEN, api, "assets", {"kind": "field", "name": "hidden field"})
        for side in self.ids:
            pad = self._made(
                side, api, "assets", {"kind": "pad", "name": f"{side} pad", "parent_id": field}
            )
            self.pads[side] = pad
            well = self._made(
                side,
                api,
                "wells",
                {
                    "name": f"{side} well",
                    "parent_asset_id": pad,
                    "latitude": 58.0,
                    "longitude": 2.0,
                    "status_remark": f"{side} remark",
                    "identifiers": [{"kind": "other", "value": f"{side} number"}],
                },
            )
            self.ids[side].append(api.get(f"/api/v1/wells/{well}").data["asset_id"])
            bores = f"wells/{well}/wellbores"
            bore = self._made(side, api, bores, {"name": f"{side} bore"})
            self._made(side, api, f"{bores}/{bore}/surveys", SURVEY | {"name": f"{side} survey"})
            with app.app_context(), sdk.tenant("default"):
                tag = create_tag(
                    name=f"{side} tag",
                    datatype="float64",
                    description=f"{side} point",
                    asset_id=uuid.UUID(pad),
                )
                none = create_tag(name=f"hidden tag beside {side}", datatype="float64")
                self.ids[side].append(str(tag.id))
                self.ids[HIDDEN].append(str(none.id))
                sdk.db.session.commit()

    def _made(self, side: str, api: ApiClient, path: str, body: dict[str, Any]) -> str:
        made: str = api.post(f"/api/v1/{path}", body).data["id"]
        self.ids[side].append(made)
        self.kept[path.rsplit("/", 1)[-1]].append(made)
        return made

    def fitting(self, converter: str | None) -> list[str]:
        """The ids, of both sides, that a variable of a path takes."""
        every = [*self.ids["mine"], *self.ids[HIDDEN]]
        return [key for key in every if key.isdigit() == (converter == "int")]


@pytest.fixture
def plant(app: Flask, api: ApiClient) -> Plant:
    return Plant(app, api)


def open_rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and asset_rule_of(app, rule.endpoint, method) == "within":
            yield rule


def filled(rule: Rule, plant: Plant) -> Iterator[str]:
    """The rule's path with each combination of ids; before the last one, where an id of anything
    else leads nowhere, those of the list that the path names."""
    found = list(_VARIABLE.finditer(rule.rule))
    variables = [plant.fitting(match[1]) for match in found]
    for place, match in enumerate(found[:-1]):
        collection = rule.rule[: match.start()].rstrip("/").rsplit("/", 1)[-1]
        variables[place] = plant.kept.get(collection, variables[place])
    for ids in itertools.product(*variables):
        given = iter(ids)
        yield _VARIABLE.sub(lambda _, given=given: next(given), rule.rule)  # type: ignore[misc]


def needed(path: str, plant: Plant) -> dict[str, str]:
    """The query without which a path is not answered."""
    mine, hidden = plant.kept["wells"]
    queries = {
        "/readings": {"from": "2026-01-01T00:00:00Z"},
        "/tags/latest": {"ids": ",".join(plant.fitting("int"))},
        "/depths": {"value": "1", "unit": "m", "datum": "KB", "to_datum": "KB"},
        "/nearest": {"longitude": "0", "latitude": "0"},
        "/balance": {"date": "2026-01-01"},
        "/states": {"first_day": "2026-01-01", "last_day": "2026-01-31"},
        "/statement": {"month": "2026-01"},
        "/month": {"month": "2026-01"},
        "/comparison": {"with": hidden},
        "/well-hours": {"well_id": mine, "from": "2026-01-01", "to": "2026-01-31"},
    }
    return next((query for end, query in queries.items() if path.endswith(end)), {})


def test_no_answer_holds_what_is_hidden(app: Flask, api: ApiClient, plant: Plant) -> None:
    user = api.limited(plant.pads["mine"], role="admin")
    seen = asked = 0
    for rule in open_rules(app, "GET"):
        for path in filled(rule, plant):
            query = needed(path, plant)
            answer = user.get(path, **query)
            asked += 1
            assert answer.status in (200, 404), (path, answer.body)
            assert HIDDEN not in answer.text, path
            if answer.status == 200:
                seen += 1
                clean(path, answer, plant)
                file = user.request("GET", path, query=query, headers={"Accept": "text/csv"})
                clean(f"{path} as CSV", file, plant)
    assert seen > 15
    assert asked > 3 * seen


def test_no_filter_tells_of_what_is_hidden(app: Flask, api: ApiClient, plant: Plant) -> None:
    user = api.limited(plant.pads["mine"], role="admin")
    spec = user.get("/api/v1/openapi.json").body["paths"]
    hidden = [*plant.ids[HIDDEN], *(f"hidden {what}" for what in ("pad", "well", "bore", "tag"))]
    asked = 0
    for rule in open_rules(app, "GET"):
        if _VARIABLE.search(rule.rule):
            continue
        for parameter in spec[rule.rule]["get"].get("parameters", ()):
            if parameter["name"] in ("page", "per_page", "sort", "order"):
                continue
            words = "enum" in parameter["schema"]  # of them is no id and no name, so one will do
            for value in hidden[:1] if words else hidden:
                answer = user.get(rule.rule, **{parameter["name"]: value})
                asked += 1
                right = (422,) if words else (200, 422)
                assert answer.status in right, (rule.rule, parameter["name"], answer.body)
                if answer.status == 200:
                    clean(f"{rule.rule}?{parameter['name']}={value}", answer, plant)
                    assert "mine" not in str(answer.body["data"]), (rule.rule, parameter, value)
    assert asked > 100


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST", "PUT"])
def test_nothing_hidden_is_changed(app: Flask, api: ApiClient, plant: Plant, method: str) -> None:
    users = [api.limited(plant.pads["mine"], role=role) for role in ("manager", "engineer")]
    before = records(api)
    for rule in open_rules(app, method):
        for path in filled(rule, plant):
            if not set(plant.ids[HIDDEN]).intersection(path.split("/")):
                continue
            body = {"description": "changed"} if "/tags/" in path else {"name": "changed"}
            sent = None if method == "DELETE" else body
            for headers in ({}, {"If-Match": '"x"'}):
                answers = [user.request(method, path, json=sent, headers=headers) for user in users]
                told = {answer.status for answer in answers} - {403}  # one of them may not at all
                assert told, (method, path)
                assert told <= {404, 422}, (method, path, [answer.body for answer in answers])
    assert records(api) == before


def records(api: ApiClient) -> list[Any]:
    """All that is in the lists."""
    return [api.get(f"/api/v1/{path}", per_page=100).data for path in ("assets", "wells", "tags")]


def clean(where: str, answer: Answer, plant: Plant) -> None:
    assert HIDDEN not in answer.text, where
    for key in plant.ids[HIDDEN]:
        assert key.isdigit() or key not in answer.text, (where, key)
