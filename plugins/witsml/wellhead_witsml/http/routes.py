"""All routes of the plugin."""

from wellhead_witsml.http import routes_logs, routes_objects, routes_reports, routes_stores
from wellhead_witsml.http.blueprint import blp

__all__ = ["blp", "routes_logs", "routes_objects", "routes_reports", "routes_stores"]
