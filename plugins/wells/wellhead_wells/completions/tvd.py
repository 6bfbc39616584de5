"""True vertical depths of completions, by the definitive survey of their wellbore."""

import uuid
from collections.abc import Iterable
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_wells.completions.models import Completion
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.paths import Path
from wellhead_wells.surveys.service import positions

_PathKey = tuple[uuid.UUID, str, str]


def set_tvds(records: Iterable[Any]) -> None:
    """Give each record `top_tvd` and `bottom_tvd`, in its own unit from its own datum: None where
    a depth, a survey or the elevation of a datum is missing, or where the survey does not reach.
    Each path is worked out once."""
    paths: dict[_PathKey, Path | None] = {}
    for record in records:
        tvds: tuple[float | None, ...] = (None, None)
        if record.top_md is not None and record.bottom_md is not None:
            bore = record.wellbore if isinstance(record, Completion) else record.completion.wellbore
            key = (bore.id, record.depth_unit, record.depth_datum)
            if key not in paths:
                paths[key] = _path(bore, record.depth_unit, record.depth_datum)
            tvds = tuple(_at(paths[key], depth) for depth in (record.top_md, record.bottom_md))
        for name, tvd in zip(("top_tvd", "bottom_tvd"), tvds, strict=True):
            setattr(record, name, tvd)


def _path(bore: Wellbore, unit: str, datum: str) -> Path | None:
    try:
        return positions(bore, unit=unit, datum=datum)
    except sdk.WellheadError:  # a survey or an elevation is missing: the route of surveys says it
        return None


def _at(path: Path | None, md: float) -> float | None:
    if path is None or not path.md[0] <= md <= path.md[-1]:
        return None
    return float(path.at(np.array([md])).tvd[0])
