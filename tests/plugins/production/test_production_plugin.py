"""The plugin `production` is loaded after what it requires."""

from wellhead_production.plugin import info


def test_it_requires_what_it_builds_on() -> None:
    assert info.requires == ("wells", "historian")
