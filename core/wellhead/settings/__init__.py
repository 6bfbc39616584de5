"""The configuration: `wellhead.toml` and the environment, checked before anything starts."""

from wellhead.settings.load import load_settings
from wellhead.settings.model import Settings

__all__ = ["Settings", "load_settings"]
