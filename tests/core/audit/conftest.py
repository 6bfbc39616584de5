"""Code that runs inside a tenant."""

from collections.abc import Iterator

import pytest
from flask import Flask

from wellhead.database.extension import tenant


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """Inside the default tenant."""
    with app.app_context(), tenant("default"):
        yield
