"""The configuration that is in force, apart from the file that people edit.

Every process reads the accepted copy, so that one that is restarted at night comes back with the
configuration that ran, not with an edit that nobody has reloaded or that was refused.
"""

import os
from pathlib import Path

from wellhead.errors import ConfigError
from wellhead.settings import Settings, load_settings
from wellhead.settings.load import DEFAULT_FILE

_FILE = "accepted.toml"


class Accepted:
    """source: the file people edit; None: the defaults, until there is a ./wellhead.toml"""

    def __init__(self, data_dir: Path, source: Path | None) -> None:
        self.path = data_dir / _FILE
        self.candidate = data_dir / "candidate.toml"
        self.source = source or Path(DEFAULT_FILE).absolute()
        self._named = source is not None

    def start(self) -> None:
        """Have the file as it is now in force. Where it is already nothing is written, so that a
        start can be on a full disk, too. Raises ConfigError."""
        if not (self.path.exists() and self.path.read_bytes() == self._content()):
            self.take()
            self.accept()

    def take(self) -> None:
        """Copy the file as it is now: the candidate. Raises ConfigError."""
        content = self._content()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            with open(os.open(self.candidate, flags, 0o600), "wb") as file:
                file.write(content)
        except OSError as error:
            raise ConfigError(
                f"the configuration cannot be copied there: {error.strerror}",
                field="data_dir",
                value=str(self.candidate),
                remedy="Free some of its disk, or let this user write there",
            ) from error

    def accept(self) -> None:
        """The candidate is in force from now on."""
        self.candidate.replace(self.path)

    def refuse(self) -> None:
        """Away with the candidate."""
        self.candidate.unlink(missing_ok=True)

    def _content(self) -> bytes:
        try:
            return self.source.read_bytes()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not self._named:
                return b""
            raise ConfigError(
                f"configuration file cannot be read: {error.strerror}",
                field="--config",
                value=str(self.source),
                remedy="Make it a file that this user may read",
            ) from error


def settings_in_force(data_dir: Path) -> Settings | None:
    """What the last `wellhead run` of the data directory was told; None before there was one."""
    path = data_dir / _FILE
    return load_settings(path, os.environ) if path.exists() else None
