"""The plugin `well_logs` is loaded after what it requires."""

from wellhead_well_logs import plugin


def test_it_requires_what_it_builds_on() -> None:
    assert plugin.info.requires == ("wells",)
