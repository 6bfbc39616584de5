"""OPC UA's status codes as OPC qualities (OPC 10000-8, annex A.4.3), and their names."""

import numpy as np
import numpy.typing as npt
from asyncua.ua import status_codes

from wellhead import sdk

_CODE = 0xFFFF0000
_OVERFLOW = 0x0480
"""Info bits of a DataValue: kind "data value", and the queue of its monitored item ran over."""

SUBCODES = {
    "GoodLocalOverride": sdk.quality.GOOD_LOCAL_OVERRIDE,
    "UncertainLastUsableValue": sdk.quality.UNCERTAIN_LAST_USABLE,
    "UncertainNoCommunicationLastUsableValue": sdk.quality.UNCERTAIN_LAST_USABLE,
    "UncertainSensorNotAccurate": 80,
    "UncertainEngineeringUnitsExceeded": sdk.quality.UNCERTAIN_RANGE_EXCEEDED,
    "UncertainSubNormal": 88,
    "BadNotConnected": sdk.quality.BAD_NOT_CONNECTED,
    "BadDeviceFailure": sdk.quality.BAD_DEVICE_FAILURE,
    "BadSensorFailure": sdk.quality.BAD_SENSOR_FAILURE,
    "BadNoCommunication": sdk.quality.BAD_COMM_FAILURE,
    "BadCommunicationError": sdk.quality.BAD_COMM_FAILURE,
    "BadTimeout": sdk.quality.BAD_COMM_FAILURE,
    "BadOutOfService": sdk.quality.BAD_OUT_OF_SERVICE,
    "BadWaitingForInitialData": 32,
    **dict.fromkeys(
        (
            "BadConfigurationError",
            "BadNodeIdUnknown",
            "BadNodeIdInvalid",
            "BadAttributeIdInvalid",
            "BadIndexRangeInvalid",
            "BadIndexRangeNoData",
            "BadNotReadable",
            "BadUserAccessDenied",
            "BadNotSupported",
            "BadTypeMismatch",
            "BadFilterNotAllowed",
            "BadMonitoredItemFilterInvalid",
            "BadMonitoredItemFilterUnsupported",
            "BadDeadbandFilterInvalid",
        ),
        sdk.quality.BAD_CONFIGURATION,
    ),
}
"""By name of the status code; every other code becomes plain good, uncertain or bad."""

_BY_CODE = {getattr(status_codes.StatusCodes, name): code for name, code in SUBCODES.items()}
_PLAIN = (sdk.quality.GOOD, sdk.quality.UNCERTAIN, sdk.quality.BAD, sdk.quality.BAD)


def quality_of(status: int) -> int:
    """One status code's quality, with the limit bits where it has some."""
    plain = _BY_CODE.get(status & _CODE, _PLAIN[status >> 30])
    return plain | (status >> 8 & 3 if status & 0x0400 else 0)


def qualities_of(statuses: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
    """uint32[n] status codes to int16[n] qualities."""
    if not statuses.any():
        return np.full(len(statuses), sdk.quality.GOOD, np.int16)
    kinds, places = np.unique(statuses, return_inverse=True)
    return np.array([quality_of(int(kind)) for kind in kinds], np.int16)[places]


def name_of(status: int) -> str:
    """`BadNodeIdUnknown` and the like."""
    return str(status_codes.get_name_and_doc(status & _CODE)[0])


def is_bad(status: int) -> bool:
    return status >= 0x80000000


def ran_over(statuses: npt.NDArray[np.uint32]) -> bool:
    """Whether a queue at the server lost values."""
    return bool(statuses.any() and ((statuses & _OVERFLOW) == _OVERFLOW).any())
