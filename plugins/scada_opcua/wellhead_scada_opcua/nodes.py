"""Node ids as people write them (OPC 10000-6, section 5.3.1.10), and as a server takes them.

`nsu=http://vendor.example/field;s=Well1.Pressure` names the namespace by its URI. The number of a
namespace, as in `ns=2;s=Well1.Pressure`, may change whenever the server restarts.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncua import ua

from wellhead import sdk

_FORM = re.compile(r"(?:ns=(?P<ns>\d{1,5});|nsu=(?P<nsu>.+?);)?(?P<kind>[isgb])=(?P<name>.+)", re.S)
_MOST = 2**32


class UnknownNamespace(sdk.DeviceError):
    """The server has no namespace of this URI."""

    quality = sdk.quality.BAD_CONFIGURATION


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node id whose namespace is a URI or a number.

    name: what identifies the node there: int, str, UUID or bytes
    """

    space: str | int
    name: int | str | UUID | bytes

    @classmethod
    def parse(cls, text: str, field: str) -> "NodeName":
        """Raises WellheadError naming `field`."""
        match = _FORM.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            space: str | int = match["nsu"] or int(match["ns"] or 0)
            if isinstance(space, int) and space > 0xFFFF:
                raise ValueError(text)
            return cls(space, _identifier(match["kind"], match["name"]))
        except ValueError:
            raise sdk.WellheadError(
                "not a node id",
                field=field,
                value=text,
                remedy="Write nsu=<namespace URI>;s=<name>, or i=<number> instead of s=<name>; "
                "browsing the device gives such node ids",
            ) from None

    @classmethod
    def of(cls, node: ua.NodeId, namespaces: Sequence[str]) -> "NodeName":
        """The name that still holds when the server numbers its namespaces anew."""
        index = node.NamespaceIndex
        uri = getattr(node, "NamespaceUri", None)
        space: str | int = uri or (namespaces[index] if 0 < index < len(namespaces) else index)
        return cls(space, node.Identifier)

    def resolve(self, namespaces: Sequence[str]) -> ua.NodeId:
        """The node id at a server with these namespaces. Raises UnknownNamespace."""
        if isinstance(self.space, str):
            try:
                index = list(namespaces).index(self.space)
            except ValueError:
                raise UnknownNamespace(
                    "the server has no such namespace",
                    field="address.node",
                    value=self.space,
                    remedy="Browse the device for the node ids that it has now",
                ) from None
        else:
            index = self.space
        return ua.NodeId(self.name, index)

    def __str__(self) -> str:
        if isinstance(self.space, str):
            space = f"nsu={self.space};"
        else:
            space = f"ns={self.space};" if self.space else ""
        if isinstance(self.name, bytes):
            return f"{space}b={b64encode(self.name).decode()}"
        kind = "i" if isinstance(self.name, int) else "g" if isinstance(self.name, UUID) else "s"
        return f"{space}{kind}={self.name}"


def _identifier(kind: str, name: str) -> int | str | UUID | bytes:
    """Raises ValueError."""
    if kind == "i":
        number = int(name)
        if not (name.isascii() and name.isdigit() and number < _MOST):
            raise ValueError(name)
        return number
    if kind == "g":
        return UUID(name)
    return b64decode(name, validate=True) if kind == "b" else name
