"""Writing a variable or calling a method: once, with the type that the server has for it."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.channel import Channel, ServiceFault, read_request
from wellhead_scada_opcua.cursor import Cursor
from wellhead_scada_opcua.messages import decode_call, decode_elements, decode_read
from wellhead_scada_opcua.nodes import NodeName
from wellhead_scada_opcua.status import is_bad, name_of
from wellhead_scada_opcua.types import Types
from wellhead_scada_opcua.values import ARRAY, BOOLEAN, DATE_TIME, DOUBLE, FLOAT, NUMBERS, STRING

_NOBODY_KNOWS = (
    "BadTimeout",
    "BadCommunicationError",
    "BadRequestTimeout",
    "BadRequestInterrupted",
    "BadUnexpectedError",
    "BadInternalError",
    "BadWaitingForResponse",
)
"""Status codes after which the value may have reached the device behind the server."""
_LOCALIZED_TEXT = 21
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_S = datetime(1601, 1, 1, tzinfo=UTC).timestamp()
_LAST_S = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""What a DateTime can be (OPC 10000-6, section 5.2.2.5), as far as Python has it too."""


class OutcomeUnknown(sdk.DeviceError):
    """The server does not know either whether it was written."""


class Writer:
    """Of one connection."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._types = Types(channel)
        self._kinds: dict[str, int | None] = {}
        self._arguments: dict[str, list[tuple[str, str]]] = {}

    async def write(self, point: sdk.Point, value: float | str) -> None:
        """As `sdk.Writes.write` says. A server that is lost while it is asked for the type is lost,
        and says no more about it than one that is lost with the value under way."""
        request = await self._prepare(point, value)
        try:
            if isinstance(request, ua.CallRequest):
                statuses = decode_call(await self._channel.ask(request))
            else:
                answer = await self._channel.call(request, ua.WriteResponse)
                if len(answer.Results) != 1:
                    raise OutcomeUnknown(f"{len(answer.Results)} results of one write")
                statuses = (answer.Results[0].value,)
        except ServiceFault as fault:
            statuses = (fault.code,)
        for status in statuses:
            if is_bad(status):
                name = name_of(status)
                if name in _NOBODY_KNOWS:
                    raise OutcomeUnknown(f"the server cannot say whether it was written: {name}")
                raise _refused(f"the server refused: {name}", point, value, _remedy(name))

    async def _prepare(
        self, point: sdk.Point, value: float | str
    ) -> "ua.WriteRequest | ua.CallRequest":
        """What to send. Raises WriteRefused, or DeviceError of the questions it takes."""
        if point.address["method"] is not None:
            return await self._call(point, value)
        node = self._node(point, "node")
        index = point.address["index"]
        key = f"{node} {index}"
        if key not in self._kinds:
            await self._look(point, value, node, index)
            self._kinds[key] = (await self._types.of([node]))[0]
        variant = _variant(self._kinds[key], value, point)
        if index is not None:
            variant = ua.Variant([variant.Value], variant.VariantType, is_array=True)
        written = ua.DataValue(variant)
        written.StatusCode = None  # many servers refuse a write with a status or a time
        request = ua.WriteRequest()
        request.Parameters.NodesToWrite = [
            ua.WriteValue(node, ua.AttributeIds.Value, index, written)
        ]
        return request

    async def _look(
        self, point: sdk.Point, value: float | str, node: ua.NodeId, index: str | None
    ) -> None:
        """Whether the variable is there, and one element of it can be named: a server that knows no
        index ranges would replace the whole array. Raises WriteRefused."""
        request = read_request([node])
        request.Parameters.NodesToRead[0].IndexRange = index
        found = decode_read(await self._channel.ask(request), 1)
        name = name_of(int(found.statuses[0]))
        if name in ("BadNodeIdUnknown", "BadNodeIdInvalid", "BadIndexRangeInvalid"):
            raise _refused(f"the server refused: {name}", point, value, _remedy(name))
        if index is not None and found.kinds[0] == ARRAY:
            raise _refused(
                "the server takes no index", point, value, "Write the array at the server itself"
            )

    async def _call(self, point: sdk.Point, value: float | str) -> "ua.CallRequest":
        owner, method = self._node(point, "object"), self._node(point, "method")
        key = str(method)
        if key not in self._arguments:
            self._arguments[key] = await self._takes(method)
        takes = self._arguments[key]
        if len(takes) > 1:
            raise _refused(
                f"the method takes {len(takes)} values: {', '.join(name for name, _ in takes)}",
                point,
                value,
                "Choose a method that takes one value or none",
            )
        call = ua.CallMethodRequest(ObjectId=owner, MethodId=method)
        if takes:
            kinds = await self._types.built_in([takes[0][1]])
            call.InputArguments = [_variant(kinds[0], value, point)]
        request = ua.CallRequest()
        request.Parameters.MethodsToCall = [call]
        return request

    async def _takes(self, method: ua.NodeId) -> list[tuple[str, str]]:
        """Name and data type of each input argument (OPC 10000-3, section 8.6)."""
        path = ua.BrowsePath(method, property_path("InputArguments"))
        request = ua.TranslateBrowsePathsToNodeIdsRequest()
        request.Parameters.BrowsePaths = [path]
        answer = await self._channel.call(request, ua.TranslateBrowsePathsToNodeIdsResponse)
        targets = answer.Results[0].Targets if answer.Results else []
        if not targets:
            return []
        node = targets[0].TargetId
        read = await self._channel.ask(
            read_request([ua.NodeId(node.Identifier, node.NamespaceIndex)])
        )
        bodies = decode_elements(read, 1)[0]
        return [(body.text() or "", body.node_id()) for body in bodies if isinstance(body, Cursor)]

    def _node(self, point: sdk.Point, field: str) -> ua.NodeId:
        text = point.address[field]
        return NodeName.parse(text, f"address.{field}").resolve(self._channel.namespaces)


def property_path(name: str) -> ua.RelativePath:
    """From a node to its property of this name, one of the standard's."""
    return ua.RelativePath(
        [
            ua.RelativePathElement(
                ReferenceTypeId=ua.NodeId(ua.ObjectIds.HasProperty),
                IsInverse=False,
                IncludeSubtypes=True,
                TargetName=ua.QualifiedName(name, 0),
            )
        ]
    )


def _variant(kind: int | None, value: float | str, point: sdk.Point) -> ua.Variant:
    """`value` as the server's type. Raises WriteRefused."""
    if kind is None:
        raise _refused(
            "the server has a type here that cannot be written",
            point,
            value,
            "Write one of its parts, if it has some",
        )
    made = ua.VariantType(kind)
    if isinstance(value, str):
        if kind == STRING:
            return ua.Variant(value, made)
        if kind == _LOCALIZED_TEXT:
            return ua.Variant(ua.LocalizedText(value), made)
    elif kind == DATE_TIME and _FIRST_S <= value < _LAST_S:
        return ua.Variant(_EPOCH + timedelta(seconds=value), made)
    elif kind in NUMBERS:
        return ua.Variant(_number(kind, value, point), made)
    raise _refused(
        f"the server takes a {made.name} here",
        point,
        value,
        "Give the tag the datatype that browsing the device shows for it",
    )


def _number(kind: int, value: float, point: sdk.Point) -> Any:
    if kind == BOOLEAN and value in (0, 1):
        return bool(value)
    if kind == DOUBLE or (kind == FLOAT and not abs(value) > np.finfo(np.float32).max):
        return value
    if kind not in (BOOLEAN, FLOAT) and math.isfinite(value) and value == int(value):
        span = np.iinfo(np.dtype(NUMBERS[kind]))
        if span.min <= int(value) <= span.max:
            return int(value)
    raise _refused(
        f"the server's {ua.VariantType(kind).name} cannot hold it",
        point,
        value,
        "Write a whole number within its range",
    )


def _remedy(name: str) -> str:
    if name in ("BadUserAccessDenied", "BadNotWritable"):
        return "Let the server's operator give the user the right to write it"
    if name in ("BadOutOfRange", "BadInvalidArgument"):
        return "Write a value within the range that the device takes"
    return "Look the status code up in the server's manual"


def _refused(problem: str, point: sdk.Point, value: float | str, remedy: str) -> sdk.WriteRefused:
    return sdk.WriteRefused(f"{point.name}: {problem}", field="value", value=value, remedy=remedy)
