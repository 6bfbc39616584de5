"""The test kit: a real PostgreSQL, a database a test, clients by role. For third parties too.

Use it with `pytest_plugins = ["wellhead.testing.fixtures"]` in a conftest.py.
"""

from wellhead.testing.client import Answer, ApiClient
from wellhead.testing.proxy import Fault, FaultProxy
from wellhead.testing.waiting import free_port, wait_until

__all__ = ["Answer", "ApiClient", "Fault", "FaultProxy", "free_port", "wait_until"]
