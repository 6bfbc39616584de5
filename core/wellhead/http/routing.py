"""Routes whose way back, from an endpoint to its URL, is made when it is first asked for.

Werkzeug compiles it with every route, which is half of composing an app; Wellhead writes its paths.
"""

from collections.abc import Callable
from functools import cache, partial

from werkzeug.routing import Rule


class Route(Rule):
    """A rule of the app's map."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
