"""The plugin `well_testing` is loaded after what it requires."""

from wellhead_well_testing.plugin import info


def test_it_requires_what_it_builds_on() -> None:
    assert info.requires == ("wells", "historian")
