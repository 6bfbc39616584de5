"""Rules about what a plugin adds to the app, which is composed with all plugins and not served."""

import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from wellhead.app import create_app
from wellhead.check.module import Module
from wellhead.database.urls import database_urls
from wellhead.http.blueprint import PUBLIC
from wellhead.http.openapi import api_of
from wellhead.http.requests import OWNERS, access_of, asset_rule_of
from wellhead.plugins.contributions import CheckRule, Permission, Unproven
from wellhead.plugins.info import PluginRecord, Status
from wellhead.runtime import Runtime

_VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
_DOUBLED = re.compile(r"Multiple schemas resolved to the name (\w+)")  # apispec says so
_API = "/api/"
"""Below it are the routes of the documentation; a page elsewhere is for people."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one route. operation: of the OpenAPI document, None when it is not in it"""

    method: str
    path: str
    access: str | None
    assets: str | None
    operation: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Face:
    """What the app has of one plugin.

    problem: why the app does not take it, else empty
    schemas: of the OpenAPI document, those of its routes
    operation_ids: how often each is given, by all plugins
    doubled: names that several of its schemas have in the document
    """

    problem: str
    routes: Sequence[Route] = ()
    permissions: Sequence[Permission] = ()
    schemas: Mapping[str, Any] = field(default_factory=dict)
    operation_ids: Mapping[str, int] = field(default_factory=dict)
    doubled: Sequence[str] = ()


def face_of(module: Module) -> Face:
    """Compose the app with all plugins; it touches no database."""
    with tempfile.TemporaryDirectory(prefix="wh-check-") as folder:
        points = [point.name for point in module.points]
        settings, manager = module.loaded(points, Path(folder))
        app = create_app(Runtime(settings, manager, database_urls(settings)))
    record = manager.records[module.name]
    if record.status is not Status.ENABLED:
        return Face(f"it is {record.status}: {record.reason}")
    api = api_of(app)
    owners: Mapping[str, PluginRecord] = app.extensions[OWNERS]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        document = api.part([name for name, owner in owners.items() if owner is record])
    permissions = [
        item for _, items in manager.collect_one(module.name, "permissions") for item in items
    ]
    routes = list(_routes(app, module.name, document["paths"]))
    schemas = document["components"]["schemas"]
    doubled = [found[1] for one in told if (found := _DOUBLED.search(str(one.message)))]
    return Face("", routes, permissions, schemas, api.operation_ids(), doubled)


def _routes(app: Flask, name: str, paths: Mapping[str, Any]) -> Iterator[Route]:
    owners = app.extensions[OWNERS]
    for rule in app.url_map.iter_rules():
        owner = owners.get(rule.endpoint.partition(".")[0])
        if owner is None or owner.name != name:
            continue
        path = _VARIABLE.sub(r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            described = paths.get(path, {})
            operation = described.get(method.lower())
            if operation is not None:
                shared = [*described.get("parameters", ()), *operation.get("parameters", ())]
                operation = {**operation, "parameters": shared}
            yield Route(
                method,
                path,
                access_of(app, rule.endpoint, method),
                asset_rule_of(app, rule.endpoint, method),
                operation,
            )


def composes(module: Module, face: Face) -> Sequence[str]:
    problems = [face.problem] if face.problem else []
    for hook in ("drivers", "device_servers", "jobs"):
        for item in module.subject.offers(hook):
            try:
                item.load()
            except (Exception, SystemExit) as error:  # isolates: it imports foreign code
                text = f"{type(error).__name__}: {error}"
                problems.append(f"{hook}: {item.target} of {item.name} cannot be loaded: {text}")
    if not problems and module.record.status is not Status.ENABLED:
        problems.append(f"it is {module.record.status}: {module.record.reason}")
    return problems


def permissions_are_used(module: Module, face: Face) -> Sequence[str]:
    used = {route.access for route in face.routes}
    unused = [item.name for item in face.permissions if item.name not in used]
    if unused and module.readme is None:
        raise Unproven(f"no route asks for {', '.join(unused)}, and there is no README.md here")
    return [
        f"no route asks for {name}; remove it, or say in the README what it is for"
        for name in unused
        if name not in str(module.readme)
    ]


def assets_are_told(module: Module, face: Face) -> Sequence[str]:
    return [
        f"{route} says nothing of users limited to assets; mark it within_assets, any_asset or "
        "unlimited_only"
        for route in face.routes
        if route.access != PUBLIC and route.assets is None
    ]


def operations_are_named(module: Module, face: Face) -> Sequence[str]:
    return [
        f"{route} {problem}"
        for route in face.routes
        if route.path.startswith(_API)
        for problem in _problems_of_operation(route, face.operation_ids)
    ]


def _problems_of_operation(route: Route, taken: Mapping[Any, int]) -> Iterator[str]:
    if route.operation is None:
        yield "is not in the OpenAPI document; route it with sdk.Blueprint.route"
        return
    name = route.operation.get("operationId")
    if name is None:
        yield "has no operationId; give it one with @blp.doc"
    elif not _CAMEL.fullmatch(name):
        yield f"has the operationId {name!r}; write it like getGauge"
    elif taken[name] > 1:
        yield f"has the operationId {name!r}, which another operation has too"
    if not route.operation.get("summary"):
        yield "has no summary; give it one with @blp.doc"


def schemas_are_named(module: Module, face: Face) -> Sequence[str]:
    return [
        f"several schemas are called {name}, and the document numbers them; rename all but one, or "
        "give one that has other fields each time a class for each"
        for name in dict.fromkeys(face.doubled)
    ]


def fields_are_described(module: Module, face: Face) -> Sequence[str]:
    """Of the bodies in and out; the envelope around them and the errors are the core's."""
    schemas = face.schemas
    found: dict[str, None] = {}
    for route in face.routes:
        operation = route.operation or {}
        for parameter in operation.get("parameters", ()):
            if "$ref" not in parameter and not parameter.get("description"):
                found[f"parameter {parameter['name']} of {route}"] = None
        for schema in _bodies(operation, schemas):
            found.update(dict.fromkeys(_undescribed(schema, schemas, set())))
    return [f"{what} has no description; say what it is, with its unit" for what in found]


def _bodies(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas of what is sent, and of `data` of what is answered."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield content.get("schema", {})
    for status, answer in operation.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        for kind, content in answer.get("content", {}).items():
            if kind == "application/json":
                envelope = _followed(content.get("schema", {}), schemas)
                yield envelope.get("properties", {}).get("data", {})


def _followed(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else schema


def _undescribed(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], seen: set[str]
) -> Iterator[str]:
    """Fields, as `Schema.field`, of a schema and of all those within it."""
    inner = [
        *(schema.get(key) for key in ("items", "additionalProperties")),
        *(part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())),
    ]
    for part in inner:
        if isinstance(part, Mapping):
            yield from _undescribed(part, schemas, seen)
    name = schema.get("$ref", "").rpartition("/")[2]
    if not name or name in seen:
        return
    seen.add(name)
    for key, shown in schemas[name].get("properties", {}).items():
        if not shown.get("description"):
            yield f"{name.removesuffix('Patch')}.{key}"
        yield from _undescribed(shown, schemas, seen)


_RULES = {
    "permissions": ("Its permissions are used", permissions_are_used),
    "asset-limits": ("Each route says how it treats users limited to assets", assets_are_told),
    "operations": ("Each route has an operationId and a summary", operations_are_named),
    "schemas": ("Each schema of its routes has a name of its own", schemas_are_named),
    "described": ("Each field and parameter is described", fields_are_described),
}


def rules_of(module: Module) -> Iterator[CheckRule]:
    """`composes`, and when it does, the others."""
    faces: list[Face] = []

    def face() -> Face:
        if not faces:
            faces.append(face_of(module))
        return faces[0]

    def check(rule: Any) -> Sequence[str]:
        if face().problem:
            raise Unproven("the app does not take it, see composes")
        found: Sequence[str] = rule(module, face())
        return found

    yield CheckRule("composes", "The app takes what it brings", lambda: composes(module, face()))
    for name, (title, rule) in _RULES.items():
        yield CheckRule(name, title, partial(check, rule))
