"""Rows of a log: upserted by index, in blocks, in whatever transaction the caller has."""

import uuid
from typing import Any

import numpy as np
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_well_logs import service, store
from wellhead_well_logs.extremes import edges, extremes
from wellhead_well_logs.models import Block, Log
from wellhead_well_logs.rows import Rows, in_order, merged
from wellhead_well_logs.vocabulary import DataType, LogKind, Source
from wellhead_wells.models import Wellbore

values_of = st.one_of(st.just(float("nan")), st.integers(-5, 5).map(float))


def described(**changes: Any) -> service.NewLog:
    curves = [
        service.NewCurve("GR", "GAPI"),
        service.NewCurve("ROP", "m/h"),
        service.NewCurve("LITH", data_type=DataType.TEXT),
    ]
    fields: dict[str, Any] = {
        "name": "MWD",
        "kind": LogKind.DEPTH,
        "index_mnemonic": "DEPT",
        "index_unit": "M",
        "curves": curves,
        "source": Source.WITSML,
        "growing": True,
    }
    return service.NewLog(**fields | changes)


def opened(bore: dict[str, Any], **changes: Any) -> Log:
    found = sdk.db.session.get(Wellbore, uuid.UUID(bore["id"]))
    assert found is not None
    return service.open_log(found, described(**changes))


def read(log: uuid.UUID, low: float = -1e9, high: float = 1e9) -> tuple[Rows, list[uuid.UUID]]:
    raw = service.connection_of(sdk.db.session)
    keys = raw.execute(
        "SELECT id, data_type FROM well_logs_curve WHERE log_id = %s ORDER BY position", [log]
    ).fetchall()
    numbers = [key for key, kind in keys if kind == "number"]
    texts = [key for key, kind in keys if kind == "text"]
    return store.read(raw, store.blocks_of(raw, log, low, high), numbers, texts), [*numbers, *texts]


def test_a_growing_log_is_written_in_the_callers_transaction(
    shared_app: Flask, bore: dict[str, Any]
) -> None:
    """By polls that overlap, come twice, and fill in what was null; one that is rolled back leaves
    nothing."""
    settings = sdk.runtime_of(shared_app).settings
    with shared_app.app_context(), sdk.tenant("default"):
        log = opened(bore).id
        sdk.db.session.commit()
        with sdk.connect(settings, "default") as raw:

            def poll(index: list[float], gr: list[float], lith: list[str | None]) -> None:
                index_, values = np.array(index), np.array([gr])
                service.append_rows(raw, log, index_, values, ["gr"], {"LITH": lith})

            poll([1000.0, 1000.5], [50.0, np.nan], ["sand", None])
            raw.commit()
            poll([1001.0], [99.0], [None])
            raw.rollback()
            assert service.last_index(raw, log) == 1000.5
            for _ in range(2):
                poll([1000.5, 1001.0], [60.0, 70.0], [None, "shale"])
                raw.commit()
            service.append_rows(raw, log, np.array([1001.0]), np.array([[12.0]]), ["ROP"])
            raw.commit()
        assert service.last_index(sdk.db.session, log) == 1001.0
        rows, (gr, rop, lith) = read(log)
        assert rows.index.tolist() == [1000.0, 1000.5, 1001.0]
        assert rows.numbers[gr].tolist() == [50.0, 60.0, 70.0]
        np.testing.assert_array_equal(rows.numbers[rop], [np.nan, np.nan, 12.0])
        assert rows.texts[lith] == ["sand", None, "shale"]
        again = opened(bore, curves=[service.NewCurve("WOB", "KLB"), service.NewCurve("gr")])
        assert (again.id, [curve.mnemonic for curve in again.curves]) == (
            log,
            ["GR", "ROP", "LITH", "WOB"],
        )
        curve = again.curves[0]
        assert (curve.count, curve.minimum, curve.maximum, curve.mean) == (3, 50.0, 70.0, 60.0)
        assert (again.curves[1].count, again.curves[1].first_index) == (1, 1001.0)
        with pytest.raises(sdk.WellheadError, match="no number curve"):
            service.append_rows(sdk.db.session, log, np.array([1.0]), np.array([[1.0]]), ["XYZ"])
        with pytest.raises(sdk.ApiError, match="current log of this name"):
            opened(bore, index_unit="FT")
        sdk.db.session.rollback()


def test_long_logs_are_blocks_that_appends_fill(shared_app: Flask, bore: dict[str, Any]) -> None:
    """Rows added at the end, at the front and in the middle: all there, in few blocks."""
    with shared_app.app_context(), sdk.tenant("default"):
        log = opened(bore).id
        index = np.arange(10_000) / 8
        gr = np.sin(index, dtype=np.float64)
        order = np.concatenate(
            [np.arange(5_000, 9_000), np.arange(5_000), np.arange(9_000, 10_000)]
        )
        for part in np.array_split(order, 13):
            service.append_rows(sdk.db.session, log, index[part], gr[None, part], ["GR"])
        changed = np.array([3.0, 3.0625, 1100.0])
        service.append_rows(sdk.db.session, log, changed, np.array([[7.0, 8.0, 9.0]]), ["GR"])
        rows, (key, *_) = read(log)
        expected = dict(zip(index.tolist(), gr.tolist(), strict=True))
        expected |= {3.0: 7.0, 3.0625: 8.0, 1100.0: 9.0}
        assert dict(zip(rows.index.tolist(), rows.numbers[key].tolist(), strict=True)) == expected
        assert (np.diff(rows.index) > 0).all()
        count = sdk.db.session.scalar(
            select(func.count()).select_from(Block).where(Block.log_id == log)
        )
        assert count is not None
        assert count <= 6
        stored = sdk.db.session.get(Log, log)
        assert stored is not None
        sdk.db.session.refresh(stored)
        assert (stored.rows, stored.first_index, stored.last_index) == (10_001, 0.0, 1249.875)
        sdk.db.session.rollback()


@settings(max_examples=40)
@given(
    arrays(float, st.integers(1, 60), elements=values_of),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_decimation_keeps_every_stretchs_peaks(values: Any, size: int, more: int) -> None:
    """In the order they came; and stretches of stretches are those of the rows."""
    pairs = extremes(values, size).reshape(-1, 2)
    for place, pair in enumerate(pairs):
        stretch = values[place * size : (place + 1) * size]
        known = stretch[~np.isnan(stretch)]
        if not len(known):
            assert np.isnan(pair).all()
            continue
        assert sorted(pair) == [known.min(), known.max()]
        first = known[(known == known.min()) | (known == known.max())][0]
        assert pair[0] == first
    coarse = extremes(extremes(values, size), 2 * more)
    np.testing.assert_array_equal(coarse, extremes(values, size * more))
    index = np.arange(len(values), dtype=float)
    np.testing.assert_array_equal(edges(edges(index, size), 2 * more), edges(index, size * more))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), values_of)), st.lists(st.integers(0, 9)))
def test_rows_merge_as_a_table_by_index_would(old: list[tuple[int, float]], new: list[int]) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()

    def rows(pairs: list[tuple[int, float]], curve: uuid.UUID) -> Rows:
        index = np.array([index for index, _ in pairs], float)
        return in_order(Rows(index, {curve: np.array([value for _, value in pairs], float)}))

    table: dict[float, list[float]] = {}
    for index, value in old:
        table[index] = [value, np.nan]
    for place, index in enumerate(new):
        table[index] = [table.get(index, [np.nan])[0], float(place)]
    both = merged(rows(old, one), rows([(index, place) for place, index in enumerate(new)], other))
    assert both.index.tolist() == sorted(table)
    for place, curve in enumerate((one, other)):
        expected = [table[index][place] for index in sorted(table)]
        np.testing.assert_array_equal(both.numbers[curve], expected)
