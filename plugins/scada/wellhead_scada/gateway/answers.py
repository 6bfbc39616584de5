"""Answering what web processes ask: a test read of a device, what it has to read."""

import asyncio
import math
import time
from typing import Any

import structlog

from wellhead import sdk
from wellhead_scada.engine.config import DeviceConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.errand import Answer, Hand
from wellhead_scada.gateway.browse import browse_device
from wellhead_scada.gateway.database import AWAY, Claimed, Database
from wellhead_scada.gateway.watch import ConfigWatch
from wellhead_scada.requests import BROWSE

_SEND_S = 2.0
"""Seconds before its deadline by which an answer is ready."""
log = structlog.get_logger(__name__)


class Answers:
    """Takes requests as their events come, and answers each in a task of its own."""

    def __init__(self, database: Database, engine: Engine, watch: ConfigWatch) -> None:
        self._database = database
        self._engine = engine
        self._watch = watch
        self._asked = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def look(self) -> None:
        """There may be a request."""
        self._asked.set()

    async def run(self) -> None:
        """For ever; what is being answered when it is cancelled stays unanswered."""
        try:
            await self._serve()
        finally:
            for task in self._tasks:
                task.cancel()

    async def _serve(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                for claimed in await self._database.claim():
                    task = asyncio.create_task(self._answer(claimed), name=f"request {claimed.id}")
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            except AWAY as error:
                log.warning(
                    "no database, tests and browses of devices wait", reason=str(error).strip()
                )

    async def _answer(self, claimed: Claimed) -> None:
        try:
            async with asyncio.timeout(claimed.left):
                await self._watch.refresh()  # the request may be about what was saved just before
                if claimed.kind == BROWSE:
                    result = await browse_device(
                        self._engine, claimed.device_id, claimed.arguments, claimed.left - _SEND_S
                    )
                else:
                    result = await read_device(self._engine, claimed.device_id)
                await self._database.answer(claimed.id, result)
        except AWAY as error:
            log.warning("request is not answered", request=str(claimed.id), reason=str(error))


async def read_device(engine: Engine, device_id: str) -> dict[str, Any]:
    """What one read of the device brings, as the API answers it (without units)."""
    start = time.monotonic()
    device = engine.device(device_id)
    try:
        answer = await engine.errand(device_id, Hand.read_all)
    except sdk.DeviceError as error:
        values = _unread(device, error)
        reason: str | None = str(error)
    else:
        values = [value for group in _values(answer) for value in group]
        reason = None
    return {
        "ok": reason is None,
        "reason": reason,
        "took_ms": round((time.monotonic() - start) * 1000, 1),
        "values": values,
    }


def _values(answer: Answer) -> list[list[dict[str, Any]]]:
    found = []
    for group, raw in answer:
        row = group.good(0, raw)
        raws = dict(zip(group.index.tolist(), raw.values.tolist(), strict=True))
        found.append(
            [
                _value(
                    tag.tag,
                    tag.name,
                    raws.get(place),
                    row.texts.get(place, row.values[place]),
                    row.qualities[place],
                    group.refused.get(tag.tag),
                )
                for place, tag in enumerate(group.config.tags)
            ]
        )
    return found


def _unread(device: DeviceConfig, error: sdk.DeviceError) -> list[dict[str, Any]]:
    return [
        _value(tag.tag, tag.name, None, math.nan, error.quality, str(error))
        for group in device.groups
        for tag in group.tags
    ]


def _value(
    tag: int, name: str, raw: float | None, value: float | str, code: int, why: str | None
) -> dict[str, Any]:
    named = sdk.quality.name_of(int(code))
    good = int(code) & sdk.quality.STATUS_MASK == sdk.quality.GOOD
    return {
        "tag": tag,
        "name": name,
        "raw": _finite(raw),
        "value": value if isinstance(value, str) else _finite(value),
        "quality": int(code),
        "quality_name": named,
        "reason": None if good else why or named,
    }


def _finite(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(number)
