"""The configuration: `wellhead.toml` and the environment, checked as a whole before anything starts."""

from wellhead.settings.load import load_settings
from wellhead.settings.model import Settings

__all__ = ["Settings", "load_settings"]
