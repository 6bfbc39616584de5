"""How sending and receiving stand, for the health page, the doctor and the command line."""

from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_uplink.config import destinations_of
from wellhead_uplink.edge import outbox
from wellhead_uplink.models import Edge, Outbox

_HEARD_S = 30.0
_DESTINATIONS = """
SELECT d.name, d.state, d.reason, extract(epoch FROM clock_timestamp() - d.heard_at)::float8,
       (SELECT count(*) FROM uplink_quarantine q WHERE q.destination = d.name),
       (SELECT coalesce(sum(readings), 0) FROM uplink_quarantine q WHERE q.destination = d.name)
FROM uplink_destination d ORDER BY d.name
"""
_EDGES = """
SELECT e.name, extract(epoch FROM clock_timestamp() - e.heard_at)::float8,
       extract(epoch FROM clock_timestamp() - e.complete_at)::float8,
       (e.backlog->>'readings')::int8, coalesce(sum(s.received), 0), coalesce(sum(s.missing), 0)
FROM uplink_edge e LEFT JOIN uplink_stream s ON s.edge_id = e.id GROUP BY e.id ORDER BY e.name
"""


def lines(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """One line a destination and one an edge, for a terminal."""
    found = connection.execute(_DESTINATIONS).fetchall()
    for name, state, reason, heard, _, aside in found:
        waits = outbox.backlog(connection, name)
        yield (
            f"to {name}: {state if heard < _HEARD_S else f'not heard for {heard:.0f} s'}, "
            f"{waits.readings} readings wait ({waits.bytes / 1e6:.1f} MB, oldest "
            f"{waits.age_s:.0f} s), {waits.dropped} dropped, {aside} set aside"
            + (f"; {reason}" if reason else "")
        )
    edges = connection.execute(_EDGES).fetchall()
    for name, heard, lag, waiting, received, missing in edges:
        yield (
            f"from {name}: heard {heard:.0f} s ago, {lag:.0f} s behind, {waiting} readings wait "
            f"there, {received} received, {missing} never came"
        )
    if not found and not edges:
        yield "nothing is sent, and no edge has sent: see [plugins.uplink]"


def health_of_uplinks() -> list[sdk.Health]:
    """Each destination and each edge of the default tenant."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return [*_destinations(), *_edges()]
    except SQLAlchemyError as error:
        return [sdk.Health("uplink", False, f"cannot be read: {error.__cause__ or error}".strip())]


def _destinations() -> Iterator[sdk.Health]:
    with driver_connection() as connection:
        for name, state, reason, heard, _, aside in connection.execute(_DESTINATIONS).fetchall():
            waits = outbox.backlog(connection, name)
            ok = heard < _HEARD_S and reason is None and not waits.dropped and not aside
            detail = (
                f"{state}, {waits.readings} readings wait, {waits.dropped} dropped, "
                f"{aside} set aside"
            )
            if heard >= _HEARD_S:
                detail = f"its process is not heard for {heard:.0f} s; {detail}"
            yield sdk.Health(f"to {name}", ok, f"{detail}; {reason}" if reason else detail)


def _edges() -> Iterator[sdk.Health]:
    for edge in sdk.db.session.scalars(select(Edge).order_by(Edge.name)):
        lag = "never complete" if edge.lag_s is None else f"{edge.lag_s:.0f} s behind"
        detail = f"{edge.state}, heard {edge.silent_s:.0f} s ago, {lag}"
        yield sdk.Health(f"from {edge.name}", edge.state == "current", detail)


def findings(tenant: str) -> Iterator[sdk.Finding]:
    """One a destination that is stuck, one a destination that could not take something, and one
    for rows that nobody will send."""
    waits = select(func.count()).select_from(Outbox)
    if not destinations_of(sdk.plugin_config("uplink"), tenant):
        with sdk.tenant(tenant):
            rows = sdk.db.session.scalar(waits)
        if rows:
            yield sdk.Finding(
                "uplink",
                "info",
                f"tenant {tenant}: {rows} rows wait in uplink_outbox, and no destination is "
                "configured",
                "Configure one, or delete the rows",
            )
    with sdk.tenant(tenant), driver_connection() as connection:
        for name, state, reason, heard, rows, readings in connection.execute(
            _DESTINATIONS
        ).fetchall():
            if state == "stuck" and heard < _HEARD_S:
                yield sdk.Finding(
                    "uplink",
                    "action",
                    f"tenant {tenant}: nothing is sent to destination {name}: {reason}",
                    "Put that right; what waits is then sent",
                )
            if rows:
                yield sdk.Finding(
                    "uplink",
                    "action",
                    f"tenant {tenant}: {readings} readings in {rows} rows are set aside, since "
                    f"destination {name} refused them",
                    "See their reasons in uplink_quarantine, and delete the rows when done with",
                )
