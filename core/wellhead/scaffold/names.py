"""Names that a new plugin may have, refused here rather than where they break something later."""

import keyword
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from flask import Blueprint

from wellhead.errors import WellheadError
from wellhead.http import routes
from wellhead.plugins.info import NAME
from wellhead.plugins.loader import GROUP

LONGEST = 24
"""Names of tables, their indexes and revisions begin with the plugin's, and the database holds 32
characters of a revision's name, 63 of a table's."""

LONGEST_TITLE = 40


def check_name(name: str) -> str:
    """The name itself. Raises WellheadError for one that no plugin can have, or that is taken."""
    if not NAME.fullmatch(name):
        raise _refused(name, "is no plugin's name", _spelt(name))
    if len(name) > LONGEST:
        raise _refused(
            name,
            f"is longer than {LONGEST} characters, and names of tables begin with it",
            "Choose a shorter one",
        )
    if keyword.iskeyword(name):
        raise _refused(name, "is a word of Python", f"Say more, {name}_data for example")
    if name in ("core", "platform") or name in _core_blueprints():
        raise _refused(name, "is a part of Wellhead's core", "Choose another one")
    for point in entry_points(group=GROUP, name=name):
        owner = f" (of {point.dist.name})" if point.dist else ""
        raise _refused(
            name, f"is an installed plugin{owner}", "Choose another one, or uninstall that"
        )
    return name


def check_title(title: str) -> str:
    """The title itself. Raises WellheadError for one that cannot stand in code and prose as is."""
    if (
        not 0 < len(title) <= LONGEST_TITLE
        or title != title.strip()
        or not title.isprintable()
        or any(character in title for character in '"\\')
    ):
        raise WellheadError(
            "cannot be the title",
            field="--title",
            value=title,
            remedy=f"Write one line of at most {LONGEST_TITLE} characters, without quotation "
            "marks and backslashes",
        )
    return title


@cache
def _core_blueprints() -> frozenset[str]:
    names = (module.name for module in iter_modules(routes.__path__, f"{routes.__name__}."))
    members = [member for name in names for member in vars(import_module(name)).values()]
    return frozenset(member.name for member in members if isinstance(member, Blueprint))


def _spelt(name: str) -> str:
    """How to write a name, with this one written so where that is possible."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()
    better = "_".join(words)
    remedy = "Write lower-case words joined by single underscores, a letter first"
    return f"{remedy}: {better}" if NAME.fullmatch(better) else remedy


def _refused(name: str, problem: str, remedy: str) -> WellheadError:
    return WellheadError(problem, field="NAME", value=name, remedy=remedy)
