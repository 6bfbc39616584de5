"""What a store answers about a log: its header, and the data that comes without one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from wellhead_witsml.objects import logs as witsml
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.reading import read_log_data, read_objects
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.units import unit_of


def header_of(document: str | bytes, uids: Mapping[str, Any], zone: tzinfo) -> witsml.Log | None:
    """The log of these uids; None when the reply has no such log, as some do of logs that are
    empty. uids: uid_well, uid_wellbore, uid; those that a reply leaves out are taken as asked"""
    if not document.strip():
        return None
    for found in read_objects(witsml.Log, document, zone):
        if all(getattr(found, name).lower() in ("", uid.lower()) for name, uid in uids.items()):
            return replace(found, **uids)
    return None


def data_of(document: str | bytes, header: witsml.Log, zone: tzinfo) -> list[LogData]:
    """All blocks of data, read as the header says. Raises ReplyError, for rows of another log
    too."""
    if not document.strip():
        return []
    blocks = list(read_log_data(document, header, zone).data)
    for block in blocks:
        if block.index_unit and not header.by_time:
            _check_unit(block.index_unit, header)
    return blocks


def _check_unit(unit: str, header: witsml.Log) -> None:
    if header.index_unit is not None and unit_of(unit) != unit_of(header.index_unit):
        raise ReplyError(
            f"its index is in {header.index_unit!r} by its header and in another unit in its data",
            field="unitList",
            value=unit,
        )
