"""One scan group as arrays: scaling and quality for all its tags at once."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog

from wellhead.sdk import Batch, Point, Pushed, RawValues, WellheadError, quality
from wellhead_historian.store.texts import TEXT
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.config import DeviceConfig, GroupConfig
from wellhead_scada.points import AnyDriver, load_options, load_point

log = structlog.get_logger(__name__)

_AT_ONCE = 50
"""Tags loaded before others get their turn: about a millisecond."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanGroup:
    """A scan group ready to be read.

    points: those its driver can read; `index` says where each stands among the tags
    refused: per tag id why its configuration cannot be read; such a tag is bad alone
    textual: which tags are of texts. A number of one of them, or a text of another tag, is no
        value: it would be shown as what it is not
    """

    config: GroupConfig
    tags: npt.NDArray[np.int32]
    scale: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]
    points: tuple[Point, ...]
    index: npt.NDArray[np.intp]
    refused: dict[int, str]
    textual: npt.NDArray[np.bool_]

    @classmethod
    async def build(
        cls, config: GroupConfig, driver: type[AnyDriver] | None, options: Mapping[str, Any]
    ) -> "ScanGroup":
        """`config` as arrays. Without a driver (it is not installed, or does not take the device's
        options) no point can be read.

        Gives way between tags, so that thousands of them hold up nobody's scan.
        """
        points: list[Point] = []
        index: list[int] = []
        refused: dict[int, str] = {}
        for position, tag in enumerate(config.tags):
            if driver is None:
                break
            if position % _AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                points.append(
                    load_point(driver, options, tag.tag, tag.name, tag.datatype, tag.address)
                )
                index.append(position)
            except Exception as error:  # isolates: a check is foreign code; its tag alone is bad
                refused[tag.tag] = f"{type(error).__name__}: {error}"
        for tag_id, reason in refused.items():
            log.error("tag cannot be read", group=config.name, tag=tag_id, reason=reason)
        return cls(
            config,
            np.array([tag.tag for tag in config.tags], np.int32),
            np.array([tag.scale for tag in config.tags], np.float64),
            np.array([tag.offset for tag in config.tags], np.float64),
            tuple(points),
            np.array(index, np.intp),
            refused,
            np.array([tag.datatype == TEXT for tag in config.tags], np.bool_),
        )

    def good(self, time: int, raw: RawValues) -> Batch:
        """The row of a scan the device answered, `raw` having one value and quality a point.

        A good reading that is no finite number after scaling is a sensor failure.
        """
        values = np.full(len(self.tags), np.nan)
        qualities = np.full(len(self.tags), quality.BAD_CONFIGURATION, np.int16)
        values[self.index] = raw.values
        qualities[self.index] = raw.qualities
        texts = {int(self.index[place]): text for place, text in raw.texts.items()}
        texts = _scale(values, qualities, self.scale, self.offset, self.textual, texts)
        return Batch.scan(self.config.source, time, self.tags, values, qualities, texts)

    def arrived(self, pushed: Pushed, now: int) -> Batch:
        """The readings that the device sent, those without a time at `now`.

        Raises WellheadError when the driver's columns cannot be.
        """
        rows = len(pushed.places)
        columns = (pushed.times, pushed.values, pushed.qualities)
        if any(column.shape != (rows,) for column in columns) or (
            rows and not 0 <= pushed.places.min() <= pushed.places.max() < len(self.points)
        ):
            raise WellheadError(
                f"the driver delivered {rows} places of {len(self.points)} points with columns of "
                f"{', '.join(str(column.shape) for column in columns)}",
                remedy="Report it to the driver's author",
            )
        places = self.index[pushed.places]
        values = pushed.values.astype(np.float64)
        qualities = pushed.qualities.astype(np.int16)
        texts = _scale(
            values,
            qualities,
            self.scale[places],
            self.offset[places],
            self.textual[places],
            pushed.texts,
        )
        times = pushed.times.astype(np.int64)
        times[times == 0] = now
        return Batch(self.config.source, self.tags[places], times, values, qualities, texts)

    def bad(self, time: int, code: int) -> Batch:
        """The row of a scan the device did not answer."""
        return bad_row(self.config.source, time, self.tags, code)


def _scale(
    values: npt.NDArray[np.float64],
    qualities: npt.NDArray[np.int16],
    scale: npt.NDArray[np.float64],
    offset: npt.NDArray[np.float64],
    textual: npt.NDArray[np.bool_],
    texts: Mapping[int, str],
) -> dict[int, str]:
    """Scale `values` in place; the texts that are kept. What is no finite number then is a sensor
    failure, but for `textual` rows, which must have a text; what is bad has neither."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite turns bad below
        values *= scale
        values += offset
    values[textual] = np.nan
    no_value = ~np.isfinite(values)
    kept = {row: text for row, text in texts.items() if textual[row]}
    if kept:
        no_value[list(kept)] = False
    qualities[no_value & quality.is_good(qualities)] = quality.BAD_SENSOR_FAILURE
    bad = (qualities & quality.STATUS_MASK) == quality.BAD
    values[bad] = np.nan
    return {row: text for row, text in kept.items() if not bad[row]}


def bad_row(source: int, time: int, tags: npt.NDArray[np.int32], code: int) -> Batch:
    """One row in which every tag is bad for the same reason."""
    values = np.full(len(tags), np.nan)
    return Batch.scan(source, time, tags, values, np.full(len(tags), code, np.int16))


async def build_groups(
    config: DeviceConfig, drivers: Drivers, known: Mapping[str, ScanGroup]
) -> dict[str, ScanGroup]:
    """The device's groups that have tags, ready to be read; unchanged ones are those in `known`."""
    driver: type[AnyDriver] | None = None
    options: Mapping[str, Any] = {}
    with suppress(WellheadError):  # opening the connection will say so
        found = drivers.get(config.driver)
        options = load_options(found, config.options)
        driver = found
    built = {}
    for group in config.groups:
        same = known.get(group.id)
        if same is not None and same.config == group:
            built[group.id] = same
        elif group.tags:
            built[group.id] = await ScanGroup.build(group, driver, options)
    return built
