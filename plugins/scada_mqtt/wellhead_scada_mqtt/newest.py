"""The newest value of each point that a connection has heard, for test reads and read-backs."""

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from wellhead import sdk


class Newest:
    """Of the groups that are listened to.

    patience: seconds from now on, and from a write on, in which a point may still be heard of;
        what is silent for longer is not waited for
    """

    def __init__(self, groups: Mapping[str, Sequence[sdk.Point]], patience: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._patience = patience
        self._end = self._loop.time() + patience
        self._where = {
            point.tag: (group, place)
            for group, points in groups.items()
            for place, point in enumerate(points)
        }
        sizes = {group: len(points) for group, points in groups.items()}
        self._values = {group: np.full(size, np.nan) for group, size in sizes.items()}
        self._qualities = {group: np.zeros(size, np.int16) for group, size in sizes.items()}
        self._fresh = {group: np.zeros(size, np.bool_) for group, size in sizes.items()}
        self._heard = {group: np.zeros(size, np.bool_) for group, size in sizes.items()}
        self._texts: dict[str, dict[int, str]] = {group: {} for group in groups}
        self._news = asyncio.Event()

    def knows(self, points: Sequence[sdk.Point]) -> bool:
        """Whether all of these are listened to."""
        return all(point.tag in self._where for point in points)

    def update(self, pushed: sdk.Pushed) -> None:
        """What came for one group; of several readings of a point the last counts."""
        group, places = pushed.group, pushed.places
        self._values[group][places] = pushed.values
        self._qualities[group][places] = pushed.qualities
        self._heard[group][places] = self._fresh[group][places] = True
        for row, text in pushed.texts.items():
            self._texts[group][int(places[row])] = text
        self._news.set()

    def doubt(self, point: sdk.Point) -> None:
        """It is being written: what is known of it is old."""
        self._end = self._loop.time() + self._patience
        if point.tag in self._where:
            group, place = self._where[point.tag]
            self._fresh[group][place] = False

    def trust(self, point: sdk.Point) -> None:
        """It was not written after all."""
        if point.tag in self._where:
            group, place = self._where[point.tag]
            self._fresh[group][place] = self._heard[group][place]

    async def read(self, points: Sequence[sdk.Point]) -> sdk.RawValues:
        """Of each of `points`, which it knows; waits for those not heard of yet.

        A point still unheard of then is bad; one that was written and not heard of since has its
        old value, as last usable.
        """
        where = [self._where[point.tag] for point in points]
        try:
            async with asyncio.timeout_at(self._end):
                while not all(self._fresh[group][place] for group, place in where):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        values = np.array([self._values[group][place] for group, place in where], np.float64)
        qualities = np.array([self._quality(group, place) for group, place in where], np.int16)
        texts = {
            row: self._texts[group][place]
            for row, (group, place) in enumerate(where)
            if place in self._texts[group]
        }
        return sdk.RawValues(values, qualities, texts)

    def _quality(self, group: str, place: int) -> int:
        quality = int(self._qualities[group][place])
        if self._fresh[group][place]:
            return quality
        if self._heard[group][place]:
            return min(quality, sdk.quality.UNCERTAIN_LAST_USABLE)
        return sdk.quality.BAD_COMM_FAILURE
