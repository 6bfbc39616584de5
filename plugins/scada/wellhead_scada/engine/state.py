"""What state a device is in: pure transitions, without a clock, a socket or chance of their own."""

from dataclasses import dataclass, replace
from enum import StrEnum

from wellhead.sdk import quality


class Status(StrEnum):
    """CONNECTING is the first attempt; after a failure a device is BACKING_OFF until it answers."""

    DISABLED = "disabled"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    BACKING_OFF = "backing_off"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pause before the next attempt: doubles each time, less up to half of it by chance."""

    first_s: float = 1.0
    most_s: float = 60.0

    def delay(self, failures: int, chance: float) -> float:
        """Seconds to wait after the `failures`-th failure in a row; `chance` lies in 0…1."""
        doubled = self.first_s * 2.0 ** min(failures - 1, 32)
        return min(doubled, self.most_s) * (1 - chance / 2)


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One device's state.

    since: microseconds UTC at which `status` began
    reason: why it is not connected; None when it is
    quality: what its tags are while it is down
    failures: failures in a row
    """

    status: Status
    since: int
    reason: str | None = None
    quality: int = quality.BAD_NOT_CONNECTED
    failures: int = 0

    @property
    def down(self) -> bool:
        """True when a scan need not be tried: the device is known not to answer."""
        return self.status in (Status.BACKING_OFF, Status.DISABLED)


def started(now: int) -> DeviceState:
    """A device that will be connected for the first time."""
    return DeviceState(Status.CONNECTING, now)


def disabled(now: int) -> DeviceState:
    """A device that is switched off in the configuration."""
    return DeviceState(
        Status.DISABLED, now, "switched off in its configuration", quality.BAD_OUT_OF_SERVICE
    )


def answered(state: DeviceState, now: int) -> DeviceState:
    """The device did what it was asked."""
    if state.status is Status.CONNECTED:
        return state
    return DeviceState(Status.CONNECTED, now)


def failed(state: DeviceState, now: int, reason: str, quality_code: int) -> DeviceState:
    """The device failed, its retries are used up. `since` stays where the trouble began."""
    since = state.since if state.status is Status.BACKING_OFF else now
    return replace(
        state,
        status=Status.BACKING_OFF,
        since=since,
        reason=reason,
        quality=quality_code,
        failures=state.failures + 1,
    )
