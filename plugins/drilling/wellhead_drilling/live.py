"""What a run measures now, and what follows from it: specific energy, hydrostatic pressure, ECD.

The newest values come through `channels`; whatever is calculated says from which of them, is as
good as the worst of them and as old as the oldest, and where it cannot be calculated it says why.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS
from wellhead_drilling.channels import GAUGE, QUANTITY_OF, newest
from wellhead_drilling.models import Run
from wellhead_drilling.run_inputs import GATHER, RunInputs
from wellhead_wells.models import Wellbore


def live_of(run: Run) -> tuple[dict[str, Any], list[str]]:
    """(channels with their newest values and what is calculated from them; plugins that answered).

    The result is as `RunLiveSchema` shows it.
    """
    bore = sdk.db.session.get_one(Wellbore, run.wellbore_id)
    channels, answered = channels_of(run, bore)
    by_role = {channel["role"]: channel for channel in channels}
    computed = [
        _calculated(name, gather, RunInputs(run, bore, by_role)) for name, gather in GATHER.items()
    ]
    return {"run_id": run.id, "channels": channels, "calculated": computed}, answered


def channels_of(run: Run, bore: Wellbore) -> tuple[list[dict[str, Any]], list[str]]:
    """(the run's channels with their newest values; plugins that answered)."""
    rows, answered = newest(run, bore, run.channels)
    return [
        _shown(run, channel, row) for channel, row in zip(run.channels, rows, strict=True)
    ], answered


def _shown(run: Run, channel: Mapping[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    known = row or {
        "name": None,
        "value": None,
        "unit": None,
        "quality": sdk.quality.BAD,
        "time": None,
        "reason": "no plugin knows this tag",
    }
    unit = known["unit"] or channel.get("unit")
    return known | {
        "role": channel["role"],
        "tag": channel["tag"],
        "unit": unit,
        "quantity": None if unit in GAUGE else QUANTITY_OF.get(channel["role"]),
        "quality_name": sdk.quality.name_of(known["quality"]),
        "history_from": run.time_in,
        "history_to": run.time_out,
    }


def _calculated(
    name: str, gather: Callable[[RunInputs], dict[str, Any]], inputs: RunInputs
) -> dict[str, Any]:
    row = CALCULATIONS[name]
    shown: dict[str, Any] = {
        "name": name,
        "title": row.title,
        "formula": row.formula,
        "source": row.source,
        "value": None,
        "unit": None,
        "quality": sdk.quality.BAD,
        "reason": None,
    }
    try:
        values = gather(inputs)
        shown |= {key: row.run(values, row.system_of(values))[0][key] for key in ("value", "unit")}
        shown["quality"] = min(
            (channel["quality"] & sdk.quality.STATUS_MASK for channel in inputs.taken),
            default=sdk.quality.UNCERTAIN,
        )
    except sdk.WellheadError as error:
        shown["reason"] = str(error)
    times: list[dt.datetime] = [channel["time"] for channel in inputs.taken]
    return shown | {
        "quality_name": sdk.quality.name_of(shown["quality"]),
        "time": min(times, default=None),
        "inputs": inputs.words,
    }
