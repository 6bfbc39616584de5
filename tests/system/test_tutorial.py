"""docs/tutorial.md, followed to the letter, beside the published wheel."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.testing import free_port
from wellhead.testing.running import RunningWellhead, data_folder

from .packages import ROOT, pip

pytestmark = [pytest.mark.system, pytest.mark.wheel]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"# (\S+?)(?:: (\w+))?\n")


class Reader:
    """Who reads the page: writes each file as it comes, runs each command, knows what was printed.

    programs: the `bin` of where Wellhead is installed; usual: what stands on the page for a place
    that the test has elsewhere
    """

    def __init__(self, folder: Path, programs: Path, usual: dict[str, str]) -> None:
        self._folder = folder
        self._programs = programs
        self._usual = usual

    def follow(self, page: str) -> str:
        """All of `page`; the commands are lines of one shell, as the reader's are."""
        printed = ""
        script = ""
        for language, text in BLOCK.findall(page):
            if language == "bash":
                script += text
                continue
            if script and language:
                printed += self._run(script)
                script = ""
            if language:
                self._write(self._placed(text))
        return printed + self._run(script)

    def _write(self, text: str) -> None:
        found = NAMED.match(text)
        assert found is not None, text[:80]
        path, method = self._folder / found[1], found[2]
        if method:
            text = replaced(path.read_text(encoding="utf-8"), method, text[found.end() :])
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _run(self, script: str) -> str:
        environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._placed(script)],
            cwd=self._folder,
            env={**environ, "PATH": f"{self._programs}:{environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def _placed(self, text: str) -> str:
        for usual, here in self._usual.items():
            text = text.replace(usual, here)
        return text


def replaced(source: str, method: str, new: str) -> str:
    """`source` with `new` in place of the method of a class."""
    old = re.compile(rf"    async def {method}\(.*?(?=\n    (?:async )?def |\n    @|\Z)", re.DOTALL)
    assert len(old.findall(source)) == 1
    return old.sub(lambda _: new.rstrip(), source) + "\n"


@pytest.fixture
def without_thermo(installed: Path) -> Iterator[Path]:
    """The environment; what the tutorial installs is gone afterwards."""
    yield installed
    pip(installed, "uninstall", "--yes", "wellhead-thermo")


def test_the_tutorial_works(without_thermo: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    before, on_air = page.split("When it says that it is ready")
    with data_folder() as folder:
        running = folder / "wellhead.toml"
        running.touch()
        box = str(free_port())
        printed = Reader(tmp_path, without_thermo, {"4001": box}).follow(before)

        shown = re.findall(r"^fail {6}(.+)$", page, re.MULTILINE)
        assert shown
        broken = re.findall(r"^fail {6}(.+)$", printed, re.MULTILINE)
        assert set(shown) <= set(broken), "what the page shows of the first check"
        assert re.search(r"│ thermo +│ 1\.0\.0 +│ enabled", printed)

        wellhead = RunningWellhead(
            running, folder / "data", command=(str(without_thermo / "wellhead"),)
        )
        try:
            wellhead.wait_ready()
            usual = {
                "4001": box,
                "http://127.0.0.1:8080": wellhead.url,
                "var/secrets/": f"{wellhead.data_dir}/secrets/",
            }
            printed = Reader(tmp_path, without_thermo, usual).follow(on_air)
            assert '"ok":true' in printed
            assert re.search(r'"v":\[[^]]*2\d\.[05]', printed), printed
            assert wellhead.stop() == 0
        finally:
            wellhead.end()
