"""The plugin `witsml` is loaded after what it requires."""

from wellhead_witsml.plugin import info


def test_it_requires_what_it_builds_on() -> None:
    assert info.requires == ("wells", "well_logs", "historian")
