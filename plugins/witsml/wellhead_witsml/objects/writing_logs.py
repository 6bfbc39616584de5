"""Logs as documents: the header, and blocks of data as delimited rows."""

from datetime import UTC, datetime, timedelta

import numpy as np

from wellhead_witsml.objects.documents import Element
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.logs import Curve, Log
from wellhead_witsml.objects.times import write_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NULL = "-999.25"
"""What stands for no value where a log names nothing else."""


def write_log(to: Element, of: Log) -> None:
    """The children of `log`."""
    newer = to.version == "1.4.1.1"
    to.names(of)
    if newer:
        to.text("objectGrowing", of.growing)
    to.text("serviceCompany", of.service_company)
    to.text("runNumber", of.run_number)
    to.time("creationDate", of.created)
    to.text("description", of.description)
    to.text("indexType", of.index_type or None)
    to.measure("startIndex", of.start_index)
    to.measure("endIndex", of.end_index)
    to.measure("stepIncrement", of.step)
    to.time("startDateTimeIndex", of.start_time)
    to.time("endDateTimeIndex", of.end_time)
    to.text("direction", of.direction if of.index_type else None)
    to.text("indexCurve", of.index_curve or None, columnIndex=None if newer else "1")
    to.text("nullValue", of.null_value)
    for place, curve in enumerate(of.curves, 1):
        _curve(to.empty("logCurveInfo", uid=curve.uid), curve, place)
    for block in of.data:
        _data(to.empty("logData"), block, of)


def _curve(to: Element, of: Curve, place: int) -> None:
    to.text("mnemonic", of.mnemonic)
    to.text("classWitsml", of.witsml_class)
    to.text("unit", of.unit)
    to.text("mnemAlias", of.alias)
    to.text("nullValue", of.null_value)
    to.measure("minIndex", of.start_md)
    to.measure("maxIndex", of.end_md)
    to.time("minDateTimeIndex", of.start_time)
    to.time("maxDateTimeIndex", of.end_time)
    if to.version == "1.3.1.1":
        to.text("columnIndex", of.column or place)
    to.text("curveDescription", of.description)
    to.measure("sensorOffset", of.sensor_offset)
    to.text("typeLogData", of.type)


def _data(to: Element, of: LogData, log: Log) -> None:
    if to.version == "1.4.1.1":
        to.text("mnemonicList", ",".join((log.index_curve, *of.mnemonics)))
        to.text("unitList", ",".join((of.index_unit or "", *(unit or "" for unit in of.units))))
    null = log.null_value or NULL
    if log.by_time:
        down = [
            [write_time(_EPOCH + timedelta(microseconds=one)) for one in of.index.tolist()],
        ]
    else:
        down = [[repr(one) for one in of.index.tolist()]]
    for row, column in enumerate(of.values):
        if row in of.texts:
            down.append([null if cell is None else cell for cell in of.texts[row]])
        else:
            missing = np.isnan(column).tolist()
            down.append(
                [
                    null if gone else repr(one)
                    for one, gone in zip(column.tolist(), missing, strict=True)
                ]
            )
    for cells in zip(*down, strict=True):
        to.text("data", ",".join(cells))
