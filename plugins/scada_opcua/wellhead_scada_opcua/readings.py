"""Decoded values as readings of tags: which kind fits which tag, what quality, whose time."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import structlog

from wellhead import sdk
from wellhead_scada_opcua.status import name_of, qualities_of, ran_over
from wellhead_scada_opcua.values import ARRAY, BOOLEAN, DATE_TIME, FLOAT, NOTHING, NUMBERS, Values

log = structlog.get_logger(__name__)

TEXT = "string"
_MOST_NAMED = 10
_PLAIN = np.zeros(256, np.bool_)
_PLAIN[list(NUMBERS)] = True

Columns = tuple[npt.NDArray[np.float64], npt.NDArray[np.int16], dict[int, str]]


class Readings:
    """Makes readings of the points of one group, and says once a connection what is odd.

    points: as the engine numbers them; `places` below are places in it
    """

    def __init__(self, device: sdk.DeviceSpec, points: Sequence[sdk.Point]) -> None:
        self._device = device
        self._points = points
        self._is_text = np.array([point.datatype == TEXT for point in points], np.bool_)
        self._said: set[str] = set()

    def columns(self, values: Values, places: npt.NDArray[np.intp]) -> Columns:
        """(values, qualities, texts) of `values`, which belong to `places`."""
        numbers = values.values
        qualities = qualities_of(values.statuses)
        texts: dict[int, str] = {}
        plain = _PLAIN[values.kinds]
        wants_text = self._is_text[places]
        if not plain.all() or wants_text.any():
            for row in np.flatnonzero(~plain | wants_text).tolist():
                text = _text_of(values, row) if wants_text[row] else None
                if text is not None:
                    texts[row] = text
                elif not (values.kinds[row] == DATE_TIME and not wants_text[row]):
                    self._does_not_fit(values, row, int(places[row]), qualities)
            numbers = np.where(wants_text, np.nan, numbers)
        odd = ~np.isfinite(numbers) & ~wants_text
        if odd.any():
            numbers[odd] = np.nan
            qualities[odd & sdk.quality.is_good(qualities)] = sdk.quality.BAD_SENSOR_FAILURE
        if ran_over(values.statuses):
            self._say(
                "the server's queue ran over, values were lost there",
                remedy="Raise the device's queue_size, or shorten the scan group's period",
            )
        return numbers, qualities, texts

    def times(self, values: Values, changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """When each value was so, microseconds UTC, 0 where nobody says.

        changed: which of them are changes, so that both clocks should say about the same
        """
        source, server = values.source, values.server
        parted = np.abs(source - server) > self._device.options["clock_tolerance"] * 1e6
        parted &= changed & (source > 0) & (server > 0)
        if parted.any():
            worst = int((source - server)[parted][0]) / 1e6
            self._say(
                "the clocks of a value's source and of the server part",
                seconds=round(worst, 1),
                remedy="Set the source's clock, or let the device take timestamps = server",
            )
        first, second = source, server
        if self._device.options["timestamps"] == "server":
            first, second = server, source
        return np.where(first > 0, first, second)

    def refused(self, reasons: Mapping[int, str], what: str) -> None:
        """Say which places the server refuses, a line for each reason."""
        for reason in sorted(set(reasons.values())):
            names = [self._points[place].name for place, why in reasons.items() if why == reason]
            log.warning(
                what,
                device=self._device.name,
                reason=reason,
                tags=", ".join(names[:_MOST_NAMED]),
                count=len(names),
            )

    def _does_not_fit(
        self, values: Values, row: int, place: int, qualities: npt.NDArray[np.int16]
    ) -> None:
        kind = int(values.kinds[row])
        good = qualities[row] >= sdk.quality.UNCERTAIN
        if kind == NOTHING:  # a bad status has no value; a good one without is not good
            if good:
                qualities[row] = sdk.quality.BAD
            return
        if good:
            qualities[row] = sdk.quality.BAD_CONFIGURATION
            what = "an array: give the tag an index" if kind == ARRAY else f"of type {kind}"
            self._say(
                "a value does not fit its tag",
                tag=self._points[place].name,
                datatype=self._points[place].datatype,
                value=what,
            )
        values.values[row] = np.nan

    def _say(self, what: str, **details: object) -> None:
        if what not in self._said:
            self._said.add(what)
            log.warning(what, device=self._device.name, **details)


def _text_of(values: Values, row: int) -> str | None:
    """A value as a text tag says it; None for what has no text."""
    if row in values.texts:
        return values.texts[row]
    kind, number = int(values.kinds[row]), values.values[row]
    if kind == BOOLEAN:
        return "true" if number else "false"
    if kind == FLOAT:
        return str(np.float32(number))
    if kind == 19:
        return name_of(int(number))
    if kind in NUMBERS:
        return str(int(number)) if kind < FLOAT else str(float(number))
    return None
