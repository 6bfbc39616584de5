"""A rig at work: a small store with a well and a wellbore, whose logs grow as a test says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.reading import kind_name
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.objects.wells import Well, Wellbore, WellDatum
from wellhead_witsml.objects.writing import write_object
from wellhead_witsml.polling.worker import Worker
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.store.server import StoreServer

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)
UIDS: dict[str, Any] = {"uid_well": "w", "uid_wellbore": "b"}
_KB = WellDatum("kb", "Kelly Bushing", "KB", Measure(30.0, "m"), default=True)


def at(second: float) -> datetime:
    """A time of the logs here."""
    return BEGIN + timedelta(seconds=second)


def put(client: Client, of: WitsmlObject) -> None:
    client.add(kind_name(type(of)), write_object(of, client.version))


@dataclass
class Rig:
    """name: of the store's record, of its well and, as tags have it, of its wellbore
    writer: a client of `server` that adds what the rig measures
    api: an administrator's; store_id: the record of the store
    """

    name: str
    server: StoreServer
    writer: Client
    api: ApiClient
    store_id: str
    worker: Worker | None

    def fill(self) -> None:
        """A well and a wellbore in the store."""
        for of in self.objects:
            put(self.writer, of)

    @property
    def objects(self) -> tuple[WitsmlObject, ...]:
        well = Well(uid="w", name=self.name, datums=(_KB,))
        return well, Wellbore(uid="b", name=self.name, uid_well="w", name_well=self.name)

    @property
    def below(self) -> dict[str, Any]:
        """What every object of the wellbore says of it."""
        return {**UIDS, "name_well": self.name, "name_wellbore": self.name}

    def bring(self) -> str:
        """Import the well and the wellbore; the wellbore's id."""
        found = ""
        for of in self.objects:
            kind = kind_name(type(of))
            body = {"object_type": kind, "xml": write_object(of, "1.4.1.1")}
            answer = self.api.post(f"/api/v1/witsml/stores/{self.store_id}/imports", body)
            found = answer.data["objects"][0]["id"]
        return found

    def start_log(self, uid: str, curves: Sequence[Curve], **header: Any) -> None:
        """A log without data. By time unless `index_type` says otherwise."""
        index = Curve(uid="i", mnemonic="TIME", unit="s", type="date time")
        known = {"index_type": "date time", "index_curve": "TIME", "null_value": "-999.25"}
        if "index_type" in header:
            index = Curve(uid="i", mnemonic="DEPT", unit="m", type="double")
            known |= {"index_curve": "DEPT"}
        put(
            self.writer,
            Log(
                uid=uid,
                name=f"Log {uid}",
                **self.below,
                **(known | header),
                curves=(index, *curves),
            ),
        )

    def grow(
        self,
        uid: str,
        index: Sequence[datetime] | Sequence[float],
        columns: Mapping[str, Sequence[float | str | None]],
        direction: str = "increasing",
    ) -> None:
        """More rows at the end of a log."""
        by_time = isinstance(index[0], datetime)
        keys: npt.NDArray[np.int64] | npt.NDArray[np.float64]
        if by_time:
            times = [microseconds(one) for one in index if isinstance(one, datetime)]
            keys = np.array(times, np.int64)
        else:
            keys = np.array(index, np.float64)
        values = np.full((len(columns), len(keys)), np.nan)
        texts: dict[int, tuple[str | None, ...]] = {}
        for row, cells in enumerate(columns.values()):
            if any(isinstance(cell, str) for cell in cells):
                texts[row] = tuple(None if cell is None else str(cell) for cell in cells)
            else:
                values[row] = [np.nan if cell is None else cell for cell in cells]
        data = LogData(
            tuple(columns), (None,) * len(columns), keys, None if by_time else "m", values, texts
        )
        name = "TIME" if by_time else "DEPT"
        log = Log(
            uid=uid,
            name=f"Log {uid}",
            **self.below,
            index_type="date time" if by_time else "measured depth",
            index_curve=name,
            direction=direction,
            data=(data,),
        )
        self.writer.update("log", write_object(log, self.writer.version))

    def follow(self, uid: str, **options: Any) -> str:
        """Follow a log from now on; the record's id."""
        body = {"store_id": self.store_id, **UIDS, "uid": uid, "period_s": 1, **options}
        found: str = self.api.post("/api/v1/witsml/logs", body).data["id"]
        return found

    def look(self, log: str) -> dict[str, Any]:
        """Have it looked at until the worker wants to wait; how it goes then."""
        self.api.patch(f"/api/v1/witsml/logs/{log}", {"enabled": True})
        for _ in range(100):
            if self.turn() > 0:
                break
        return self.status(log)

    def turn(self) -> float:
        """Have the worker do one thing; seconds that it wants to wait then."""
        with self.api.app.app_context(), sdk.tenant("default"):
            assert self.worker is not None
            return self.worker.turn()

    def status(self, log: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/api/v1/witsml/logs/{log}").data["status"]
        return found

    def tags(self) -> dict[str, dict[str, Any]]:
        """The wellbore's tags, by the curve's name."""
        found = self.api.get("/api/v1/tags", per_page=1000).data
        prefix = f"{self.name}."
        return {
            one["name"].removeprefix(prefix): one for one in found if one["name"].startswith(prefix)
        }

    def readings(self, log: str, mnemonic: str) -> list[tuple[float, Any]]:
        """(seconds since BEGIN, value) of a curve's tag."""
        curves = self.api.get(f"/api/v1/witsml/logs/{log}").data["curves"]
        [tag] = [one["tag_id"] for one in curves if one["mnemonic"] == mnemonic]
        found = self.api.get(
            f"/api/v1/tags/{tag}/readings",
            **{"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"},
        ).data
        start = microseconds(BEGIN)
        return [
            ((time - start) / 1_000_000, value)
            for time, value in zip(found["t"], found["v"], strict=True)
        ]
