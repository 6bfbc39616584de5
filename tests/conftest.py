"""The test kit that is shipped, used on ourselves."""

pytest_plugins = ["wellhead.testing.fixtures"]
