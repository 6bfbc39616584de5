"""What was read, what was kept of it, and when: sums over columns, the same for every gateway."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]

_MODULUS = 65_536


def read_times(values: Column, addresses: Column, near: Column) -> Column:
    """When values were read (milliseconds UTC), from what the responder's registers hold. near:
    about then, to half a minute"""
    rest: Column = (values - addresses - near) % _MODULUS
    return near + np.where(rest < _MODULUS // 2, rest, rest - _MODULUS)


@dataclass(frozen=True, slots=True)
class Journal:
    """What the responder answered, a row a register. read: milliseconds UTC"""

    device: Column
    address: Column
    read: Column

    @classmethod
    def of(cls, rows: Column) -> Self:
        """rows: (milliseconds, device, unit, first address, count) a request. Where units share
        one device's port the unit is what counts."""
        read, device, unit, first, count = rows.T
        if len(device) and not device.any():
            device = unit
        place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return cls(
            np.repeat(device, count), np.repeat(first, count) + place, np.repeat(read, count)
        )

    def between(self, begin: float, end: float) -> "Journal":
        """What was read with begin ≤ time < end, milliseconds."""
        keep = (self.read >= begin) & (self.read < end)
        return Journal(self.device[keep], self.address[keep], self.read[keep])


@dataclass(frozen=True, slots=True)
class Kept:
    """Readings that a gateway kept, in the order in which it did. read: milliseconds UTC;
    stored: microseconds UTC"""

    device: Column
    address: Column
    read: Column
    stored: Column

    @classmethod
    def empty(cls) -> Self:
        none = np.empty(0, np.int64)
        return cls(none, none, none, none)

    def within(self, begin: float, end: float) -> "Kept":
        """What was stored with begin ≤ time < end, seconds."""
        return self.only((self.stored >= begin * 1e6) & (self.stored < end * 1e6))

    def only(self, keep: npt.NDArray[np.bool_]) -> "Kept":
        return Kept(self.device[keep], self.address[keep], self.read[keep], self.stored[keep])

    def delays(self) -> tuple[float, float]:
        """Median and 99th percentile of stored − read, in milliseconds."""
        if not len(self.read):
            return float("nan"), float("nan")
        middle, high = np.percentile(self.stored / 1e3 - self.read, [50, 99])
        return float(middle), float(high)


@dataclass(frozen=True, slots=True)
class Verdict:
    """expected: readings that had to be kept; lost: of those; doubled: kept more than once;
    disordered: kept after a later reading of the same register"""

    expected: int
    lost: int
    doubled: int
    disordered: int

    @property
    def passed(self) -> bool:
        return self.expected > 0 and not (self.lost or self.doubled or self.disordered)


def judge(expected: Journal, kept: Kept) -> Verdict:
    """Compare what was read with what was kept, reading by reading."""
    wanted = np.unique(_key(expected.device, expected.address, expected.read))
    have, counts = np.unique(_key(kept.device, kept.address, kept.read), return_counts=True)
    tags = kept.device * _MODULUS + kept.address
    order = np.argsort(tags, kind="stable")
    same = np.diff(tags[order]) == 0
    return Verdict(
        len(wanted),
        int((~np.isin(wanted, have)).sum()),
        int((counts - 1).sum()),
        int((same & (np.diff(kept.read[order]) < 0)).sum()),
    )


def _key(device: Column, address: Column, read: Column) -> Column:
    """One number a reading: 8 bits device, 16 address, 38 bits of the time."""
    return (device << 54) | (address << 38) | (read & ((1 << 38) - 1))


def worst_pause(kept: Kept, begin: float, end: float) -> float:
    """The longest time in seconds that any register of `kept` had no new reading between `begin`
    and `end`."""
    worst = 0.0
    tags = kept.device * _MODULUS + kept.address
    for tag in np.unique(tags):
        times = kept.read[tags == tag] / 1e3
        times = np.sort(times[(times > begin) & (times < end)])
        worst = max(worst, float(np.diff(np.concatenate(([begin], times, [end]))).max()))
    return worst
