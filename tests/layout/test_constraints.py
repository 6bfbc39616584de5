"""constraints.txt holds every dependency, at the version that is tested here."""

from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def dependencies(name: str, extras: frozenset[str]) -> dict[str, str]:
    """Installed version by canonical name of everything `name[extras]` pulls in here."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(name, extras)]
    while todo:
        package, wanted = todo.pop()
        if (package, wanted) in seen:
            continue
        seen.add((package, wanted))
        for line in requires(package) or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
                continue
            try:
                found[canonicalize_name(requirement.name)] = distribution(requirement.name).version
            except PackageNotFoundError:
                found[canonicalize_name(requirement.name)] = "not installed"
                continue
            todo.append((requirement.name, frozenset(requirement.extras)))
    return found


def test_every_dependency_is_pinned_as_installed(root: Path) -> None:
    pinned: dict[str, str] = {}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            pinned[canonicalize_name(name)] = version

    needed = dependencies("wellhead", frozenset({"all", "dev"}))

    different = {
        name: f"installed {version}, pinned {pinned.get(name, 'not')}"
        for name, version in needed.items()
        if pinned.get(name) != version
    }
    assert different == {}, "write the tested versions into constraints.txt"
    superfluous = sorted(set(pinned) - set(needed))
    assert superfluous == [], "these are no longer needed"
