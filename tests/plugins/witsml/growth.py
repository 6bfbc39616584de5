"""A log by time and one by depth that grow all the while, and whether each row came once."""

import threading
import uuid

import pytest
from tests.plugins.witsml.rig import BEGIN, Rig, at

from wellhead import sdk
from wellhead_witsml.objects.logs import Curve
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.protocol.errors import WitsmlError

CURVES = [Curve(uid=name, mnemonic=name, unit="m/h", type="double") for name in ("ROP", "ROPA")]
EACH = 4


class Growth(threading.Thread):
    """Appends rows to both logs until it is told to end; tries again while the store is away."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(daemon=True)
        self.rows = 0
        self._rig = rig
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(0.1):
            numbers = range(self.rows, self.rows + EACH)
            values = {"ROP": [*map(float, numbers)], "ROPA": [one + 0.5 for one in numbers]}
            try:
                self._rig.grow("t", [at(one) for one in numbers], values)
                self._rig.grow("d", [500 + one / 8 for one in numbers], values)
            except WitsmlError:
                continue  # the same rows again: the store keeps them by index
            self.rows += EACH

    def end(self) -> int:
        """How many rows there are."""
        self._ending.set()
        self.join()
        return self.rows


def stored(rig: Rig, log: str) -> int:
    """By a connection of its own: one that stays would end when the database goes away."""
    with sdk.connect(sdk.runtime_of(rig.api.app).settings, "default") as connection:
        row = connection.execute(
            "SELECT rows FROM witsml_log_state WHERE log_id = %s", (log,)
        ).fetchone()
    return 0 if row is None else int(row[0])


def check_readings(rig: Rig, log: str, rows: int) -> None:
    """Each reading is there, and as it lies in the store once."""
    with sdk.connect(sdk.runtime_of(rig.api.app).settings, "default") as connection:
        found = connection.execute(
            "SELECT ts, value FROM historian_hot JOIN historian_source s ON s.id = source_id"
            " WHERE s.name = %s",
            (f"witsml/{log}",),
        ).fetchall()
    start = microseconds(BEGIN)
    readings = sorted(
        (round((microseconds(ts) - start) / 1_000_000), value)
        for ts, values in found
        for value in values
    )
    assert readings == sorted((one, one + more) for one in range(rows) for more in (0.0, 0.5))


def check_depths(rig: Rig, log: str, rows: int) -> None:
    key = uuid.UUID(rig.api.get(f"/api/v1/witsml/logs/{log}").data["well_log_id"])
    with sdk.connect(sdk.runtime_of(rig.api.app).settings, "default") as connection:
        found = connection.execute(
            "SELECT rows, first_index, last_index FROM well_logs_log WHERE id = %s", (key,)
        ).fetchone()
        counted = connection.execute(
            "SELECT count, minimum, maximum, mean FROM well_logs_curve WHERE log_id = %s"
            " ORDER BY position",
            (key,),
        ).fetchall()
    assert found == (rows, 500.0, 500 + (rows - 1) / 8)
    assert counted == [
        (rows, more, rows - 1 + more, pytest.approx((rows - 1) / 2 + more)) for more in (0.0, 0.5)
    ]
