"""docs/tutorial.md, followed to the letter, beside the published wheel."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.testing import free_port
from wellhead.testing.running import RunningWellhead, data_folder

from .packages import ROOT, pip, statuses
from .reader import Reader

pytestmark = [pytest.mark.system, pytest.mark.wheel]

NAME = "flow_computer"


@pytest.fixture
def programs(installed: Path) -> Iterator[Path]:
    """Those of the environment; what the tutorial installs is gone afterwards."""
    yield installed
    pip(installed, "uninstall", "--yes", "wellhead-flow-computer")


def test_the_tutorial_works(programs: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    before, on_air, away = re.split("When it says that it is ready|Stop Wellhead", page)
    mend, proof = before.split("A device server answers")
    with data_folder() as folder:
        reader = Reader(folder, programs, {"4001": str(free_port())})

        printed = reader.follow(mend)
        shown = re.findall(r"^fail {6}.+$", mend, re.MULTILINE)
        assert shown
        assert shown == re.findall(r"^fail {6}.+$", printed, re.MULTILINE), printed

        printed = reader.follow(proof)
        assert "ok        driver-reads: " in printed
        lacking = re.findall(r"^(?:fail|unproven) .*\n(?: .*\n)*", printed, re.MULTILINE)
        assert all("machine is busy" in text for text in lacking), lacking
        assert re.search(rf"│ {NAME} +│ 0\.1\.0 +│ enabled", printed), printed

        config = folder / "wellhead.toml"
        config.touch()
        wellhead = RunningWellhead(config, folder / "var", command=(str(programs / "wellhead"),))
        try:
            wellhead.wait_ready()
            reader.usual["http://127.0.0.1:8080"] = wellhead.url
            printed = reader.follow(on_air)
            assert '"ok":true' in printed
            assert re.search(r'"v":\[[^]]*15\d\.[05]', printed), printed
            assert wellhead.stop() == 0
        finally:
            wellhead.end()

        assert f"{NAME} has no tables" in reader.follow(away)
        assert NAME not in statuses(programs)
