"""The test kit that is shipped, used on ourselves."""

import gc
import re
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("wellhead", deadline=None, print_blob=True)  # machines are shared
settings.load_profile("wellhead")
gc.set_threshold(20_000, 10, 10)  # as the command line does

pytest_plugins = ["wellhead.testing.fixtures"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of `-m "system and …"` the files in which no test is marked so: to import all takes every
    process of a run longer than most of its tests."""
    asked = re.match(r"(\w+)(?: and |$)", config.getoption("markexpr"))
    if asked is None or collection_path.suffix != ".py" or collection_path.name == "conftest.py":
        return None
    marked = f"mark.{asked[1]}" in collection_path.read_text(encoding="utf-8")
    return None if marked else True
