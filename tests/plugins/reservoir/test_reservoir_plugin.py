"""The plugin `reservoir` is loaded after what it requires."""

from wellhead_reservoir.plugin import info


def test_it_requires_what_it_builds_on() -> None:
    assert info.requires == ("wells",)
