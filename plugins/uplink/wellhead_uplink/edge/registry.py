"""What an edge has: its tags, and its devices with their states, as a report tells them."""

from typing import Any

import psycopg

from wellhead_uplink.edge.destination import Device, Tag

_TAGS = """
SELECT h.id, h.name, h.unit, h.quantity, h.datatype, h.description, h.states, h.step, d.name,
       a.name
FROM historian_tag h
LEFT JOIN scada_tag t ON t.tag_id = h.id LEFT JOIN scada_device d ON d.id = t.device_id
LEFT JOIN core_asset a ON a.id = h.asset_id
WHERE NOT EXISTS (SELECT FROM uplink_edge_tag e WHERE e.tag_id = h.id)
ORDER BY h.id
"""
# A state counts while its gateway is heard, as on the edge's own pages (scada's models.Device).
_DEVICES = """
SELECT d.id::text, d.name, d.driver,
       CASE WHEN NOT d.enabled THEN 'disabled'
            WHEN g.heard_at > now() - interval '10 s' THEN coalesce(s.state, 'unknown')
            ELSE 'unknown' END,
       coalesce(s.since, d.created_at), s.reason,
       (SELECT count(*) FROM scada_tag t WHERE t.device_id = d.id)
FROM scada_device d LEFT JOIN scada_device_state s ON s.device_id = d.id
LEFT JOIN scada_gateway g ON g.name = d.gateway
ORDER BY d.name
"""


def tags(connection: psycopg.Connection[Any]) -> dict[int, Tag]:
    """All tags by their ids, but for those of edges that send here: they are not sent on."""
    return {row[0]: Tag(*row) for row in connection.execute(_TAGS)}


def devices(connection: psycopg.Connection[Any]) -> list[Device]:
    """All devices by name."""
    return [Device(*row) for row in connection.execute(_DEVICES)]
