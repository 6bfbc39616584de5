"""One driver instance under guard: whatever it does, what comes out is a value or a DeviceError."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from wellhead.sdk import (
    AddressRefused,
    Browses,
    DeviceError,
    DeviceSpec,
    DeviceTimeout,
    Dialer,
    Driver,
    Found,
    Mailbox,
    Point,
    Pushes,
    PushGroup,
    RawValues,
    WellheadError,
    WriteRefused,
    Writes,
    quality,
)
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.clock import Clock
from wellhead_scada.engine.config import DeviceConfig
from wellhead_scada.engine.group import ScanGroup
from wellhead_scada.networks import Address
from wellhead_scada.points import load_browse, load_options

T = TypeVar("T")

CLOSE_S = 2.0
"""Seconds a driver may take to close."""

GRACE_S = 1.0
"""Seconds past its limit after which a driver that ignores its cancellation counts as wedged."""


class _NotingDialer:
    """Remembers which addresses it gave out."""

    def __init__(self, dialer: Dialer) -> None:
        self.dialer = dialer
        self.given: set[Address] = set()

    async def resolve(self, host: str, port: int) -> Address:
        address = await self.dialer.resolve(host, port)
        self.given.add(address)
        return address


class DriverFault(DeviceError):
    """The driver itself broke: it raised what no driver may raise, or did not return."""


class NotConfigured(DeviceError):
    """The device's own record cannot be used: driver not installed, options refused."""

    quality = quality.BAD_CONFIGURATION


class Connection:
    """One instance of a device's driver, from `open` to `close`.

    limit: seconds one call of the driver may take before it is given up
    Raises NotConfigured when there is no driver for the device as it is configured.
    """

    def __init__(
        self, config: DeviceConfig, drivers: Drivers, dialer: Dialer, clock: Clock, limit: float
    ) -> None:
        self._name = config.name
        self._clock = clock
        self._limit = max(limit, config.timeout + GRACE_S)
        self._deadline: float | None = None
        self._plans: dict[str, tuple[ScanGroup, Any]] = {}
        self._dialer = _NotingDialer(dialer)
        try:
            driver = drivers.get(config.driver)
            options = load_options(driver, config.options)
            self._driver: Driver[Any] = driver(
                DeviceSpec(
                    config.id,
                    config.name,
                    options,
                    config.timeout,
                    drivers.folder(config.driver),
                ),
                self._dialer,
            )
        except WellheadError as error:
            raise NotConfigured(
                error.message, field=error.field, value=error.value, remedy=error.remedy
            ) from error
        except Exception as error:  # isolates: a driver's constructor is foreign code
            raise DriverFault(_broke("set up", error)) from error

    @property
    def wedged(self) -> bool:
        """True when the driver did not even return after its call was cancelled."""
        return self._deadline is not None and self._clock.monotonic() > self._deadline + GRACE_S

    async def may_stay(self, dialer: Dialer) -> bool:
        """Ask `dialer` from now on; whether it lets the addresses through that were given."""
        self._dialer.dialer = dialer
        try:
            for address in self._dialer.given:
                await dialer.resolve(str(address), 0)
        except AddressRefused:
            return False
        return True

    async def open(self) -> None:
        """Connect. Raises DeviceError."""
        await self._guard("connecting", self._driver.open(), self._limit)

    async def read(self, group: ScanGroup) -> RawValues:
        """Raw values of the group's points. Raises DeviceError."""
        known = self._plans.get(group.config.id)
        if known is None or known[0] is not group:
            try:
                known = (group, self._driver.plan(group.points))
            except Exception as error:  # isolates: a driver's plan is foreign code
                raise DriverFault(_broke(f"planning {group.config.name}", error)) from error
            self._plans[group.config.id] = known
        return await self._guard(
            f"reading {group.config.name}", self._read(known[1], len(group.points)), self._limit
        )

    async def read_points(self, points: Sequence[Point]) -> RawValues:
        """These points alone, now. Raises DeviceError."""
        try:
            plan = self._driver.plan(points)
        except Exception as error:  # isolates: a driver's plan is foreign code
            raise DriverFault(_broke(f"planning {points[0].name}", error)) from error
        return await self._guard(
            f"reading {points[0].name}", self._read(plan, len(points)), self._limit
        )

    async def listen(self, groups: Sequence[PushGroup], mailbox: Mailbox) -> None:
        """Until cancelled. Raises DeviceError."""
        assert isinstance(self._driver, Pushes)
        try:
            async with _foreign("listening"):
                await self._driver.listen(groups, mailbox)
        except TimeoutError:
            raise DeviceTimeout("no answer while listening") from None

    async def write(self, point: Point, value: float | str, within: float | None = None) -> None:
        """Write a raw value, once. Raises WriteRefused when nothing was written for certain, or
        another DeviceError when nobody knows.

        within: seconds from now on. A driver may wait before it sends, for its turn on a line say;
        one that has not returned by then is given up, since it must not begin to send any more.
        """
        if not isinstance(self._driver, Writes):
            raise WriteRefused("this driver cannot write", remedy="Make the tag read-only")
        what = f"writing {point.name}"
        try:
            async with asyncio.timeout(within):
                await self._guard(what, self._driver.write(point, value), self._limit)
        except TimeoutError:
            raise DeviceTimeout(f"given up while {what}: its time had passed") from None

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncGenerator[Sequence[Found], None]:
        """What the device has, a few at a time; to be closed by who stops early. Raises
        DeviceError, or WellheadError for what the driver does not take."""
        if not isinstance(self._driver, Browses):
            raise WellheadError(
                "this driver cannot tell what a device has",
                remedy="Create the tags from the device's manual",
            )
        steps = aiter(self._driver.browse(load_browse(type(self._driver), arguments)))
        try:
            while (found := await self._guard("browsing", _next(steps), self._limit)) is not None:
                yield found
        finally:
            if isinstance(steps, AsyncGenerator):
                await self._guard("ending to browse", steps.aclose(), CLOSE_S)

    async def close(self) -> None:
        """Release the driver; never raises but when the caller is cancelled."""
        try:
            await self._guard("closing", self._driver.close(), CLOSE_S)
        except DeviceError:
            return  # a driver that cannot even close has been replaced already

    async def _read(self, plan: Any, points: int) -> RawValues:
        raw = await self._driver.read(plan)
        if raw.values.shape != (points,) or raw.qualities.shape != (points,):
            raise DriverFault(
                f"the driver returned {raw.values.shape} values and {raw.qualities.shape} "
                f"qualities for {points} points",
                remedy="Report it to the driver's author",
            )
        return raw

    async def _guard(self, what: str, work: Awaitable[T], limit: float) -> T:
        self._deadline = self._clock.monotonic() + limit
        try:
            async with _foreign(what), asyncio.timeout(limit):
                return await work
        except TimeoutError:
            if self._clock.monotonic() < self._deadline:
                raise DeviceTimeout(f"no answer while {what}") from None
            raise DriverFault(
                f"the driver did not return within {limit:g} s while {what}",
                remedy="Split the scan group if it needs that long; else report it to its author",
            ) from None
        finally:
            self._deadline = None


@asynccontextmanager
async def _foreign(what: str) -> AsyncIterator[None]:
    """A driver's code: what comes out is a DeviceError, a TimeoutError or our own cancellation."""
    try:
        yield
    except (DeviceError, TimeoutError):
        raise
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise DriverFault(f"the driver cancelled itself while {what}") from None
    except Exception as error:  # isolates: a driver is foreign code
        raise DriverFault(_broke(what, error)) from error


async def _next(steps: AsyncIterator[Sequence[Found]]) -> Sequence[Found] | None:
    return await anext(steps, None)


def _broke(what: str, error: Exception) -> str:
    return f"driver error while {what}: {type(error).__name__}: {error}"
