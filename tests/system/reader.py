"""Who reads a page of the documentation: changes each file as it says, runs each command, in order.

The first line of a block names the files that it changes. The blocks of a page:

- `diff`: lines with `-` go, those with `+` come, all others must be there; `@@` is between parts.
- `python` that is indented: definitions that take the place of those of the same names.
- any other with a language: the whole file.
- `bash`: commands. All without a file between them are one shell's, which stays in its folder.
"""

import ast
import os
import re
import subprocess
import textwrap
from pathlib import Path

from .packages import ROOT

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Reader:
    """programs: the `bin` of where Wellhead is installed
    usual: what stands on the page → what it is here"""

    def __init__(self, folder: Path, programs: Path, usual: dict[str, str]) -> None:
        self._folder = folder
        self._programs = programs
        self.usual = usual

    def follow(self, page: str) -> str:
        """All of `page`; what its commands printed."""
        printed = script = ""
        for language, text in _BLOCK.findall(page):
            if language == "bash":
                script += text
            elif language:
                printed += self._run(script)
                script = ""
                self._edit(language, self._placed(text))
        return printed + self._run(script)

    def _edit(self, language: str, text: str) -> None:
        head, body = text.split("\n", 1)
        assert head.startswith("# "), head
        for name in head[2:].split():
            path = self._folder / name
            if language == "diff":
                new = patched(path.read_text(encoding="utf-8"), body)
            elif body.startswith(" "):
                new = redefined(path.read_text(encoding="utf-8"), body)
            else:
                new = text
            path.write_text(new, encoding="utf-8")

    def _run(self, script: str) -> str:
        if not script:
            return ""
        environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{self._placed(script)}\npwd"],
            cwd=self._folder,
            env={
                **environ,
                "PATH": f"{self._programs}:{environ['PATH']}",
                "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
            },
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        self._folder = Path(done.stdout.splitlines()[-1])
        return done.stdout

    def _placed(self, text: str) -> str:
        for usual, here in self.usual.items():
            text = text.replace(usual, here)
        return text


def patched(source: str, diff: str) -> str:
    """`source` after the parts of `diff`, each of which fits in one place."""
    for part in diff.split("@@\n"):
        lines = part.splitlines(keepends=True)
        assert all(line[0] in "-+ " for line in lines), part
        old = "".join(line[1:] for line in lines if line[0] != "+")
        new = "".join(line[1:] for line in lines if line[0] != "-")
        assert f"\n{source}".count(f"\n{old}") == 1, part
        source = f"\n{source}".replace(f"\n{old}", f"\n{new}")[1:]
    return source


def redefined(source: str, methods: str) -> str:
    """`source` with `methods`, which stand one after the other there too."""
    names = {each.name for each in _functions(textwrap.dedent(methods))}
    old = [each for each in _functions(source) if each.name in names]
    assert len(old) == len(names), names
    first = min(line.lineno for each in old for line in (each, *each.decorator_list))
    last = max(each.end_lineno or 0 for each in old)
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: first - 1], methods, *lines[last:]])


def _functions(source: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    every = ast.walk(ast.parse(source))
    return [each for each in every if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
