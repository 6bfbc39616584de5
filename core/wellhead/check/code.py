"""Rules about a plugin's code, which is read and not run."""

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from wellhead.check.module import Import, Module, Rules, imports_of, normal
from wellhead.plugins.contributions import Unproven
from wellhead.settings.checking import did_you_mean

_SPOKEN = frozenset({"alembic", "click", "flask", "marshmallow", "numpy", "sqlalchemy"})
"""What the SDK speaks in, so that it comes with Wellhead for as long as the SDK holds."""
_LIGHT = frozenset({"marshmallow", "numpy", "wellhead"})
_AT_WORK = (ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith, ast.Delete)
_packages = cache(packages_distributions)


def name_is_one(module: Module) -> Sequence[str]:
    """Tables, blueprints and permissions are the loader's and the app's to refuse: `composes`."""
    wanted = f"wellhead_{module.name}"
    if module.package == wanted:
        return []
    return [f"its package is {module.package}; call it {wanted}"]


def after_is_known(module: Module) -> Sequence[str]:
    unknown = [name for name in module.info.after if name not in module.manager.records]
    texts = [did_you_mean(name, module.manager.records) for name in unknown]
    problems = [
        f"`after` names {name!r}. {text}"
        for name, text in zip(unknown, texts, strict=True)
        if text.startswith("Did you mean")
    ]
    if unknown and not problems:
        raise Unproven(f"{', '.join(unknown)} of `after` is not installed here")
    return problems


def plugin_is_light(module: Module) -> Sequence[str]:
    problems: list[str] = []
    path = Path(str(module.plugin.__file__))
    for node in module.sources[path].body:
        call = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        if call or isinstance(node, _AT_WORK):
            problems.append(
                f"{module.shown(path)}:{node.lineno} does work when it is imported; do it in a hook"
            )
    light = _LIGHT | sys.stdlib_module_names | {f"wellhead_{name}" for name in module.info.requires}
    problems += [
        f"{module.shown(item.path)}:{item.line} imports {item.name}, in every process; import it "
        "within the hook that needs it, for types below `if TYPE_CHECKING:`"
        for item in _imported_at_once(module, path, set())
        if item.top != module.package and item.top not in light
    ]
    return problems


def _imported_at_once(module: Module, path: Path, seen: set[Path]) -> Iterator[Import]:
    """What comes with a file of the plugin when it is imported, by way of its others too."""
    seen.add(path)
    for node in module.sources[path].body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue  # within `if TYPE_CHECKING:`, say
        absolute = _absolute(node, module, path)
        for item in imports_of(path, absolute):
            yield item
            for own in _files(module, item.name):
                if own not in seen:
                    yield from _imported_at_once(module, own, seen)


def _absolute(node: ast.Import | ast.ImportFrom, module: Module, path: Path) -> ast.AST:
    if isinstance(node, ast.Import) or not node.level or module.home is None:
        return node
    package = path.relative_to(module.home.parent).parts[: -node.level]
    name = ".".join([*package, *([node.module] if node.module else [])])
    return ast.copy_location(ast.ImportFrom(name, node.names, 0), node)


def _files(module: Module, name: str) -> Iterator[Path]:
    """The files of the plugin that an import of this name runs."""
    parts = name.split(".")
    if module.home is None or parts[0] != module.package:
        return
    for depth in range(1, len(parts) + 1):
        stem = module.home.parent.joinpath(*parts[:depth])
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path in module.sources:
                yield path


def hooks_exist(module: Module) -> Sequence[str]:
    """Misspelt names are the loader's to find, but for those of hooks that may be missing."""
    specified = module.manager.specified()
    problems = [
        f"nobody specifies the hook {name!r}. {did_you_mean(name, specified)}; or install the "
        "plugin whose hook it is beside this one"
        for name in sorted(module.manager.implemented(module.name) - specified)
    ]
    for name in sorted(specified & set(vars(module.plugin))):
        own = getattr(vars(module.plugin)[name], "__module__", None) == module.plugin.__name__
        if own and name not in module.manager.implemented(module.name):
            problems.append(f"{name} is called as a hook is and not marked; write @sdk.hookimpl")
    return problems


def imports_are_declared(module: Module) -> Sequence[str]:
    return [
        f"{module.shown(item.path)}:{item.line} imports {item.name}, {problem}"
        for path, tree in module.sources.items()
        for item in imports_of(path, tree)
        if (problem := _undeclared(module, item))
    ]


def _undeclared(module: Module, item: Import) -> str | None:
    if item.top == module.package or item.top in sys.stdlib_module_names:
        return None
    if item.top == "wellhead":
        return _not_the_sdk(item, module.shown(item.path))
    if item.top.startswith("wellhead_"):
        other = item.top.removeprefix("wellhead_")
        return None if other in module.info.requires else f"so `requires` must name {other!r}"
    if item.top in _SPOKEN or item.top in module.info.modules:
        return None
    providers = {normal(name) for name in _packages().get(item.top, [item.top])}
    if providers & module.project.requires:
        return None
    return f"so the project's dependencies must name {' or '.join(sorted(providers))}"


def _not_the_sdk(item: Import, shown: str) -> str | None:
    allowed = {"sdk", "testing"} if _is_for_tests(shown) else {"sdk"}
    if item.name.split(".")[1:2] and item.name.split(".")[1] in allowed:
        return None
    return "which may change in any release; import of Wellhead wellhead.sdk alone"


def _is_for_tests(shown: str) -> bool:
    return bool({"testing", "tests", "testing.py"} & set(Path(shown).parts))


def is_typed(module: Module) -> Sequence[str]:
    if module.home is not None and (module.home / "py.typed").is_file():
        return []
    return [f"{module.package} has no py.typed, so type checkers see nothing of it; add that file"]


def version_is_one(module: Module) -> Sequence[str]:
    if module.info.version == module.project.version:
        return []
    return [
        f"info.version is {module.info.version} and the distribution's {module.project.version}; "
        "make them equal"
    ]


RULES: Rules = {
    "name": ("Its name is the same everywhere", name_is_one),
    "after": ("`after` names plugins that there are", after_is_known),
    "light": ("plugin.py imports nothing heavy and does nothing", plugin_is_light),
    "hooks": ("Its hooks exist and are marked", hooks_exist),
    "imports": ("What it imports is declared", imports_are_declared),
    "typed": ("It is typed", is_typed),
    "version": ("Its version is its distribution's", version_is_one),
}
