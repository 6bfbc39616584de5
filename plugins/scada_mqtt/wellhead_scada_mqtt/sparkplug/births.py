"""What a birth certificate says of an edge node's or a device's metrics, as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead_scada_mqtt.sparkplug.datatypes import FAMILIES, Family
from wellhead_scada_mqtt.sparkplug.payload import Key, Message


@dataclass(frozen=True, slots=True, eq=False)
class Birth:
    """names: each metric's, '' of one that has none and so cannot be asked for
    datatypes: uint8[n], by number; rows: where each name and each alias is in the table
    message: the birth itself, row for row
    """

    names: Sequence[str]
    datatypes: npt.NDArray[np.uint8]
    rows: Mapping[Key | None, int]
    message: Message

    @classmethod
    def of(cls, message: Message) -> "Birth":
        names: list[str] = []
        rows: dict[Key | None, int] = {}
        for row, metric in enumerate(message.metrics):
            names.append(metric.name)
            if metric.name:
                rows[metric.name] = row
                if metric.HasField("alias"):
                    rows[metric.alias] = row
        datatypes = np.array([metric.datatype for metric in message.metrics], np.uint32)
        return cls(names, np.minimum(datatypes, 255).astype(np.uint8), rows, message)

    def find(self, message: Message) -> npt.NDArray[np.intp]:
        """The table's row of each metric of `message`, -1 of one that the birth does not know."""
        find = self.rows.get
        return np.array([find(key, -1) for key in message.keys], np.intp)

    def is_text(self, row: int) -> bool:
        """Whether the metric at `row` is a text."""
        return bool(FAMILIES[self.datatypes[row]] == Family.TEXT)
