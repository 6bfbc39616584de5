"""The API's document: complete, true, and written once a process."""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from wellhead.app import create_app
from wellhead.http.openapi import api_of
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop

PATH = "/api/v1/openapi.json"
GAUGES_HEAD = """
from flask.views import MethodView
from marshmallow import fields
from wellhead import sdk
"""
GAUGES = """
class GaugeSchema(sdk.Schema):
    NAME_size = fields.Float()

blp = sdk.Blueprint("NAME", url_prefix="/api/v1/NAME", description="Gauges")

@blp.route("/gauges")
class View(MethodView):
    @blp.public
    @blp.response(200, GaugeSchema(many=True))
    def get(self):
        return []

    @blp.public
    @blp.arguments(GaugeSchema(partial=True))
    @blp.response(200, GaugeSchema)
    def patch(self, data):
        return data

@hookimpl
def blueprints():
    return [blp]
"""
_LOWER_CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")


@pytest.fixture(scope="module")
def document(shared_api: ApiClient) -> dict[str, Any]:
    """Of the core and of every built-in plugin."""
    found: dict[str, Any] = shared_api.anonymous().get(PATH).body
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        for method, operation in found.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def inline(schema: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema, also of those within it, by a path of names."""
    for name, field in schema.get("properties", {}).items():
        yield f"{where}.{name}", field
        yield from inline(field, f"{where}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from inline(schema[key], where)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from inline(part, where)


def test_every_operation_is_named_once_and_says_what_it_does(document: dict[str, Any]) -> None:
    named = Counter(operation.get("operationId") for _, operation in operations(document))
    assert [name for name, count in named.items() if count > 1] == []
    for where, operation in operations(document):
        assert _LOWER_CAMEL.fullmatch(operation.get("operationId", "")), where
        assert operation.get("summary"), where
        assert any(code.startswith("2") for code in operation["responses"]), where
        assert "default" in operation["responses"], where


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    found = [(where, p) for where, one in operations(document) for p in one.get("parameters", ())]
    found += [
        (path, parameter)
        for path, one in document["paths"].items()
        for parameter in one.get("parameters", ())
    ]
    assert len(found) > 100
    assert [f"{where}: {p['name']}" for where, p in found if not p.get("description")] == []


def test_every_field_is_described(document: dict[str, Any]) -> None:
    found = [
        named
        for name, schema in document["components"]["schemas"].items()
        for named in inline(schema, name)
    ]
    assert len(found) > 300
    assert [name for name, field in found if not field.get("description")] == []


def test_bodies_are_schemas_of_the_document(document: dict[str, Any]) -> None:
    """So that the test of fields sees them all."""
    for where, operation in operations(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            content = body.get("content", {}).get("application/json")
            if content is not None:
                assert set(content["schema"]) == {"$ref"}, where


def test_public_is_what_is_open(document: dict[str, Any], shared_api: ApiClient) -> None:
    """`security: []` where no token is asked for, and nowhere else."""
    samples = {"uuid": str(uuid.UUID(int=7)), None: "1"}
    for where, operation in operations(document):
        method, path = where.split()
        for parameter in document["paths"][path].get("parameters", ()):
            sample = samples[parameter["schema"].get("format")]
            path = path.replace(f"{{{parameter['name']}}}", sample)
        answer = shared_api.anonymous().request(method, path)
        asks = answer.status == 401 and answer.error["code"] == "token_missing"
        assert (operation.get("security") == []) is not asks, where


def test_a_list_is_answered_in_its_envelope(document: dict[str, Any]) -> None:
    listing = document["paths"]["/api/v1/assets"]["get"]
    assert {p["name"] for p in listing["parameters"]} >= {"page", "per_page", "sort", "kind"}
    schema = listing["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    envelope = document["components"]["schemas"][schema.rsplit("/", 1)[1]]
    assert set(envelope["properties"]) == {"success", "data", "meta"}


def test_it_is_sent_again_only_when_it_changed(shared_api: ApiClient) -> None:
    anybody = shared_api.anonymous()
    first = anybody.get(PATH)
    again = anybody.request("GET", PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, None)
    other = anybody.request("GET", PATH, headers={"If-None-Match": '"other"'})
    assert (other.status, other.text) == (200, first.text)
    assert first.headers["Cache-Control"] == "no-cache"


def test_every_refusal_is_described_as_one(document: dict[str, Any]) -> None:
    named = document["components"]["responses"]
    seen = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = {} if method == "parameters" else operation["responses"]
            for status, response in answers.items():
                if status.isdigit() and int(status) >= 400:
                    found = named.get(response.get("$ref", "").rpartition("/")[2], response)
                    schema = found["content"]["application/json"]["schema"]["$ref"]
                    assert schema.endswith("/ErrorEnvelope"), (method, path, status)
                    seen += 1
    assert seen > 40


def test_schemas_of_others_plugins_are_named_with_the_plugin(
    settings: Settings, workshop: PluginWorkshop
) -> None:
    """Two who never met both have a Gauge, and a client generated from the document has both."""
    for name in ("acme", "best_gas"):
        workshop.plugin(name, GAUGES.replace("NAME", name), head=GAUGES_HEAD)
    app = create_app(Runtime.make(settings))

    document = ApiClient(app).get(PATH).body

    schemas = document["components"]["schemas"]
    assert {name for name in schemas if re.match("Acme|BestGas|Gauge[0-9]", name)} == {
        f"{plugin}Gauge{kind}"
        for plugin in ("Acme", "BestGas")
        for kind in ("", "Patch", "Envelope", "ListEnvelope")
    }
    assert set(schemas["AcmeGauge"]["properties"]) == {"acme_size"}
    assert set(schemas["BestGasGauge"]["properties"]) == {"best_gas_size"}
    assert "Well" in schemas


def test_routes_that_cannot_be_described_leave_the_others(app: Flask) -> None:
    class Broken:
        name, description = "broken", "Its schema is none"

        def register_views_in_doc(self, *_: Any, **__: Any) -> None:
            raise TypeError("no schema")

    api = api_of(app)
    api._registered = {"broken": Broken(), **api._registered}
    with capture_logs() as lines:
        document = ApiClient(app).get(PATH).body
    assert "/api/v1/wells" in document["paths"]
    [line] = [line for line in lines if line["event"] == "routes cannot be described"]
    assert line["blueprint"] == "broken"
