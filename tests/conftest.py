"""The test kit that is shipped, used on ourselves."""

import gc

from hypothesis import settings

settings.register_profile("wellhead", deadline=None, print_blob=True)  # machines are shared
settings.load_profile("wellhead")
gc.set_threshold(20_000, 10, 10)  # as the command line does

pytest_plugins = ["wellhead.testing.fixtures"]
