"""The reference of `wellhead.sdk`, docs/sdk.md, from the source and its docstrings.

`make docs` writes it; `python -m wellhead.sdk.reference` prints that of the installed version. The
source is read, not imported, so annotations and defaults stand there as they were written.
"""

import ast
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path

from wellhead.plugins.info import API_VERSION
from wellhead.sdk.deprecated import DEPRECATED

_SDK = "wellhead.sdk"
_INTRODUCTION = f"""\
# The SDK

Written by `make docs` from the docstrings; do not edit it here.

`wellhead.sdk` is the one stable surface for plugins and drivers: what is on this page holds, the
rest of `wellhead` may change in any release. It has a version of its own, apart from the product's:
`sdk.API_VERSION`, here **{API_VERSION}**. A plugin says which one it was written for
(`PluginInfo.api`) and runs on the same major with at least that minor; else it is switched off and
says so.

- A new name, argument with a default, or hook raises the minor.
- A removal, or a change that a plugin could notice, raises the major.
- Before a name goes it is deprecated for at least one minor: it works as before, and a
  `DeprecationWarning` names the file that uses it. `python -W error::DeprecationWarning` makes a
  test fail on it.

"""
Node = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.Assign


@dataclass(frozen=True, slots=True)
class Entry:
    """One exported name. signature: as Python source; text: its docstring; members: (signature,
    docstring) of a class's public methods and attributes, or of a module's."""

    name: str
    signature: str
    text: str
    members: list[tuple[str, str]]


def entries() -> list[Entry]:
    """Everything in `sdk.__all__`, by name, capitals as small letters."""
    node, _ = _find(_SDK, "__all__")
    assert isinstance(node, ast.Assign)
    exported = ast.literal_eval(node.value)
    return [_entry(name) for name in sorted(exported, key=lambda name: (name.lower(), name))]


def page() -> str:
    """docs/sdk.md."""
    parts = [_INTRODUCTION, "## Deprecated\n", *_deprecations(), "\n## Names\n"]
    for entry in entries():
        parts += [f"\n### {entry.name}\n", f"\n```python\n{entry.signature}\n```\n"]
        parts.append(f"\n{_shown(entry.text)}\n")
        if entry.members:
            parts.append("\n")
        for signature, text in entry.members:
            parts.append(f"- `{signature}`{': ' if text else ''}{' '.join(text.split())}\n")
    return "".join(parts)


def _shown(docstring: str) -> str:
    """As Markdown: the lines `name: what it is` become a list."""
    shown: list[str] = []
    in_list = False
    for line in docstring.splitlines():
        name, colon, _ = line.partition(": ")
        item = bool(colon) and all(word.isidentifier() for word in name.split(", "))
        if item and not in_list and shown[-1:] != [""]:
            shown.append("")
        shown.append(f"- {line}" if item else line)
        in_list = item or (in_list and line.startswith(" "))
    return "\n".join(shown)


def _deprecations() -> list[str]:
    if not DEPRECATED:
        return ["\nNothing is.\n"]
    rows = [
        f"| `{name}` | {old.since} | {old.removed_in} | {old.instead} |\n"
        for name, old in sorted(DEPRECATED.items())
    ]
    return ["\n| name | since | removed in | use instead |\n|---|---|---|---|\n", *rows]


def _entry(name: str) -> Entry:
    node, text = _find(_SDK, name)
    if isinstance(node, ast.Module):
        members = [(_assigned(item), "") for item in node.body if _assigned(item).isupper()]
        members += [
            (_signature(item), ast.get_docstring(item) or "") for item in _functions(node.body)
        ]
        return Entry(name, f"from wellhead.sdk import {name}", text, members)
    if isinstance(node, ast.ClassDef):
        return Entry(name, _class_signature(node, name), text, _members(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Entry(name, _signature(node), text, [])
    return Entry(name, f"{name} = {ast.unparse(node.value)}", text, [])


def _members(node: ast.ClassDef) -> list[tuple[str, str]]:
    attributes = [
        (ast.unparse(item), "")
        for item in node.body
        if isinstance(item, ast.AnnAssign) and not ast.unparse(item.target).startswith("_")
    ]
    constants = [
        (ast.unparse(item), "")
        for item in node.body
        if isinstance(item, ast.Assign)
        and _assigned(item).isupper()
        and isinstance(item.value, ast.Constant)
    ]
    methods = [(_signature(item), ast.get_docstring(item) or "") for item in _functions(node.body)]
    return attributes + constants + methods


def _functions(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        item
        for item in body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
        and not item.name.startswith("_")
    ]


def _class_signature(node: ast.ClassDef, name: str) -> str:
    bases = ", ".join(ast.unparse(base) for base in (*node.bases, *node.keywords))
    head = f"class {name}({bases})" if bases else f"class {name}"
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return f"{head}:\n    {_signature(item)}"
    return head


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if any(ast.unparse(mark) == "property" for mark in node.decorator_list) and node.returns:
        return f"{node.name}: {ast.unparse(node.returns)}"
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{kind} {node.name}({ast.unparse(node.args)}){returns}"


def _find(module: str, name: str) -> tuple[Node, str]:
    """Where `name` of `module` is defined, followed through imports, and its docstring."""
    body = _tree(module).body
    for place, node in enumerate(body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name == name:
                return node, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Assign) and _assigned(node) == name:
            return node, _text_below(body, place)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return _follow(str(node.module), alias.name)
    raise LookupError(f"{module} has no {name}")


def _follow(module: str, name: str) -> tuple[Node, str]:
    try:
        return _find(module, name)
    except LookupError:
        tree = _tree(f"{module}.{name}")
        return tree, ast.get_docstring(tree) or ""


def _text_below(body: list[ast.stmt], place: int) -> str:
    below = body[place + 1] if place + 1 < len(body) else None
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
        return cleandoc(str(below.value.value))
    return ""


def _assigned(node: ast.stmt) -> str:
    """The name that a plain assignment gives a value, else nothing."""
    return ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""


@cache
def _tree(module: str) -> ast.Module:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"there is no module {module}")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.stdout.write(page())
