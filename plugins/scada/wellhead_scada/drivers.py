"""The drivers that the installed plugins bring, imported when a device first needs one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wellhead.sdk import Driver, Lazy, Pushes, WellheadError, did_you_mean
from wellhead_scada.points import AnyDriver


class Drivers:
    """Drivers by name.

    lazies: what the hook `drivers` of all plugins returned
    files: the folder below which each has one of its own; None: they keep no files here
    """

    def __init__(self, lazies: Mapping[str, Lazy], files: Path | None = None) -> None:
        self.lazies = dict(lazies)
        self._files = files
        self._loaded: dict[str, type[AnyDriver]] = {}

    def add(self, name: str, driver: type[AnyDriver]) -> None:
        """A driver that comes from no plugin (tests)."""
        self.lazies[name] = Lazy(name, name, f"{driver.__module__}:{driver.__name__}")
        self._loaded[name] = driver

    @classmethod
    def of(cls, plugins: Any, files: Path | None = None) -> "Drivers":
        """Those of the enabled plugins of a runtime's plugin manager."""
        found: dict[str, Lazy] = {}
        for _, lazies in plugins.ask("drivers"):
            for lazy in lazies:
                found.setdefault(lazy.name, lazy)
        return cls(found, files)

    def folder(self, name: str) -> Path | None:
        """Where this driver keeps files of its own (`DeviceSpec.folder`); it makes it itself."""
        return None if self._files is None else self._files / name

    def same(self, name: str, other: "Drivers") -> bool:
        """Whether a device of this driver is as well off with those of `other`."""
        return self.lazies.get(name) == other.lazies.get(name)

    def pushes(self, name: str) -> bool:
        """Whether devices of this driver send by themselves; False when it cannot be had."""
        try:
            return issubclass(self.get(name), Pushes)
        except WellheadError:
            return False

    def get(self, name: str) -> type[AnyDriver]:
        """The driver class. Raises WellheadError when it is not installed or cannot be imported."""
        if name in self._loaded:
            return self._loaded[name]
        if name not in self.lazies:
            raise WellheadError(
                "no driver of this name is installed",
                field="driver",
                value=name,
                remedy=did_you_mean(
                    name, self.lazies, "Install a driver plugin: pip install 'wellhead[modbus]'"
                ),
            )
        try:
            driver = self.lazies[name].load()
        except (Exception, SystemExit) as error:  # isolates: importing a driver runs foreign code
            raise WellheadError(
                f"this driver cannot be imported: {type(error).__name__}: {error}",
                field="driver",
                value=name,
                remedy="Install what its plugin needs; for those of Wellhead that is "
                "pip install 'wellhead[all]'",
            ) from error
        if not (isinstance(driver, type) and issubclass(driver, Driver)):
            raise WellheadError(
                "what the plugin names is not a driver",
                field="driver",
                value=name,
                remedy="Its target must be a subclass of wellhead.sdk.Driver",
            )
        self._loaded[name] = driver
        return driver
