"""From the rows of a birth to the points of the push groups, by index arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug.births import Birth
from wellhead_scada_mqtt.sparkplug.payload import Readings


@dataclass(frozen=True, slots=True)
class Want:
    """A point of a push group: its place there, and the metric that it is."""

    group: str
    place: int
    metric: str
    text: bool


class Layer(NamedTuple):
    """places: intp[rows of the birth], each row's point in the group, -1 where there is none."""

    group: str
    places: npt.NDArray[np.intp]


def bind(birth: Birth, wants: Sequence[Want]) -> tuple[list[Layer], list[Want]]:
    """How the birth's rows go to the points, and the points that it has no metric for: there is
    none of that name, or it is a text and the point is not, or the other way about. Of a metric
    that several points of one group are, each has a layer of its own."""
    layers: list[Layer] = []
    refused = []
    for want in wants:
        row = birth.rows.get(want.metric)
        if row is None or birth.is_text(row) != want.text:
            refused.append(want)
            continue
        for layer in layers:
            if layer.group == want.group and layer.places[row] < 0:
                break
        else:
            layer = Layer(want.group, np.full(len(birth.names), -1, np.intp))
            layers.append(layer)
        layer.places[row] = want.place
    return layers, refused


def push(
    layers: Sequence[Layer],
    rows: npt.NDArray[np.intp],
    times: npt.NDArray[np.int64],
    read: Readings,
) -> list[sdk.Pushed]:
    """What to deliver of metrics that read `read` at `times`, being these rows of the birth."""
    pushed = []
    for group, column in layers:
        places = column[rows]
        if (places >= 0).all():
            columns = (places, times, read.values, read.qualities, read.texts)
        else:
            picked = np.flatnonzero(places >= 0)
            if not len(picked):
                continue
            texts = {
                new: read.texts[old]
                for new, old in enumerate(picked.tolist() if read.texts else ())
                if old in read.texts
            }
            columns = (
                places[picked],
                times[picked],
                read.values[picked],
                read.qualities[picked],
                texts,
            )
        pushed.append(sdk.Pushed(group, *columns))
    return pushed


def all_bad(wants: Sequence[Want], quality: int, time: int) -> list[sdk.Pushed]:
    """Each of these points is bad. time: microseconds UTC, 0 = that of arrival."""
    by_group: dict[str, list[int]] = {}
    for want in wants:
        by_group.setdefault(want.group, []).append(want.place)
    return [
        sdk.Pushed(
            group,
            np.array(places, np.intp),
            np.full(len(places), time, np.int64),
            np.full(len(places), np.nan),
            np.full(len(places), quality, np.int16),
        )
        for group, places in by_group.items()
    ]
