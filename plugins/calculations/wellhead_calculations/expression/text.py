"""From the text of an expression to Python's syntax tree.

Tags in braces and units in brackets may hold any characters, so they are cut out first and each
replaced by a name of the same length: what Python's parser says of a place is true of the text.
"""

import ast
import re
import string
from dataclasses import dataclass

from wellhead_calculations.expression.errors import ExpressionError

MOST_CHARACTERS = 2000
_MOST_UNITS = len(string.ascii_letters)
_MOST_TAGS = 0xFF
_MOST_NESTED = 40
_CUT_OUT = re.compile(r"\{([^{}]+)\}|\[([^\[\]]+)\]")
_NAME = re.compile(r"\{([^{}]+)\}")
_NUMBER = re.compile(r"\btag\([0-9]+\)")
_LIKE = (
    "Write it like ({W-01.PT} - 5 [bar]) * 2: tags in braces, units in square brackets, and each "
    "parenthesis closed"
)
_PARTS = "Calculate a part of it as a tag of its own"


@dataclass(frozen=True, slots=True)
class Syntax:
    """body: Python's tree; names: names of tags by what stands for them in the tree; units: the
    same of texts of units"""

    text: str
    body: ast.expr
    names: dict[str, str]
    units: dict[str, str]

    def error(self, message: str, node: ast.expr, remedy: str | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, node.col_offset + 1, remedy)

    def tag(self, node: ast.Name) -> str | None:
        """The name in braces that it stands for; None where a name was written without them."""
        braced = self.text.startswith("{", node.col_offset)
        return self.names.get(node.id) if braced else None


def read(text: str) -> Syntax:
    """Raises ExpressionError for what is no expression of Python's once tags and units are out."""
    # a number may be longer than the name that it is kept instead of
    if len(_NUMBER.sub("{t}", text)) > MOST_CHARACTERS:
        raise ExpressionError(
            f"must have at most {MOST_CHARACTERS} characters",
            text[:40],
            remedy=_PARTS,
        )
    if not text.strip():
        raise ExpressionError("is empty", text, 1, _LIKE)
    stands_for: dict[str, str] = {}
    code = _CUT_OUT.sub(lambda found: _placeholder(found, stands_for, text), text)
    code = re.sub(r"\s", " ", code)
    strange = re.search(r"[^ -~]", code)
    if strange:
        raise ExpressionError("a character that means nothing", text, strange.start() + 1, _LIKE)
    _check_nesting(code, text)
    stripped = code.lstrip()
    indent = len(code) - len(stripped)
    try:
        # in parentheses, since a blank in front would be an indentation
        body = ast.parse("(" + " " * indent + stripped + ")", mode="eval").body
    except SyntaxError as error:
        at = min(max((error.offset or 1) - 1, 1), max(len(text), 1))
        raise ExpressionError(f"cannot be read ({error.msg})", text, at, _LIKE) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("cannot be read", text, remedy=_LIKE) from None
    for node in ast.walk(body):
        if isinstance(node, ast.expr):
            node.col_offset -= 1
    names = {key: value for key, value in stands_for.items() if key.startswith("_")}
    units = {key: value for key, value in stands_for.items() if not key.startswith("_")}
    return Syntax(text, body, names, units)


def names_in(text: str) -> list[str]:
    """Names of tags in braces, each once, in order."""
    return list(dict.fromkeys(found.strip() for found in _NAME.findall(text)))


def renamed(text: str, names: dict[str, str]) -> str:
    """The text with each `{name}` that is in `names` replaced by what is there."""
    return _NAME.sub(lambda found: names.get(found[1].strip(), found[0]), text)


def _placeholder(found: "re.Match[str]", stands_for: dict[str, str], text: str) -> str:
    tag = found[1]
    content = (tag if tag is not None else found[2]).strip()
    known = {value: key for key, value in stands_for.items() if key.startswith("_") == bool(tag)}
    name = known.get(content)
    if name is None:
        count = len(known)
        if count >= (_MOST_TAGS if tag else _MOST_UNITS):
            raise ExpressionError(
                "too many different tags or units", text, found.start() + 1, _PARTS
            )
        name = f"_{count:x}" if tag else string.ascii_letters[count]
        stands_for[name] = content
    if tag:
        return name.ljust(len(found[0]))
    return "[" + name.ljust(len(found[0]) - 2) + "]"


def _check_nesting(code: str, text: str) -> None:
    """Python's own parser gives up on deep nesting in ways of its own."""
    depth = 0
    for place, character in enumerate(code):
        depth += (character == "(") - (character == ")")
        if depth > _MOST_NESTED:
            raise ExpressionError("nested too deep", text, place + 1, _PARTS)
        if depth < 0:
            raise ExpressionError(
                "closes a parenthesis that none opened",
                text,
                place + 1,
                "Take it out, or open one before it",
            )
