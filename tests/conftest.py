"""The test kit that is shipped, used on ourselves."""

from hypothesis import settings

settings.register_profile("wellhead", deadline=None, print_blob=True)  # machines are shared
settings.load_profile("wellhead")

pytest_plugins = ["wellhead.testing.fixtures"]
