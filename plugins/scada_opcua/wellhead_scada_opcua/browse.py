"""What a server has, as tags would be made of it: level by level, in bulk."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.channel import Channel, read_request
from wellhead_scada_opcua.cursor import Cursor
from wellhead_scada_opcua.engineering import unit_of
from wellhead_scada_opcua.messages import decode_elements, decode_read
from wellhead_scada_opcua.nodes import NodeName
from wellhead_scada_opcua.types import DATATYPES, Types
from wellhead_scada_opcua.write import property_path

_CLASSES = ua.NodeClass.Object | ua.NodeClass.Variable | ua.NodeClass.Method
_AT_ONCE = 200
_WRITE = 1 << 1  # bit of AccessLevel (OPC 10000-3, section 8.57)
_PROPERTY = ua.NodeId(ua.ObjectIds.HasProperty)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A node under another. name: the path from where the look began"""

    node: ua.NodeId
    parent: ua.NodeId
    name: str
    kind: ua.NodeClass


async def browse(
    channel: Channel, arguments: Mapping[str, Any]
) -> AsyncIterator[Sequence[sdk.Found]]:
    """As `sdk.Browses.browse` says."""
    text = arguments["start"]
    start = ua.NodeId(ua.ObjectIds.ObjectsFolder)
    if text is not None:
        start = NodeName.parse(text, "start").resolve(channel.namespaces)
    types = Types(channel)
    left = arguments["limit"]
    known = {start}
    level: list[tuple[ua.NodeId, str]] = [(start, "")]
    for _ in range(arguments["depth"]):
        following: list[tuple[ua.NodeId, str]] = []
        step = min(channel.limit("browse"), _AT_ONCE)
        for begin in range(0, len(level), step):
            below = await _below(channel, level[begin : begin + step], known)
            for first in range(0, len(below), _AT_ONCE):
                found = await _describe(channel, types, below[first : first + _AT_ONCE])
                yield found[:left]
                left -= len(found)
                if left <= 0:
                    return
            following += [(one.node, one.name) for one in below if one.kind != ua.NodeClass.Method]
        level = following


async def _below(
    channel: Channel, parents: Sequence[tuple[ua.NodeId, str]], known: set[ua.NodeId]
) -> list[_Seen]:
    request = ua.BrowseRequest()
    request.Parameters.NodesToBrowse = [
        ua.BrowseDescription(
            NodeId=node,
            BrowseDirection=ua.BrowseDirection.Forward,
            ReferenceTypeId=ua.NodeId(ua.ObjectIds.HierarchicalReferences),
            IncludeSubtypes=True,
            NodeClassMask=_CLASSES,
            ResultMask=ua.BrowseResultMask.All,
        )
        for node, _ in parents
    ]
    answer = await channel.call(request, ua.BrowseResponse)
    found: list[_Seen] = []
    waiting = list(zip(parents, answer.Results, strict=False))
    while waiting:
        more = []
        for (parent, path), result in waiting:
            for reference in result.References or ():
                node = ua.NodeId(reference.NodeId.Identifier, reference.NodeId.NamespaceIndex)
                if reference.ReferenceTypeId == _PROPERTY or node in known:
                    continue
                known.add(node)
                if reference.NodeClass == ua.NodeClass.Method and node.NamespaceIndex == 0:
                    continue  # the server's own: ends or moves sessions, does nothing in the field
                own = reference.BrowseName.Name or reference.DisplayName.Text or str(node)
                name = f"{path}.{own}" if path else own
                found.append(_Seen(node, parent, name, reference.NodeClass))
            if result.ContinuationPoint:
                more.append(((parent, path), result.ContinuationPoint))
        waiting = []
        if more:
            go_on = ua.BrowseNextRequest()
            go_on.Parameters.ReleaseContinuationPoints = False
            go_on.Parameters.ContinuationPoints = [point for _, point in more]
            rest = await channel.call(go_on, ua.BrowseNextResponse)
            results = rest.Parameters.Results
            waiting = list(zip((parent for parent, _ in more), results, strict=False))
    return found


async def _describe(channel: Channel, types: Types, seen: Sequence[_Seen]) -> list[sdk.Found]:
    variables = [one.node for one in seen if one.kind == ua.NodeClass.Variable]
    known: dict[ua.NodeId, dict[str, Any]] = {}
    step = channel.limit("read")
    for begin in range(0, len(variables), step):
        known |= await _look(channel, types, variables[begin : begin + step])
    return [_found(one, known.get(one.node), channel.namespaces) for one in seen]


async def _look(
    channel: Channel, types: Types, nodes: Sequence[ua.NodeId]
) -> dict[ua.NodeId, dict[str, Any]]:
    """What the server says of each of these variables."""
    rows = len(nodes)
    kinds = await types.of(nodes)
    ranks, levels, words, now = [
        decode_read(await channel.ask(read_request(nodes, attribute)), rows)
        for attribute in (
            ua.AttributeIds.ValueRank,
            ua.AttributeIds.UserAccessLevel,
            ua.AttributeIds.Description,
            ua.AttributeIds.Value,
        )
    ]
    units = await _units(channel, nodes)
    parts = await _have_parts(channel, nodes)
    found = {}
    for row, node in enumerate(nodes):
        number = now.values[row]
        known_level = not np.isnan(levels.values[row])
        found[node] = {
            "kind": kinds[row],
            "array": ranks.values[row] >= 0,
            "writable": bool(int(levels.values[row]) & _WRITE) if known_level else None,
            "description": words.texts.get(row) or None,
            "value": now.texts.get(row) if np.isnan(number) else float(number),
            "unit": units.get(node),
            "parts": node in parts,
        }
    return found


async def _have_parts(channel: Channel, nodes: Sequence[ua.NodeId]) -> set[ua.NodeId]:
    """Those variables that are made of others (HasComponent, OPC 10000-3, section 7.7)."""
    found: set[ua.NodeId] = set()
    step = channel.limit("browse")
    for begin in range(0, len(nodes), step):
        some = nodes[begin : begin + step]
        request = ua.BrowseRequest()
        request.Parameters.NodesToBrowse = [
            ua.BrowseDescription(
                NodeId=node,
                BrowseDirection=ua.BrowseDirection.Forward,
                ReferenceTypeId=ua.NodeId(ua.ObjectIds.HasComponent),
                IncludeSubtypes=True,
                NodeClassMask=ua.NodeClass.Object | ua.NodeClass.Variable,
                ResultMask=0,
            )
            for node in some
        ]
        answer = await channel.call(request, ua.BrowseResponse)
        found |= {node for node, one in zip(some, answer.Results, strict=False) if one.References}
    return found


async def _units(channel: Channel, nodes: Sequence[ua.NodeId]) -> dict[ua.NodeId, str | None]:
    """Of those that have the property EngineeringUnits and a unit that Wellhead knows."""
    owners: list[ua.NodeId] = []
    properties: list[ua.NodeId] = []
    path = property_path("EngineeringUnits")
    step = channel.limit("translate")
    for begin in range(0, len(nodes), step):
        some = nodes[begin : begin + step]
        request = ua.TranslateBrowsePathsToNodeIdsRequest()
        request.Parameters.BrowsePaths = [ua.BrowsePath(node, path) for node in some]
        answer = await channel.call(request, ua.TranslateBrowsePathsToNodeIdsResponse)
        for node, result in zip(some, answer.Results, strict=False):
            for target in (result.Targets or ())[:1]:
                owners.append(node)
                properties.append(
                    ua.NodeId(target.TargetId.Identifier, target.TargetId.NamespaceIndex)
                )
    found = {}
    step = channel.limit("read")
    for begin in range(0, len(properties), step):
        some = properties[begin : begin + step]
        bodies = decode_elements(await channel.ask(read_request(some)), len(some))
        for node, body in zip(owners[begin : begin + step], bodies, strict=True):
            if body and isinstance(body[0], Cursor):
                body[0].text()
                found[node] = unit_of(body[0].i4(), body[0].localized())
    return found


def _found(seen: _Seen, known: dict[str, Any] | None, namespaces: Sequence[str]) -> sdk.Found:
    name = str(NodeName.of(seen.node, namespaces))
    if seen.kind == ua.NodeClass.Method:
        owner = str(NodeName.of(seen.parent, namespaces))
        address = {"object": owner, "method": name}
        return sdk.Found(seen.name, datatype="float64", address=address, writable=True)
    datatype = None if known is None else DATATYPES.get(known["kind"])
    if known is None or datatype is None:  # an object, or a structure whose parts are below it
        return sdk.Found(seen.name, branch=name)
    address = {"node": name} | ({"index": "0"} if known["array"] else {})
    return sdk.Found(
        seen.name,
        datatype=datatype,
        address=address,
        branch=name if known["parts"] else None,
        unit=known["unit"],
        description=known["description"],
        value=known["value"],
        writable=known["writable"],
    )
