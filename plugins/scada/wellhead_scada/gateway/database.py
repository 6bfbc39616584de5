"""What a gateway reads and writes in PostgreSQL, on connections of its own."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from wellhead import sdk
from wellhead_scada.engine.around import DeviceHealth
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig

AWAY = (psycopg.Error, OSError, TimeoutError, sdk.WellheadError)
"""What says that the database cannot be used now."""

_PATIENCE_S = 10.0

_DEVICES = """
SELECT id::text, name, driver, options, timeout_s, enabled
FROM scada_device WHERE gateway = %s ORDER BY name
"""
_GROUPS = """
SELECT g.id::text, g.device_id::text, g.name, g.period_ms, g.source_id
FROM scada_scan_group g JOIN scada_device d ON d.id = g.device_id
WHERE d.gateway = %s ORDER BY g.period_ms, g.name
"""
_TAGS = """
SELECT t.tag_id, t.scan_group_id::text, h.name, t.datatype, t.address, t.scale, t."offset",
       h.tag_class, t.exception
FROM scada_tag t JOIN scada_device d ON d.id = t.device_id JOIN historian_tag h ON h.id = t.tag_id
WHERE d.gateway = %s AND t.enabled ORDER BY t.tag_id
"""
_QUERIES = (_DEVICES, _GROUPS, _TAGS)
_BOUND = f"SET LOCAL statement_timeout = '{_PATIENCE_S:.0f}s'"
_BEAT = """
INSERT INTO scada_gateway (name, started_at, heard_at, detail)
VALUES (%s, clock_timestamp() - make_interval(secs => %s), clock_timestamp(), %s)
ON CONFLICT (name) DO UPDATE
SET started_at = excluded.started_at, heard_at = excluded.heard_at, detail = excluded.detail
"""
# Selects from the device, so that the state of one that is being deleted is no error.
_STATE = """
INSERT INTO scada_device_state (device_id, state, since, reason, counters, updated_at)
SELECT id, %s, %s, %s, %s, clock_timestamp() FROM scada_device WHERE id = %s AND gateway = %s
ON CONFLICT (device_id) DO UPDATE
SET state = excluded.state, since = excluded.since, reason = excluded.reason,
    counters = excluded.counters, updated_at = excluded.updated_at
"""
_CLAIM = """
UPDATE scada_request SET state = 'taken'
WHERE gateway = %s AND state = 'pending' AND deadline > clock_timestamp()
RETURNING id, device_id::text, kind, arguments,
          extract(epoch FROM deadline - clock_timestamp())::float8
"""
_ANSWER = "UPDATE scada_request SET state = 'done', result = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request taken by this gateway. left: seconds to its deadline."""

    id: uuid.UUID
    device_id: str
    kind: str
    arguments: dict[str, Any]
    left: float


class Database:
    """The tenant's schema, as the gateway `name` uses it. Every method raises one of AWAY."""

    def __init__(self, settings: sdk.Settings, tenant: str, name: str) -> None:
        self._settings = settings
        self._tenant = tenant
        self._name = name

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """A connection of one's own, closed at the end."""
        async with asyncio.timeout(_PATIENCE_S):
            connection = await sdk.connect_async(self._settings, self._tenant)
        try:
            yield connection
        finally:
            await connection.close()

    def load(self) -> FieldConfig:
        """The gateway's devices with their groups and enabled tags, in one snapshot.

        Blocks: for a thread, since thousands of tags would hold up the loop.
        """
        with sdk.connect(self._settings, self._tenant) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute(_BOUND)
                rows = [cursor.execute(query, (self._name,)).fetchall() for query in _QUERIES]
        return _assemble(*rows)

    async def report(
        self,
        connection: psycopg.AsyncConnection[Any],
        running_s: float,
        detail: Mapping[str, Any],
        devices: Mapping[str, DeviceHealth],
    ) -> None:
        """The heartbeat and the state of `devices`, in one transaction."""
        states = [
            (
                health.state.status.value,
                _time(health.state.since),
                health.state.reason,
                Jsonb(asdict(health.counters)),
                device_id,
                self._name,
            )
            for device_id, health in devices.items()
        ]
        async with asyncio.timeout(_PATIENCE_S), connection.transaction():
            await connection.execute(_BEAT, (self._name, running_s, Jsonb(dict(detail))))
            if states:
                await connection.cursor().executemany(_STATE, states)

    async def claim(self) -> Sequence[Claimed]:
        """Take every request that waits for this gateway."""
        async with asyncio.timeout(_PATIENCE_S), self.connection() as connection:
            rows = await (await connection.execute(_CLAIM, (self._name,))).fetchall()
            await connection.commit()
        return [Claimed(*row) for row in rows]

    async def answer(self, request: uuid.UUID, result: Mapping[str, Any]) -> None:
        """Give the answer to whoever waits for it."""
        async with asyncio.timeout(_PATIENCE_S), self.connection() as connection:
            await connection.execute(_ANSWER, (Jsonb(dict(result)), request))
            await connection.commit()


def _time(microseconds: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)


def _assemble(devices: list[Any], groups: list[Any], tags: list[Any]) -> FieldConfig:
    of_group: dict[str, list[TagConfig]] = {}
    for tag in tags:
        made = TagConfig(
            tag["tag_id"],
            tag["name"],
            tag["datatype"],
            tag["address"],
            tag["scale"],
            tag["offset"],
            tag["tag_class"],
            tag["exception"],
        )
        of_group.setdefault(tag["scan_group_id"], []).append(made)
    of_device: dict[str, list[GroupConfig]] = {}
    for group in groups:
        of_device.setdefault(group["device_id"], []).append(
            GroupConfig(
                group["id"],
                group["name"],
                group["period_ms"],
                group["source_id"],
                tuple(of_group.get(group["id"], ())),
            )
        )
    return FieldConfig(
        tuple(
            DeviceConfig(
                device["id"],
                device["name"],
                device["driver"],
                device["options"],
                device["timeout_s"],
                device["enabled"],
                tuple(of_device.get(device["id"], ())),
            )
            for device in devices
        )
    )
