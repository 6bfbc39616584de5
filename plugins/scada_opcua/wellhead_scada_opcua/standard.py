"""The nodes that the standard asks of every server, made once for all servers of a process.

Making the six thousand of them takes asyncua about a second; a simulated field has many servers.
"""

import asyncio
from collections.abc import Iterator, Mapping, MutableMapping

from asyncua import ua
from asyncua.server.address_space import (
    AddressSpace,
    AttributeValue,
    NodeData,
    NodeManagementService,
)
from asyncua.server.internal_server import InternalServer
from asyncua.server.standard_address_space import standard_address_space

Nodes = Mapping[ua.NodeId, NodeData]

_made: "list[Nodes]" = []
_making = asyncio.Lock()


class QuickServer(InternalServer):
    """asyncua's server, which starts in a few milliseconds from the second one on."""

    async def load_standard_address_space(self, shelf_file: object = None) -> None:
        self.aspace._nodes = _Lent(await _standard())
        self.disabled_clock = True  # its clock makes `stop` wait for a second


async def _standard() -> Nodes:
    async with _making:
        if not _made:
            space = AddressSpace()
            await asyncio.to_thread(
                standard_address_space.fill_address_space, NodeManagementService(space)
            )
            _made.append(space._nodes)
    return _made[0]


class _Lent(MutableMapping[ua.NodeId, NodeData]):
    """Nodes of its own above shared ones, each of which is copied when it is first looked at."""

    def __init__(self, shared: Nodes) -> None:
        self._shared = shared
        self._own: dict[ua.NodeId, NodeData | None] = {}

    def __getitem__(self, key: ua.NodeId) -> NodeData:
        if key not in self._own:
            self._own[key] = _copy(self._shared[key])
        found = self._own[key]
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: ua.NodeId, value: NodeData) -> None:
        self._own[key] = value

    def __delitem__(self, key: ua.NodeId) -> None:
        self._own[key] = None

    def __contains__(self, key: object) -> bool:
        return self._own[key] is not None if key in self._own else key in self._shared

    def __iter__(self) -> Iterator[ua.NodeId]:
        yield from (key for key in self._shared if key not in self._own)
        yield from (key for key, value in self._own.items() if value is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _copy(shared: NodeData) -> NodeData:
    """References and values are put in and out of a node, but never changed themselves."""
    made = NodeData(shared.nodeid)
    made.attributes = {key: AttributeValue(held.value) for key, held in shared.attributes.items()}
    made.references = list(shared.references)
    made.call = shared.call
    return made
