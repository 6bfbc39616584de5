"""A station with an hour of readings, each kind of tag one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_historian import api as historian
from wellhead_historian.store.choice import make_writer
from wellhead_historian.testing import BASE, FAR

START = BASE // 3_600_000_000 * 3_600_000_000
FIRST = "2025-06-15T15:00:00Z"  # START
END = "2025-06-15T16:00:00Z"
SECOND = 1_000_000


@dataclass
class Station:
    """Tags by name, an hour of readings a second from START on: `pressure` n bar but for a bad
    minute from 15:30 on and a peak of 9999 at 15:45:01, `flow` 2 m3/d with a reading each minute,
    `pump` on and off each five minutes, `message` a text each 15 minutes, `silent` nothing."""

    ids: dict[str, int]
    pad: str


@pytest.fixture
def station(app: Flask, settings: sdk.Settings) -> Station:
    kinds = {
        "pressure": ("float64", "bar", None),
        "flow": ("float64", "m3/d", None),
        "pump": ("int16", None, {"0": "Off", "1": "On"}),
        "message": ("string", None, None),
        "silent": ("float64", None, None),
    }
    with app.app_context(), sdk.tenant("default"):
        pad = sdk.Asset(kind="pad", name="Pad")
        sdk.db.session.add(pad)
        sdk.db.session.flush()
        ids = {
            name: historian.create_tag(
                name=name, datatype=datatype, unit=unit, states=states, asset_id=pad.id
            ).id
            for name, (datatype, unit, states) in kinds.items()
        }
        source = historian.create_source("station")
        sdk.db.session.commit()
        where = str(pad.id)
    seconds = np.arange(3600)
    pressure = np.where(seconds == 2701, 9999.0, seconds.astype(float))
    bad = (seconds >= 1800) & (seconds < 1860)
    pressure[bad] = np.nan
    qualities = np.where(bad, 24, 192).astype(np.int16)

    def batch(name: str, at: np.typing.NDArray[np.int64], values: object) -> sdk.Batch:
        codes = qualities if name == "pressure" else np.full(len(at), 192, np.int16)
        tags = np.full(len(at), ids[name], np.int32)
        return sdk.Batch(source, tags, START + at * SECOND, np.asarray(values, float), codes)

    texts = sdk.Batch(
        source,
        np.full(4, ids["message"], np.int32),
        START + np.arange(4) * 900 * SECOND,
        np.full(4, np.nan),
        np.full(4, 192, np.int16),
        {0: "=1+1", 1: "one, two", 2: "three", 3: "four"},
    )
    batches = [
        batch("pressure", seconds, pressure),
        batch("flow", seconds[::60], np.full(60, 2.0)),
        batch("pump", seconds[::300], np.arange(12) % 2),
        texts,
    ]
    with sdk.connect(settings, "default") as connection, connection.transaction():
        make_writer(connection).write(batches, FAR)
    return Station(ids, where)


@pytest.fixture
def path(station: Station) -> Callable[[str], str]:
    """The address of a tag's readings."""
    return lambda name: f"/api/v1/tags/{station.ids[name]}/readings"
