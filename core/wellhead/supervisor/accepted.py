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

    def take(self) -> None:
        """Copy the file as it is now: the candidate. Raises ConfigError."""
        try:
            content = self.source.read_bytes()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not self._named:
                content = b""
            else:
                raise ConfigError(
                    f"configuration file cannot be read: {error.strerror}",
                    field="--config",
                    value=str(self.source),
                    remedy="Make it a file that this user may read",
                ) from error
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with open(os.open(self.candidate, flags, 0o600), "wb") as file:
            file.write(content)

    def accept(self) -> None:
        """The candidate is in force from now on."""
        self.candidate.replace(self.path)

    def refuse(self) -> None:
        """Away with the candidate."""
        self.candidate.unlink(missing_ok=True)


def settings_in_force(data_dir: Path) -> Settings | None:
    """What the last `wellhead run` of the data directory was told; None before there was one."""
    path = data_dir / _FILE
    return load_settings(path, os.environ) if path.exists() else None
