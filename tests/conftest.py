"""The test kit that is shipped, used on ourselves."""

import gc
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Machines are shared, so no example has a deadline. A run gives what the one before gave: examples
# are drawn anew in `make soak`, where what they find holds up nobody's change.
settings.register_profile("wellhead", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("wellhead")
gc.set_threshold(20_000, 10, 10)  # as the command line does

pytest_plugins = ["wellhead.testing.fixtures"]

LONGEST = (
    "test_run_demo",
    "test_run_life",
    "test_edge_to_centre",
    "test_reload",
    "test_witsml_loses_nothing",
    "test_gateway_loses_nothing",
    "test_console_browser",
    "test_database_comes_later",
)
"""Files of tests/system that begin first, so that at the end no process waits for one of them."""


@pytest.fixture
def other_objects_at_rest() -> Iterator[None]:
    """The collector looks at what is made from now on, as in a gateway that has started, and not
    at whatever other tests left: what is timed is the code."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of `-m "system and …"` the files in which no test is marked so: to import all takes every
    process of a run longer than most of its tests."""
    asked = re.match(r"(\w+)(?: and |$)", config.getoption("markexpr"))
    if asked is None or collection_path.suffix != ".py" or collection_path.name == "conftest.py":
        return None
    marked = f"mark.{asked[1]}" in collection_path.read_text(encoding="utf-8")
    return None if marked else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, the others as they were."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


def pytest_collection_finish() -> None:
    """The collector looks at none of what collecting made, here and in forks of this process: it
    is millions of objects, and stays until the end."""
    gc.freeze()
