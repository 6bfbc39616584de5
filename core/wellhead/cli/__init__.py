"""The `wellhead` command. Only what the asked command needs is imported."""

from wellhead.cli.main import main

__all__ = ["main"]
