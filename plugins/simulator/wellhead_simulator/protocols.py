"""Which protocol each well's device speaks: those of the configuration, by turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_simulator.signals import SIGNALS, tag_name


@dataclass(frozen=True, slots=True)
class Protocol:
    """driver: its name, as in a device's record; title: as people call it"""

    driver: str
    title: str
    server: type[sdk.DeviceServer]

    def device(self, well: str) -> str:
        """The name of a well's device."""
        return f"{well} RTU ({self.title})"

    def layout(self, well: str) -> list[sdk.Point]:
        """The points of a well's device, in the order of SIGNALS, numbered by it."""
        signals = enumerate(SIGNALS)
        return self.server.layout(
            [(number, tag_name(well, signal), signal.datatype) for number, signal in signals]
        )


def protocols(
    plugins: Any, drivers: Sequence[str], left_out: Callable[[str, str], None]
) -> list[Protocol]:
    """Those of `drivers` that an enabled plugin has a device server for, in their order.

    left_out: told each of the others, and why. Raises ConfigError when none is left.
    """
    known: dict[str, sdk.Lazy] = {}
    for _, lazies in plugins.ask("device_servers"):
        known.update((lazy.name, lazy) for lazy in lazies)
    found = []
    for driver in drivers:
        if driver not in known:
            left_out(driver, "no enabled plugin has a device server for it; see `wellhead plugins`")
            continue
        try:
            found.append(Protocol(driver, known[driver].title, known[driver].load()))
        except ImportError as error:
            left_out(driver, f"{error}; pip install 'wellhead[simulator]'")
    if not found:
        raise sdk.ConfigError(
            "no enabled plugin has a device server for any of these drivers",
            field="[plugins.simulator] drivers",
            value=list(drivers),
            remedy=f"{sdk.did_you_mean(drivers[0], known)}; `wellhead plugins` says why one is off",
        )
    return found
