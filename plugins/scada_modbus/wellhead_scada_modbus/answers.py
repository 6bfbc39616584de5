"""What a device answers to a request, told from what it must not: pure.

Literature: Modbus Application Protocol Specification V1.1b3 (Modbus Organization, 2012), sections
6 (functions), 7 (exception codes).
"""

from wellhead import sdk

EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "server device failure",
    5: "acknowledge",
    6: "server device busy",
    7: "negative acknowledge",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target device failed to respond",
}
_ALONE = {
    1: sdk.quality.BAD_CONFIGURATION,
    2: sdk.quality.BAD_CONFIGURATION,
    3: sdk.quality.BAD_CONFIGURATION,
    4: sdk.quality.BAD_DEVICE_FAILURE,
    8: sdk.quality.BAD_DEVICE_FAILURE,
}
"""Exceptions that are about the addresses asked for, and what the points there become."""

_SPLIT = frozenset((2, 3))
"""Exceptions that a part of what was asked for may have caused: one address, or their number."""

_NOT_WRITTEN = frozenset((1, 2, 3, 6, 7, 10))
"""Exceptions after which nothing was written. 6 and 7 say that the request is not carried out, 10
that a gateway could not pass it on. The others leave it open: 4 came up in the middle of it, 5 says
that the device still works on it, 8 is about a memory that may have taken it, and with 11 the
device behind a gateway may have heard it and its answer been lost."""


class ModbusRefusal(sdk.DeviceProtocolError):
    """The device answered with an exception code.

    code: as sent; `name` in the specification's words
    alone: what the points asked for become, None when the whole device is at fault
    split: whether asking for less at once may help
    nothing_written: whether a write that is answered so was not carried out, for certain
    """

    def __init__(self, code: int) -> None:
        self.code = code
        self.name = EXCEPTIONS.get(code, "unknown exception code")
        self.alone = _ALONE.get(code)
        self.split = code in _SPLIT
        self.nothing_written = code in _NOT_WRITTEN
        super().__init__(f"the device answers with exception {code}, {self.name}", value=code)


def answer_data(pdu: bytes, function: int, size: int) -> bytes:
    """The data bytes of an answer to a read with `function` that asks for `size` bytes.

    pdu: function code and what follows it, without the frame
    Raises ModbusRefusal for an exception answer, DeviceProtocolError for anything but the answer
    that the request asks for.
    """
    _check_function(pdu, function)
    if pdu[1] != size or len(pdu) != size + 2:
        raise sdk.DeviceProtocolError(
            f"answer must carry {size} bytes and says {pdu[1]}",
            field="byte count",
            value=len(pdu) - 2,
        )
    return pdu[2:]


def check_written(pdu: bytes, request: bytes) -> None:
    """Whether `pdu` says that the write `request` was carried out: the request itself, of
    functions 15 and 16 without its data. Raises as `answer_data` does."""
    function = request[0]
    _check_function(pdu, function)
    expected = request[:5] if function in (15, 16) else request
    if pdu != expected:
        raise sdk.DeviceProtocolError(
            "the device confirms another write than it was sent",
            field="answer",
            value=pdu[:16].hex(" "),
        )


def _check_function(pdu: bytes, function: int) -> None:
    if len(pdu) < 2:
        raise sdk.DeviceProtocolError("answer ends before its data", value=pdu.hex(" "))
    if pdu[0] == function | 0x80:
        raise ModbusRefusal(pdu[1])
    if pdu[0] != function:
        raise sdk.DeviceProtocolError(
            f"answer to another function than {function}", field="function code", value=pdu[0]
        )
