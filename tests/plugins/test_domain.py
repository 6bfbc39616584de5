"""What petroleum engineers expect is there.

domain.toml leads from each entity, rule and formula to its operations and tests, and no
operation of these plugins is outside of it.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wellhead.testing import ApiClient

ROOT = Path(__file__).parents[2]
SECTIONS: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "domain.toml").read_text(encoding="utf-8")
)
ITEMS = [(section, name) for section, items in SECTIONS.items() for name in items]


@pytest.fixture
def document(api: ApiClient) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/api/v1/openapi.json").body
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        for method, operation in found.items():
            if method != "parameters":
                yield path, operation


@pytest.mark.parametrize(("section", "item"), ITEMS)
def test_every_item_has_its_tests(section: str, item: str) -> None:
    tests = SECTIONS[section][item]["tests"]
    assert tests, "no test"
    for name in tests:
        file, _, function = name.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in names, name


def test_every_item_is_reached_over_the_api(document: dict[str, Any]) -> None:
    known = {operation["operationId"] for _, operation in operations(document)}
    gaps = {
        f"{section}: {item}"
        for section, item in ITEMS
        if not SECTIONS[section][item]["operations"]
        or not set(SECTIONS[section][item]["operations"]) <= known
    }
    assert gaps == set()


def test_every_operation_of_these_plugins_belongs_to_an_item(document: dict[str, Any]) -> None:
    prefixes = tuple(f"/api/v1/{section.replace('_', '-')}" for section in SECTIONS)
    named = {name for section, item in ITEMS for name in SECTIONS[section][item]["operations"]}
    there = {one["operationId"] for path, one in operations(document) if path.startswith(prefixes)}
    assert there - named == set()


def test_every_number_of_these_plugins_names_its_unit(document: dict[str, Any]) -> None:
    """By `x-unit`, always the same ("1" for plain numbers and counts), or by `x-unit-field`."""
    schemas = document["components"]["schemas"]
    prefixes = tuple(f"/api/v1/{section.replace('_', '-')}" for section in SECTIONS)
    todo = [one for path, one in operations(document) if path.startswith(prefixes)]
    seen: set[str] = set()
    unnamed = []
    while todo:
        for name, schema in _named(todo.pop(), schemas):
            if name in seen or name in {"ListMeta", "ErrorEnvelope", "BulkResult"}:
                continue
            seen.add(name)
            todo.append(schema)
            unnamed += [
                f"{name}.{key}"
                for key, field in schema.get("properties", {}).items()
                if _is_number(field) and not {"x-unit", "x-unit-field"} & set(_flat(field))
            ]
    assert len(seen) > 10
    assert unnamed == []


def _named(node: Any, schemas: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).partition("/schemas/")[2]
        if name:
            yield name, schemas[name]
        for inner in node.values():
            yield from _named(inner, schemas)
    elif isinstance(node, list):
        for inner in node:
            yield from _named(inner, schemas)


def _is_number(field: dict[str, Any]) -> bool:
    types = field.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    if types & {"number", "integer"}:
        return True
    return "array" in types and _is_number(field.get("items", {}))


def _flat(field: dict[str, Any]) -> Iterator[str]:
    yield from field
    if isinstance(field.get("items"), dict):
        yield from _flat(field["items"])
