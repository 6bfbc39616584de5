"""Plugins made on the spot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.testing.plugins import PluginWorkshop


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginWorkshop]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    made = PluginWorkshop(folder)
    yield made
    made.forget()
