"""Where rows go, in the caller's transaction: readings of tags, or a log of the wellbore."""

from dataclasses import dataclass, field

import numpy as np

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.forwarding.session import store_readings
from wellhead_well_logs import service as well_logs
from wellhead_well_logs.models import Log as WellLog
from wellhead_well_logs.vocabulary import DataType, Direction, LogKind, Source
from wellhead_witsml.importing.outcome import Outcome
from wellhead_witsml.importing.values import datum
from wellhead_witsml.models import Log
from wellhead_witsml.objects import logs as witsml
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.polling.columns import (
    Place,
    beyond,
    columns_of,
    numbers_of,
    readings_of,
    texts_of,
)
from wellhead_witsml.polling.curves import places_of
from wellhead_witsml.polling.followed import Followed
from wellhead_witsml.units import unit_of


@dataclass(slots=True)
class Rows:
    """What one answer brought. new: rows behind the cursor; readings: values of them that are
    stored; warnings: what was odd"""

    log: Followed
    header: witsml.Log
    blocks: list[LogData]
    new: int = 0
    readings: int = 0
    warnings: set[str] = field(default_factory=set)


def store_by_time(record: Log, rows: Rows) -> list[sdk.Batch]:
    """New rows as readings; as they were stored, to be told of after the commit."""
    places, odd = places_of(record, rows.header, tags=True)
    rows.warnings |= set(odd)
    source = api.create_source(f"witsml/{record.id}")
    batches = []
    for block in rows.blocks:
        new = beyond(block, rows.log.cursor, rows.header.decreasing)
        rows.new += int(new.sum())
        batch = readings_of(block, new, places, source, rows.warnings)
        if len(batch):
            batches.append(batch)
    rows.readings += sum(len(batch) for batch in batches)
    return store_readings(batches) if batches else []


def store_by_depth(record: Log, rows: Rows) -> list[sdk.Batch]:
    """All rows into the wellbore's log, by index: the last one that is there may have changed."""
    before = {curve.mnemonic.lower() for curve in record.curves}
    places, odd = places_of(record, rows.header, tags=False)
    rows.warnings |= set(odd)
    growing = rows.header.growing is not False
    log = None if record.well_log_id is None else sdk.db.session.get(WellLog, record.well_log_id)
    if log is None or places.keys() - before:
        if log is not None:
            log.growing = True  # one that has ended takes no further curves
            sdk.db.session.flush()
        log = well_logs.open_log(record.wellbore, _new_log(record, rows.header, places))
        record.well_log_id = log.id
    if log.growing != growing:
        log.growing = growing
    sdk.db.session.flush()
    for block in rows.blocks:
        new = beyond(block, rows.log.cursor, rows.header.decreasing)
        rows.new += int(new.sum())
        rows.readings += _append(log, block, new, places, rows)
    return []


def _append(
    log: WellLog, block: LogData, new: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    places: dict[str, Place], rows: Rows,
) -> int:  # fmt: skip
    if not len(block.index):
        return 0
    names, numbers, texts, count = [], [], {}, 0
    for row, place in columns_of(block, places, rows.warnings):
        if place.is_text:
            cells = texts[place.mnemonic] = texts_of(block, row)
            count += sum(cells[number] is not None for number in np.flatnonzero(new).tolist())
            continue
        column = numbers_of(block, row, place, rows.warnings)
        names.append(place.mnemonic)
        numbers.append(column)
        count += int(np.isfinite(column[new]).sum())
    index = np.asarray(block.index, np.float64)
    values = np.array(numbers) if numbers else np.empty((0, len(index)))
    well_logs.append_rows(sdk.db.session(), log.id, index, values, names, texts)
    return count


def _new_log(record: Log, header: witsml.Log, places: dict[str, Place]) -> well_logs.NewLog:
    code = datum(Outcome(0, "log", header), "startIndex", header.index_datum)
    descriptions = {curve.mnemonic.lower(): curve.description for curve in header.curves}
    return well_logs.NewLog(
        name=record.name,
        run=header.run_number,
        kind=LogKind.TIME if "time" in header.index_type else LogKind.DEPTH,
        index_mnemonic=header.index_curve or "INDEX",
        index_unit=unit_of(header.index_unit) or header.index_unit or "m",
        curves=[
            well_logs.NewCurve(
                place.mnemonic,
                unit_of(place.unit),
                descriptions.get(name),
                DataType.TEXT if place.is_text else DataType.NUMBER,
            )
            for name, place in places.items()
        ],
        source=Source.WITSML,
        depth_datum=code,
        direction=Direction.DECREASING if header.decreasing else Direction.INCREASING,
        service_company=header.service_company,
        null_value=header.null_value,
        source_name=f"{record.store.name}: {record.uid_well}/{record.uid_wellbore}/{record.uid}",
        growing=True,
    )
