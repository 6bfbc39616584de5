"""A picture of a range in N points: from readings or from the roll-up that is fine enough for it.

A roll-up is fine enough when it has a bucket for each pair of points, the least and the greatest
value of a stretch. What is kept per hour draws a year in a thousand points; readings are read for
ranges too short for that, and for tags that have hardly more readings than points. Roll-ups outlive
readings: where they know of more than there still are, the picture is made of them.
"""

from wellhead import sdk
from wellhead_historian.query.downsample import Method, Points, of_buckets, of_readings, thinned
from wellhead_historian.query.gather import parts
from wellhead_historian.store.interface import Buckets, Level, Reader
from wellhead_historian.store.rollups.summary import concatenated

MOST_READINGS = 500_000
"""Readings that are read for one picture."""


def source_name(level: Level | None) -> str:
    """`raw`, `minute`, `hour` or `day`, as the API says it."""
    return "raw" if level is None else level.name.lower()


def fine_enough(start: int, end: int, points: int) -> Level | None:
    """The widest roll-up with a bucket for each pair of points; None = readings."""
    wide = [level for level in Level if (end - start) // level >= points // 2]
    return max(wide, default=None)


def trend(
    reader: Reader,
    tag: int,
    start: int,
    end: int,
    points: int,
    method: Method,
    good_only: bool = False,
) -> tuple[Points, Level | None]:
    """(points, what they were made of). Raises WellheadError when only readings would do and there
    are too many."""
    level = None if good_only else fine_enough(start, end, points)
    kept = None if level is None else concatenated(list(parts(reader, tag, start, end, level)))
    if kept is not None and kept.count.sum() > points:
        return thinned(of_buckets(kept), points, method), level
    readings = reader.read(tag, start, end, MOST_READINGS)
    if readings.next is None:
        begins_late = not len(readings.times) or readings.times[0] >= start + Level.MINUTE
        if kept is None and begins_late and not good_only:
            kept, level = _outlived(reader, tag, start, end, len(readings.times))
        if kept is not None and kept.count.sum() > len(readings.times):
            return thinned(of_buckets(kept), points, method), level
        return thinned(of_readings(readings, good_only), points, method), None
    if good_only:
        raise sdk.WellheadError(
            f"good readings alone can be told apart in {MOST_READINGS:,} readings at most",
            field="quality",
            value="good",
            remedy="Name a shorter range, or take quality=usable",
        )
    kept = concatenated(list(parts(reader, tag, start, end, Level.MINUTE)))
    return thinned(of_buckets(kept), points, method), Level.MINUTE


def _outlived(
    reader: Reader, tag: int, start: int, end: int, known: int
) -> tuple[Buckets | None, Level | None]:
    """The finest roll-up that counts more readings than are `known`, if any does."""
    for level in Level:
        kept = reader.summarise(tag, level, start // level * level, end)
        if kept.count.sum() > known:
            return kept, level
    return None, None
