"""The nodes of a group's points, as this server numbers them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.nodes import NodeName, UnknownNamespace


@dataclass(slots=True)
class Targets:
    """places: of the points that have a node at this server; nodes and ranges (index ranges, None
    for the whole value) belong to them. bad: of the others, why by place"""

    places: list[int] = field(default_factory=list)
    nodes: list[ua.NodeId] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)

    @classmethod
    def find(cls, points: Sequence[sdk.Point], namespaces: Sequence[str]) -> "Targets":
        found = cls()
        for place, point in enumerate(points):
            text = point.address["node"]
            if text is None:
                found.bad[place] = "a method alone has nothing to read"
                continue
            try:
                node = NodeName.parse(text, "address.node").resolve(namespaces)
            except UnknownNamespace as error:
                found.bad[place] = f"{error.message}: {error.value}"
                continue
            found.places.append(place)
            found.nodes.append(node)
            found.ranges.append(point.address["index"])
        return found

    def read_ids(self, begin: int, end: int) -> list[ua.ReadValueId]:
        """What to read or monitor, of a slice of them."""
        return [
            ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value, IndexRange=part)
            for node, part in zip(self.nodes[begin:end], self.ranges[begin:end], strict=True)
        ]
