"""A server's data types as built-in types (OPC 10000-3, section 8; OPC 10000-5, annex A)."""

from collections.abc import Iterable, Sequence

from asyncua import ua

from wellhead_scada_opcua.channel import Channel, read_request
from wellhead_scada_opcua.messages import decode_read
from wellhead_scada_opcua.nodes import NodeName
from wellhead_scada_opcua.values import Values

_ABSTRACT = {26: 11, 27: 8, 28: 9, 29: 6}
"""Number, Integer, UInteger and Enumeration: the built-in type that holds each of them."""
_ANY = 24
_DEEPEST = 12

DATATYPES = {
    1: "bool", 2: "int8", 3: "uint8", 4: "int16", 5: "uint16", 6: "int32", 7: "uint32",
    8: "int64", 9: "uint64", 10: "float32", 11: "float64", 12: "string", 13: "float64",
    14: "string", 16: "string", 17: "string", 18: "string", 19: "string", 20: "string",
    21: "string",
}  # fmt: skip
"""Datatype of a tag by built-in type; a DateTime in seconds since 1970 UTC."""


class Types:
    """Built-in types by data type, each asked for once a connection."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._known: dict[str, int | None] = {}

    async def of(self, nodes: Sequence[ua.NodeId]) -> list[int | None]:
        """Built-in type of each of these variables, None where the server does not say. Raises
        DeviceError."""
        answer = await self._channel.ask(read_request(nodes, ua.AttributeIds.DataType))
        names = decode_read(answer, len(nodes))
        kinds = await self.built_in(names.texts.get(row) for row in range(len(nodes)))
        if any(kind == _ANY for kind in kinds):
            values = decode_read(await self._channel.ask(read_request(nodes)), len(nodes))
            kinds = [
                _shown(values, row) if kind == _ANY else kind for row, kind in enumerate(kinds)
            ]
        return kinds

    async def built_in(self, names: Iterable[str | None]) -> list[int | None]:
        """Of data types by their node ids as text. Raises DeviceError."""
        wanted = list(names)
        for name in {name for name in wanted if name is not None} - self._known.keys():
            self._known[name] = await self._climb(name)
        return [None if name is None else self._known[name] for name in wanted]

    async def _climb(self, name: str) -> int | None:
        """Up from a data type to one of the standard's own."""
        node = NodeName.parse(name, "data type").resolve(())
        for _ in range(_DEEPEST):
            number = node.Identifier
            if node.NamespaceIndex == 0 and isinstance(number, int):
                if number in _ABSTRACT:
                    return _ABSTRACT[number]
                if 0 < number <= 25:
                    return number
            request = ua.BrowseRequest()
            request.Parameters.NodesToBrowse = [
                ua.BrowseDescription(
                    NodeId=node,
                    BrowseDirection=ua.BrowseDirection.Inverse,
                    ReferenceTypeId=ua.NodeId(ua.ObjectIds.HasSubtype),
                    IncludeSubtypes=True,
                    ResultMask=0,
                )
            ]
            answer = await self._channel.call(request, ua.BrowseResponse)
            above = answer.Results[0].References if answer.Results else []
            if not above:
                return None
            node = ua.NodeId(above[0].NodeId.Identifier, above[0].NodeId.NamespaceIndex)
        return None


def _shown(values: Values, row: int) -> int | None:
    """Of a variable that may hold anything: what it holds now."""
    kind = int(values.kinds[row])
    return kind if kind in DATATYPES else None
