"""What messages brought for one scan group, on its way into numpy columns."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Places = npt.NDArray[np.intp]


class Columns:
    """Grows by runs: readings of several points that one message, or one of its entries, brought.

    A run costs the same for one point and, nearly, for a hundred.
    """

    def __init__(self, group: str) -> None:
        self._group = group
        self._begin()

    def _begin(self) -> None:
        self._places: list[Places] = []
        self._times: list[int] = []
        self._qualities: list[int] = []
        self._counts: list[int] = []
        self._values: list[float] = []
        self._texts: dict[int, str] = {}

    def add(self, places: Places, values: Sequence[float], time: int, quality: int) -> None:
        """One run. time: microseconds UTC, 0 = on arrival"""
        self._places.append(places)
        self._times.append(time)
        self._qualities.append(quality)
        self._counts.append(len(places))
        self._values.extend(values)

    def add_text(self, place: Places, text: str, time: int, quality: int) -> None:
        """One reading of a text."""
        self._texts[len(self._values)] = text
        self.add(place, (np.nan,), time, quality)

    def take(self) -> sdk.Pushed | None:
        """All of it; then it is empty again. None when there was nothing."""
        if not self._places:
            return None
        counts = np.array(self._counts)
        values = np.array(self._values, np.float64)
        qualities = np.repeat(np.array(self._qualities, np.int16), counts)
        infinite = np.isinf(values)
        if infinite.any():
            values[infinite] = np.nan
            qualities[infinite] = sdk.quality.BAD_SENSOR_FAILURE
        pushed = sdk.Pushed(
            self._group,
            np.concatenate(self._places),
            np.repeat(np.array(self._times, np.int64), counts),
            values,
            qualities,
            self._texts,
        )
        self._begin()
        return pushed
