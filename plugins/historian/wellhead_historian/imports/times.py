"""Columns of written times as microseconds UTC, thousands in one go.

A file of history is mostly times, and `datetime` makes an object of each. So texts become one
matrix of characters, which numpy checks and adds up by column. Local times are looked up by the
minute, since a zone's offset does not change within one.
"""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt

EPOCHS = {"us": 1, "ms": 1_000, "s": 1_000_000}
"""Numbers since 1970-01-01 UTC: what one counts, in microseconds."""
FOLDS = {"earlier": 0, "later": 1}
"""Which of the two is meant by a local time that a clock set back shows twice."""
Times = npt.NDArray[np.int64]
Wrong = dict[int, str]
"""What is wrong, by place in the column."""

_FIRST = -62_135_596_800_000_000  # 0001-01-01
_LAST = 253_402_300_799_999_999  # 9999-12-31
_MINUTE = 60_000_000
_EPOCH = dt.datetime(1970, 1, 1)
_LONGEST = 35  # 2026-01-31T12:00:00.123456789+01:00
_DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
_NO_TIME = "is not a time of RFC 3339, like 2026-01-31T12:00:00Z; for numbers say time=us, ms or s"
_NO_ZONE = "has no offset: write Z or +01:00 behind it, or name the time zone with tz"
_SKIPPED = "does not exist in {zone}: the clock was set forward over it"
_TWICE = "exists twice in {zone}: the clock was set back; say fold=earlier or fold=later"
_OUTSIDE = "lies outside the years 1 to 9999"


@dataclass(frozen=True, slots=True)
class TimeForm:
    """How times are written.

    epoch: one of EPOCHS for numbers; None for texts of RFC 3339, the T may be a blank
    zone: of texts without an offset; None: those are wrong
    fold: one of FOLDS; None: a local time that exists twice is wrong
    """

    epoch: str | None = None
    zone: zoneinfo.ZoneInfo | None = None
    fold: str | None = None


def read_times(cells: Sequence[Any], form: TimeForm) -> tuple[Times, Wrong]:
    """(int64[n] microseconds since 1970 UTC, what is wrong); a wrong one's number means nothing."""
    if not len(cells):
        return np.empty(0, np.int64), {}
    times, wrong = _numbers(cells, EPOCHS[form.epoch]) if form.epoch else _written(cells, form)
    for place in np.flatnonzero((times < _FIRST) | (times > _LAST)).tolist():
        wrong.setdefault(place, _OUTSIDE)
    return times, wrong


def _numbers(cells: Sequence[Any], unit: int) -> tuple[Times, Wrong]:
    if set(map(type, cells)) in ({int}, {str}):  # of others numpy makes whole numbers, too
        try:
            numbers = np.array(cells, np.int64)
            if (np.abs(numbers) <= _LAST // unit).all():
                return numbers * unit, {}
        except (ValueError, OverflowError):
            pass
    times, wrong = np.zeros(len(cells), np.int64), {}
    for place, cell in enumerate(cells):
        try:
            if isinstance(cell, bool) or len(str(cell)) > _LONGEST:
                raise InvalidOperation
            number = Decimal(str(cell)) * unit
            if not number.is_finite():
                raise InvalidOperation
            times[place] = int(number) if abs(number) <= _LAST else _LAST + 1
        except InvalidOperation:
            wrong[place] = "is not a number since 1970-01-01 UTC"
    return times, wrong


def _written(cells: Sequence[Any], form: TimeForm) -> tuple[Times, Wrong]:
    chars, lengths = _characters(cells)
    codes = chars[:, _DIGITS].astype(np.int64) - ord("0")
    fine = ((codes >= 0) & (codes <= 9)).all(axis=1)
    for place, allowed in ((4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":")):
        fine &= np.isin(chars[:, place], np.frombuffer(allowed.encode(), np.uint8))
    rows = np.arange(len(cells))
    last = chars[rows, np.maximum(lengths - 1, 0)]
    zulu = (last == ord("Z")) | (last == ord("z"))
    sign = chars[rows, np.maximum(lengths - 6, 0)]
    signed = ((sign == ord("+")) | (sign == ord("-"))) & (lengths >= 25) & ~zulu
    ends = lengths - np.where(zulu, 1, np.where(signed, 6, 0))
    fraction, fraction_fine = _fraction(chars, ends)
    offset, offset_fine = _offset(chars, lengths, signed)
    local, date_fine = _clock(codes)
    fine &= fraction_fine & offset_fine & date_fine
    local = np.where(fine, local + fraction, 0)
    times = local - offset
    wrong = dict.fromkeys(np.flatnonzero(~fine).tolist(), _NO_TIME)
    bare = fine & ~zulu & ~signed
    if bare.any():
        places = np.flatnonzero(bare)
        if form.zone is None:
            wrong |= dict.fromkeys(places.tolist(), _NO_ZONE)
        else:
            times[places], inside = _of_zone(local[places], form.zone, form.fold)
            wrong |= {int(places[place]): text for place, text in inside.items()}
    return times, wrong


def _characters(cells: Sequence[Any]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """(uint8[n, 36], how many of each row are meant, 0 for what cannot be a time)."""
    written = [
        cell if isinstance(cell, str) and 19 <= len(cell) <= _LONGEST and cell.isascii() else ""
        for cell in cells
    ]
    texts = np.array(written, f"S{_LONGEST + 1}")
    lengths = np.fromiter(map(len, written), np.int64, len(written))
    return texts.view(np.uint8).reshape(len(written), -1), lengths


def _fraction(
    chars: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]
) -> tuple[Times, npt.NDArray[np.bool_]]:
    """(microseconds, whether it is one) between the 19th character and `ends`; digits past the
    microsecond are cut."""
    micros = np.zeros(len(ends), np.int64)
    fine = (ends == 19) | ((chars[:, 19] == ord(".")) & (ends >= 21) & (ends <= 29))
    for digit in range(9):
        inside = ends > 20 + digit
        if not inside.any():
            break
        code = chars[:, 20 + digit].astype(np.int64) - ord("0")
        fine &= ~inside | ((code >= 0) & (code <= 9))
        if digit < 6:
            micros += np.where(inside, code * 10 ** (5 - digit), 0)
    return micros, fine


def _offset(
    chars: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64], signed: npt.NDArray[np.bool_]
) -> tuple[Times, npt.NDArray[np.bool_]]:
    """(microseconds east of UTC, whether it is an offset); 0 and True where none is written."""
    offset, fine = np.zeros(len(lengths), np.int64), np.ones(len(lengths), np.bool_)
    rows = np.flatnonzero(signed)
    if not len(rows):
        return offset, fine
    tail = chars[rows[:, None], lengths[rows, None] + np.arange(-6, 0)]
    codes = tail[:, [1, 2, 4, 5]].astype(np.int64) - ord("0")
    hours, minutes = codes[:, 0] * 10 + codes[:, 1], codes[:, 2] * 10 + codes[:, 3]
    fine[rows] = (
        ((codes >= 0) & (codes <= 9)).all(axis=1)
        & (tail[:, 3] == ord(":"))
        & (hours < 24)
        & (minutes < 60)
    )
    offset[rows] = np.where(tail[:, 0] == ord("-"), -1, 1) * (hours * 60 + minutes) * _MINUTE
    return offset, fine


def _clock(codes: npt.NDArray[np.int64]) -> tuple[Times, npt.NDArray[np.bool_]]:
    """(microseconds from 1970 as if it were UTC, whether the calendar has it) of 14 digits a row.
    A 61st second, which POSIX time has no number for, is refused."""
    tens = codes[:, 0::2] * 10 + codes[:, 1::2]
    year = tens[:, 0] * 100 + tens[:, 1]
    month, day, hour, minute, second = tens[:, 2:].T
    fine = (year >= 1) & (month >= 1) & (month <= 12)
    months = np.where(fine, (year - 1970) * 12 + month - 1, 0)
    begins = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ends = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    fine &= (day >= 1) & (day <= ends - begins) & (hour < 24) & (minute < 60) & (second < 60)
    seconds = (begins + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    return seconds * 1_000_000, fine


def _of_zone(local: Times, zone: zoneinfo.ZoneInfo, fold: str | None) -> tuple[Times, Wrong]:
    """Local times, as if they were UTC, in `zone`."""
    minutes, which = np.unique(local // _MINUTE, return_inverse=True)
    offsets = np.array([_offsets(minute, zone) for minute in minutes.tolist()], np.int64)[which]
    before, after = offsets.T
    times = local - (after if fold and FOLDS[fold] else before)
    wrong = dict.fromkeys(np.flatnonzero(before < after).tolist(), _SKIPPED.format(zone=zone.key))
    if fold is None:
        twice = np.flatnonzero(before > after).tolist()
        wrong |= dict.fromkeys(twice, _TWICE.format(zone=zone.key))
    return times, wrong


def _offsets(minute: int, zone: zoneinfo.ZoneInfo) -> tuple[int, int]:
    """Microseconds east of UTC at a local minute, the first and the second time it is shown: the
    same for nearly all; smaller, then greater, for one that is skipped (PEP 495)."""
    moment = (_EPOCH + dt.timedelta(minutes=minute)).replace(tzinfo=zone)
    first, second = moment.utcoffset(), moment.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    unit = dt.timedelta(microseconds=1)
    return first // unit, second // unit
