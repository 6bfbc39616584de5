"""The rig at work: its physics by the clock, written into a store as it goes."""

import math
from dataclasses import replace
from datetime import datetime

from wellhead_witsml.objects import queries
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.reading import KINDS, kind_name, read_objects
from wellhead_witsml.objects.wells import Well, Wellbore
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.protocol.client import Store
from wellhead_witsml.protocol.errors import ObjectExists
from wellhead_witsml.rig.physics import SENSOR_BEHIND, Activity, Rig
from wellhead_witsml.rig.reports import WELL, Hole

START, END = 1500.0, 2600.0
"""Measured depths in m between which every hole is drilled; a finished one gets a sidetrack"""
KEPT_HOLES = 2
_STEP_S = 5.0
_INTERVAL = 10.0

DepthRow = tuple[float, dict[str, float | None]]


class Driller:
    """Drills hole after hole. A store that has holes of this rig already is gone on with.

    speed: seconds of drilling in one of the clock's; times in the store are the clock's
    """

    def __init__(self, store: Store, seed: int = 1, speed: float = 20.0) -> None:
        self._store = store
        self._seed = seed
        self._speed = speed
        self._last: datetime | None = None
        self.hole = Hole(1)
        self.rig = Rig(seed, START, END)

    def advance(self, now: datetime) -> None:
        """Go on to `now` and write what came. Raises WitsmlError of the store."""
        if self._last is None:
            self._take_up(now)
            self._last = now
        left = max((now - self._last).total_seconds(), 0.0) * self._speed
        self._last = now
        rows: list[DepthRow] = []
        while left > 0.0 and self.rig.activity is not Activity.FINISHED:
            step = min(left, _STEP_S)
            left -= step
            before, made = self.rig.hole, self.rig.connections
            self.rig.step(step)
            rows += self._metres_since(before)
            if self.rig.connections > made:
                self._connect(now)
        row = self.hole.time_row(now, self.rig.measured(), self.rig.activity)
        self._grow(self.hole.time_log(now), row)
        if rows:
            self._grow(self.hole.depth_log(now), self.hole.depth_rows(rows))
            self._log_cuttings(now, rows)
        if self.rig.activity is Activity.FINISHED:
            self._finish(now)

    def _take_up(self, now: datetime) -> None:
        """Find the hole that was drilled last, or begin with the first."""
        query = queries.objects_query(Wellbore, self._store.version, uid_well=WELL.uid)
        found = read_objects(Wellbore, self._store.get("wellbore", query, queries.IDS).document)
        numbers = [int(one.uid.rpartition("-")[2]) for one in found]
        self._begin(max(numbers, default=1), now)

    def _begin(self, number: int, now: datetime) -> None:
        """Set up a hole, or go on where its log by depth ends."""
        self.hole = hole = Hole(number)
        for one in (
            WELL,
            hole.wellbore(now, START),
            hole.time_log(now),
            hole.depth_log(now),
            hole.trajectory(now, *[START + SENSOR_BEHIND * place for place in (-2, -1)]),
            hole.tubular(),
            hole.run(now, START, START),
            replace(hole.interval(now, START, 0.0), intervals=()),
            hole.risk(now, START, END),
        ):
            self._add(one)
        self.rig = Rig(self._seed + number, self._reached(), END)

    def _reached(self) -> float:
        """Depth of the last row that is in the store, m."""
        depth = self.hole.below("depth", "")
        query = queries.objects_query(
            Log,
            self._store.version,
            uid_well=WELL.uid,
            uid_wellbore=self.hole.uid,
            uid=depth["uid"],
        )
        (found,) = read_objects(Log, self._store.get("log", query, queries.REQUESTED).document)
        return START if found.end_index is None else found.end_index.value

    def _metres_since(self, before: float) -> list[DepthRow]:
        """A row for each whole metre that was drilled."""
        first, last = math.floor(before) + 1, math.floor(self.rig.hole)
        return [(float(metre), self.rig.measured()) for metre in range(first, last + 1)]

    def _connect(self, now: datetime) -> None:
        """A stand is down: the survey comes up, and the driller says so."""
        hole, depth = self.hole, self.rig.hole
        self._update(hole.trajectory(now, depth - SENSOR_BEHIND))
        self._update(hole.run(now, START, depth))
        stand = round(depth)
        self._add(hole.message(now, stand, f"Connection at {depth:.1f} m", depth))

    def _log_cuttings(self, now: datetime, rows: list[DepthRow]) -> None:
        """A sample every ten metres."""
        for metre, values in rows:
            if metre % _INTERVAL == 0.0:
                top = metre - _INTERVAL
                self._update(self.hole.interval(now, top, values["GR"] or 0.0))

    def _finish(self, now: datetime) -> None:
        """Total depth: what grew grows no more, and the next sidetrack begins."""
        hole = self.hole
        for log in (hole.time_log(now), hole.depth_log(now)):
            self._update(replace(log, growing=False, curves=()))
        self._update(hole.trajectory(now, growing=False))
        self._update(hole.tubular(pulled=True))
        self._update(hole.run(now, START, END, done=True))
        self._update(replace(hole.interval(now, END, 0.0), growing=False, intervals=()))
        self._add(hole.message(now, round(END), f"Total depth of {END:.0f} m reached", END))
        self._begin(hole.number + 1, now)
        if hole.number >= KEPT_HOLES:
            self._forget(Hole(hole.number + 1 - KEPT_HOLES))

    def _forget(self, hole: Hole) -> None:
        """Delete a hole and all that is below it: the store of a demonstration stays small."""
        version = self._store.version
        for kind in KINDS:
            if kind in (Well, Wellbore):
                continue
            name = kind_name(kind)
            below = {"uid_well": WELL.uid, "uid_wellbore": hole.uid}
            query = queries.objects_query(kind, version, **below)
            for one in read_objects(kind, self._store.get(name, query, queries.IDS).document):
                self._store.delete(
                    name, queries.identity_query(kind, version, **below, uid=one.uid)
                )
        one_hole = queries.identity_query(Wellbore, version, uid_well=WELL.uid, uid=hole.uid)
        self._store.delete("wellbore", one_hole)

    def _grow(self, log: Log, data: LogData) -> None:
        self._update(replace(log, curves=(), data=(data,)))

    def _add(self, of: WitsmlObject) -> None:
        """One that is there already stays as it is."""
        try:
            self._store.add(kind_name(type(of)), write_object(of, self._store.version))
        except ObjectExists:
            return

    def _update(self, of: WitsmlObject) -> None:
        self._store.update(kind_name(type(of)), write_object(of, self._store.version))
