"""Who sends here: an edge's name, whose it is, which outbox it sends, and what it last reported."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from wellhead import sdk
from wellhead_uplink.models import Edge, EdgeDevice, Stream

KIND = "edge"
_edges = cast(Table, Edge.__table__)
_streams = cast(Table, Stream.__table__)
_devices = cast(Table, EdgeDevice.__table__)


def require_centre() -> None:
    """Raises ApiError where the configuration accepts no edges."""
    if not sdk.plugin_config("uplink")["accept"]:
        raise sdk.ApiError(
            409,
            "no_centre",
            "This Wellhead accepts no edges.",
            [{"field": "accept", "remedy": "Set accept = true in [plugins.uplink] there"}],
        )


def hold(name: str, stream: uuid.UUID) -> Edge:
    """The edge `name`, locked, when `stream` is what it sends now. Raises ApiError."""
    edge = _held(name)
    if edge is None:
        raise sdk.not_found("edge", name)
    _require_owner(edge)
    if edge.stream != stream:
        raise sdk.ApiError(409, "stream_changed", f"The edge {name} sends another outbox now.")
    return edge


def take_report(name: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """What an edge says of itself; the position of its outbox here. Not committed."""
    stream = report["stream"]
    edge = _held(name) or _create(name, stream)
    _require_owner(edge)
    if edge.stream not in (stream, report["replaces"]):
        _require_silence(edge)
    backlog = report["backlog"]
    # bookkeeping, every ten seconds an edge: on bare tables, so it leaves no audit rows
    age = backlog["age_s"] if backlog["readings"] else 0.0
    values = {
        "stream": stream,
        "heard_at": func.clock_timestamp(),
        "complete_at": func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, age),
        "backlog": backlog,
    }
    session = sdk.db.session
    session.execute(update(_edges).where(_edges.c.id == edge.id).values(values))
    row = {"edge_id": edge.id, "stream": stream}
    session.execute(insert(_streams).values(row).on_conflict_do_nothing())
    _take_devices(edge.id, report["devices"])
    found = session.execute(
        select(_streams.c.position, _streams.c.crc).where(
            _streams.c.edge_id == edge.id, _streams.c.stream == stream
        )
    ).one()
    return {"position": found.position, "crc": found.crc}


def _held(name: str) -> Edge | None:
    statement = select(Edge).where(Edge.name == name).with_for_update(of=Edge)
    found: Edge | None = sdk.db.session.scalar(statement.execution_options(populate_existing=True))
    return found


def _create(name: str, stream: uuid.UUID) -> Edge:
    session = sdk.db.session
    asset = session.scalar(
        select(sdk.Asset).where(
            sdk.Asset.kind == KIND, sdk.Asset.name == name, sdk.Asset.parent_id.is_(None)
        )
    )
    if asset is None:
        asset = sdk.Asset(kind=KIND, name=name)
        session.add(asset)
        session.flush()
    edge = Edge(name=name, asset_id=asset.id, user_id=sdk.current_user().id, stream=stream)
    session.add(edge)
    session.flush()
    session.refresh(edge)
    return edge


def _require_owner(edge: Edge) -> None:
    """The name is the first sender's, until somebody releases it."""
    user = sdk.current_user().id
    if edge.user_id is None:
        edge.user_id = user
    elif edge.user_id != user:
        raise sdk.ApiError(
            403,
            "edge_taken",
            f"The name {edge.name} belongs to another user's key.",
            [{"field": "edge", "remedy": f"`wellhead uplink release {edge.name}` at the centre"}],
        )


def _require_silence(edge: Edge) -> None:
    """Two that send under one name would mix their readings."""
    if edge.silent_s <= sdk.plugin_config("uplink")["silent_s"]:
        raise sdk.ApiError(
            409,
            "edge_in_use",
            f"Another Wellhead sends as {edge.name}, heard {edge.silent_s:.0f} s ago.",
            [{"field": "edge", "remedy": "Give one of them another name"}],
        )


def _take_devices(edge: uuid.UUID, devices: list[dict[str, Any]]) -> None:
    session = sdk.db.session
    ids = [device["id"] for device in devices]
    mine = _devices.c.edge_id == edge
    session.execute(delete(_devices).where(mine, _devices.c.id.not_in(ids)))
    if not devices:
        return
    now = func.clock_timestamp()
    rows = [{**device, "edge_id": edge} for device in devices]
    statement = insert(_devices).values({"reported_at": now})
    fresh = {key: statement.excluded[key] for key in devices[0] if key != "id"}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["edge_id", "id"], set_={**fresh, "reported_at": now}
        ),
        rows,
    )
