"""Routes whose way back, from an endpoint to its URL, is made when it is first asked for, and whose
path is read once a process.

Werkzeug compiles both with every route, which is most of composing an app; Wellhead writes its
paths, and registers each twice: on trial, then on the app.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.converters import DEFAULT_CONVERTERS
from werkzeug.routing.rules import RulePart


class _Path(NamedTuple):
    """What werkzeug reads in the text of a path."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: Mapping[str, BaseConverter]


_read: dict[str, _Path] = {}


class Route(Rule):
    """A rule of the app's map."""

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if self.map.converters != DEFAULT_CONVERTERS:
            return super()._parse_rule(rule)  # a converter of somebody's may know its map
        found = _read.get(rule)
        if found is None:
            before = len(self._trace)
            parts = list(super()._parse_rule(rule))
            _read[rule] = _Path(parts, self._trace[before:], dict(self._converters))
            return parts
        self._trace += found.trace
        self._converters |= found.converters
        self.arguments |= found.converters.keys()
        return found.parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        builder: Callable[..., tuple[str, str]] | None = None

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            nonlocal builder
            builder = builder or compiled(append_unknown)
            return builder(rule, **values)

        return build
