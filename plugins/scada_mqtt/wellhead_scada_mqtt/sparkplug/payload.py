"""A Sparkplug B payload to columns: pure, and nothing that it is given can take it long.

Reaching into a metric is what costs (about 35 ns a field), so each field is read once for all
metrics, and everything after that is numpy. Once a birth has said which alias is which name, data
has the alias alone; so the key of a metric is its name where it has one, else its alias (an int).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import Metric, Payload
from wellhead_scada_mqtt.sparkplug.datatypes import (
    FAMILIES,
    FAMILY_OF_FIELD,
    SIGNED_BITS,
    Family,
)
from wellhead_scada_mqtt.sparkplug.properties import quality_of

MAX_BYTES = 4 * 2**20
MAX_METRICS = 20_000
_COUNTED_BYTES = 64 * 2**10
"""From here on metrics are counted before they are made: one of two bytes takes 180 in memory."""
_LAST_MS = 253_402_300_799_999
"""The end of the year 9999; a later time is none."""

Key = str | int


class PayloadError(sdk.DeviceProtocolError):
    """Bytes that are no Sparkplug B payload, or more of them than is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A payload as columns of a row a metric.

    seq: 0 to 255, None where there is none
    sent: microseconds UTC, 0 where there is none
    keys: each metric's name, or its alias where it has no name, or None where it has neither
    times: int64[n], microseconds UTC; where the metric has none the payload's, 0 = neither
    families: uint8[n], what sort of value there is, NONE of a null
    historical: bool[n], not the present value
    qualities: int16[n], as the metric's property says, else good
    values: what the fields hold; metrics: themselves, for what only births say
    """

    seq: int | None
    sent: int
    keys: Sequence[Key | None]
    times: npt.NDArray[np.int64]
    families: npt.NDArray[np.uint8]
    historical: npt.NDArray[np.bool_]
    qualities: npt.NDArray[np.int16]
    values: Sequence[Any]
    metrics: Sequence[Metric]

    def __len__(self) -> int:
        return len(self.keys)

    def only(self, rows: npt.NDArray[np.intp]) -> "Message":
        """The same with these of its metrics alone."""
        picked = rows.tolist()
        return replace(
            self,
            keys=[self.keys[row] for row in picked],
            times=self.times[rows],
            families=self.families[rows],
            historical=self.historical[rows],
            qualities=self.qualities[rows],
            values=[self.values[row] for row in picked],
            metrics=[self.metrics[row] for row in picked],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What some metrics read: float64[n], NaN where there is no number; int16[n]; texts by row."""

    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: Mapping[int, str]


def decode(data: bytes) -> Message:
    """The payload as columns. Raises PayloadError."""
    if len(data) > MAX_BYTES:
        raise _too_much("bytes", len(data), MAX_BYTES)
    if len(data) > _COUNTED_BYTES:
        _count_metrics(data)
    try:
        payload = Payload.FromString(data)
    except DecodeError as error:
        raise PayloadError(f"no Sparkplug B payload: {error}", field="payload") from None
    seq = payload.seq if payload.HasField("seq") else None
    if seq is not None and seq > 255:
        raise PayloadError("lies outside 0 to 255", field="payload.seq", value=seq)
    metrics = list(payload.metrics)
    fields = [metric.WhichOneof("value") for metric in metrics]
    sent = payload.timestamp * 1000 if payload.timestamp <= _LAST_MS else 0
    return Message(
        seq,
        sent,
        [metric.name or metric.alias or _zero(metric) for metric in metrics],
        _microseconds([metric.timestamp for metric in metrics], sent),
        np.array(
            [
                Family.NONE if metric.is_null else FAMILY_OF_FIELD[name]
                for metric, name in zip(metrics, fields, strict=True)
            ],
            np.uint8,
        ),
        np.array([metric.is_historical for metric in metrics], bool),
        _qualities([metric.properties for metric in metrics]),
        [
            getattr(metric, name) if name else None
            for metric, name in zip(metrics, fields, strict=True)
        ],
        metrics,
    )


def readings(message: Message, datatypes: npt.NDArray[np.uint8]) -> Readings:
    """What the metrics read, being of the `datatypes` that their birth said, one a row.

    A null is bad; a datatype that is not supported is bad, configuration error; a value of another
    sort than the datatype is bad, device failure; a float that is no number bad, sensor failure.
    """
    given, values, expected = message.families, message.values, FAMILIES[datatypes]
    qualities = message.qualities.copy()
    if (given == Family.REAL).all() and (expected == Family.REAL).all():  # what most messages are
        numbers, texts = np.array(values, np.float64), {}
    else:
        fits = given == expected
        numbers = np.full(len(message), np.nan)
        real = np.flatnonzero(fits & ((given == Family.REAL) | (given == Family.TRUTH)))
        numbers[real] = [values[row] for row in real.tolist()]
        whole = np.flatnonzero(fits & (given == Family.WHOLE))
        bits = np.array([values[row] for row in whole.tolist()], np.uint64)
        numbers[whole] = _signed(bits, SIGNED_BITS[datatypes[whole]])
        worded = np.flatnonzero(fits & (given == Family.TEXT))
        texts = {row: values[row] for row in worded.tolist()}
        qualities[~fits] = sdk.quality.BAD_DEVICE_FAILURE
        qualities[given == Family.NONE] = sdk.quality.BAD
        qualities[expected == Family.OTHER] = sdk.quality.BAD_CONFIGURATION
    finite = np.isfinite(numbers)
    if not finite.all():
        absurd = ~finite
        numbers[absurd] = np.nan
        absurd &= sdk.quality.is_good(qualities) & (expected != Family.TEXT)
        qualities[absurd] = sdk.quality.BAD_SENSOR_FAILURE
    return Readings(numbers, qualities, texts)


def _signed(bits: npt.NDArray[np.uint64], width: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Two's complement of `width` bits each (0 = unsigned). Publishers fill the upper bits of the
    field with the sign or with zeros, so they are shifted out."""
    shift = (64 - width.astype(np.int64)) % 64
    signed = (bits << shift.astype(np.uint64)).view(np.int64) >> shift
    return np.where(width == 0, bits.astype(np.float64), signed.astype(np.float64))


def _zero(metric: Metric) -> int | None:
    """An alias of 0, or None where there is none; reading it does not tell."""
    return 0 if metric.HasField("alias") else None


def _microseconds(milliseconds: Sequence[int], none: int) -> npt.NDArray[np.int64]:
    """`none` where there is none, or none that can be."""
    column = np.array(milliseconds, np.uint64)
    column[column > _LAST_MS] = 0
    times = column.astype(np.int64) * 1000
    times[times == 0] = none
    return times


def _qualities(properties: Sequence[bytes]) -> npt.NDArray[np.int16]:
    column = np.full(len(properties), sdk.quality.GOOD, np.int16)
    if any(properties):
        column[:] = [quality_of(given) for given in properties]
    return column


def _count_metrics(data: bytes) -> None:
    """Walk over the fields of the payload itself. Raises PayloadError as soon as there are too many
    of them; whether the bytes make sense is the parser's to say."""
    place = fields = 0
    while place < len(data):
        fields += 1
        if fields > MAX_METRICS + 16:
            raise _too_much("metrics", f"more than {MAX_METRICS}", MAX_METRICS)
        tag, place = _varint(data, place)
        match tag & 7:
            case 0:
                _, place = _varint(data, place)
            case 1:
                place += 8
            case 2:
                length, place = _varint(data, place)
                place += length
            case 5:
                place += 4
            case _:
                raise PayloadError("no Sparkplug B payload: a group", field="payload")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """The number at `place` and the place after it."""
    number = shift = 0
    while place < len(data) and shift < 70:
        byte = data[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
    raise PayloadError("no Sparkplug B payload: a number without end", field="payload")


def _too_much(what: str, found: object, most: int) -> PayloadError:
    return PayloadError(
        f"has too many {what}",
        field="payload",
        value=found,
        remedy=f"Split what the edge node publishes: {most} {what} at most are read",
    )
