"""The datatypes of Sparkplug metrics, and which field of a metric carries each.

Sparkplug specification 3.0.0, section 6.4.16. What has no place in a historian (data sets,
templates, bytes, files, arrays) is named, so that a browse can show it, and not read.
"""

from typing import Final

import numpy as np
import numpy.typing as npt


class Family:
    """What sort of value a datatype is, and what sort a metric's field holds. No Enum: looking up a
    member of one costs more than the comparison."""

    NONE: Final = 0
    WHOLE: Final = 1
    REAL: Final = 2
    TRUTH: Final = 3
    TEXT: Final = 4
    OTHER: Final = 5


FAMILY_OF_FIELD: Final = {
    None: Family.NONE,
    "int_value": Family.WHOLE,
    "long_value": Family.WHOLE,
    "float_value": Family.REAL,
    "double_value": Family.REAL,
    "boolean_value": Family.TRUTH,
    "string_value": Family.TEXT,
    "bytes_value": Family.OTHER,
    "dataset_value": Family.OTHER,
    "template_value": Family.OTHER,
    "extension_value": Family.OTHER,
}
"""Which family each member of the metric's `oneof value` holds."""

NAMES: Final = [
    "Unknown",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Float",
    "Double",
    "Boolean",
    "String",
    "DateTime",
    "Text",
    "UUID",
    "DataSet",
    "Bytes",
    "File",
    "Template",
    "PropertySet",
    "PropertySetList",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Int64Array",
    "UInt8Array",
    "UInt16Array",
    "UInt32Array",
    "UInt64Array",
    "FloatArray",
    "DoubleArray",
    "BooleanArray",
    "StringArray",
    "DateTimeArray",
]
"""The specification's names; each one's place is its number on the wire."""

NUMBERS: Final = {name: number for number, name in enumerate(NAMES)}

TAG_DATATYPES: Final = {
    "Int8": "int8",
    "Int16": "int16",
    "Int32": "int32",
    "Int64": "int64",
    "UInt8": "uint8",
    "UInt16": "uint16",
    "UInt32": "uint32",
    "UInt64": "uint64",
    "Float": "float32",
    "Double": "float64",
    "Boolean": "bool",
    "DateTime": "uint64",
    "String": "string",
    "Text": "string",
    "UUID": "string",
}
"""The datatype of a tag made of a metric; a metric whose datatype is not here is not supported. A
DateTime is its milliseconds since 1970."""

METRIC_DATATYPES: Final = {tag: NUMBERS[name] for name, tag in reversed(TAG_DATATYPES.items())}
"""The datatype that a metric is published with, by the tag's."""

WIRE_FIELDS: Final = {
    "int8": "int_value",
    "int16": "int_value",
    "int32": "int_value",
    "int64": "long_value",
    "uint8": "int_value",
    "uint16": "int_value",
    "uint32": "int_value",
    "uint64": "long_value",
    "float32": "float_value",
    "float64": "double_value",
    "bool": "boolean_value",
    "string": "string_value",
}
"""The metric's field that a value is written into, by the tag's datatype."""

_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}


def _column(default: int, given: dict[str, int]) -> npt.NDArray[np.uint8]:
    """By the metric's datatype number (255 stands for all beyond): what `given` says of its tag
    datatype."""
    column = np.full(256, default, np.uint8)
    column[: len(NAMES)] = [given.get(TAG_DATATYPES.get(name, ""), default) for name in NAMES]
    return column


FAMILIES: Final = _column(
    Family.OTHER, {tag: FAMILY_OF_FIELD[field] for tag, field in WIRE_FIELDS.items()}
)
"""uint8[256]: the family of each datatype, by its number."""

SIGNED_BITS: Final = _column(0, _BITS)
"""uint8[256]: how many bits a signed datatype has, 0 of every other."""


def name_of(number: int) -> str:
    """The specification's name of a datatype's number."""
    return NAMES[number] if number < len(NAMES) else f"datatype {number}"
