"""Quality of a reading, one int2, after OPC DA (OPC Data Access 3.0, section 6.8).

The two upper bits (mask 0xC0) are the status, the next four the sub-status. The codes here are
the ones Wellhead writes; any other OPC code that a driver brings is kept as it is.
"""

import numpy as np
import numpy.typing as npt

BAD = 0
BAD_CONFIGURATION = 4
BAD_NOT_CONNECTED = 8
BAD_DEVICE_FAILURE = 12
BAD_SENSOR_FAILURE = 16
BAD_COMM_FAILURE = 24
BAD_OUT_OF_SERVICE = 28
UNCERTAIN = 64
UNCERTAIN_LAST_USABLE = 68
UNCERTAIN_FUTURE_TIME = 76
UNCERTAIN_RANGE_EXCEEDED = 84
GOOD = 192
GOOD_LOCAL_OVERRIDE = 216

STATUS_MASK = 0xC0

_NAMES = {
    BAD: "bad",
    BAD_CONFIGURATION: "bad: configuration error",
    BAD_NOT_CONNECTED: "bad: not connected",
    BAD_DEVICE_FAILURE: "bad: device failure",
    BAD_SENSOR_FAILURE: "bad: sensor failure",
    BAD_COMM_FAILURE: "bad: communication failure",
    BAD_OUT_OF_SERVICE: "bad: out of service",
    UNCERTAIN: "uncertain",
    UNCERTAIN_LAST_USABLE: "uncertain: last usable value",
    UNCERTAIN_FUTURE_TIME: "uncertain: time lies in the future",
    UNCERTAIN_RANGE_EXCEEDED: "uncertain: engineering range exceeded",
    GOOD: "good",
    GOOD_LOCAL_OVERRIDE: "good: local override",
}


def is_good(qualities: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """True where the status is good. Shape and order are those of `qualities`."""
    good: npt.NDArray[np.bool_] = (qualities & STATUS_MASK) == GOOD
    return good


def is_bad(qualities: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """True where the status is neither good nor uncertain. Shape and order are those of
    `qualities`."""
    bad: npt.NDArray[np.bool_] = (qualities & UNCERTAIN) == 0
    return bad


def name_of(quality: int) -> str:
    """The quality in words: its own name, else its status and the number."""
    if quality in _NAMES:
        return _NAMES[quality]
    status = _NAMES.get(quality & STATUS_MASK, "bad")
    return f"{status}: code {quality}"
