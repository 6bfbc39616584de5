"""Results that are kept with a run. Like `rigs`, these functions do not commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS
from wellhead_drilling.live import channels_of
from wellhead_drilling.models import Run, RunResult
from wellhead_drilling.records import require_run
from wellhead_drilling.run_inputs import GATHER, RunInputs
from wellhead_drilling.schemas.calculations import INPUT_SCHEMAS
from wellhead_wells.models import Wellbore


def keep_result(data: Mapping[str, Any]) -> RunResult:
    """Calculate, and keep the result with the run as its next version.

    data: as `RunResultSchema` loads it; without inputs, those that the run's live channels and
        records make now
    Raises WellheadError for inputs that cannot be, or that the run does not know.
    """
    run = require_run(data["run_id"])
    sdk.db.session.execute(select(Run.id).where(Run.id == run.id).with_for_update())
    row = CALCULATIONS[data["calculation"]]
    sent = data.get("inputs")
    if sent is None:
        values, words = _of_run(run, row.name)
    else:
        values, words = dict(sent), []
    system = values.pop("units", None) or row.system_of(values)
    last = select(func.max(RunResult.version)).where(
        RunResult.run_id == run.id, RunResult.calculation == row.name
    )
    result = RunResult(
        run_id=run.id,
        calculation=row.name,
        version=(sdk.db.session.scalar(last) or 0) + 1,
        inputs=INPUT_SCHEMAS[row.name]().dump(values),
        made_from=words,
        results=row.run(values, sdk.units.System(system)),
        formula=row.formula,
        source=row.source,
        remark=data.get("remark"),
        created_by=sdk.current_actor().email,
    )
    sdk.db.session.add(result)
    sdk.db.session.flush()
    return result


def _of_run(run: Run, name: str) -> tuple[dict[str, Any], list[str]]:
    if name not in GATHER:
        raise sdk.WellheadError(
            "a run does not know what goes into it",
            field="inputs",
            remedy=f"Send its inputs; a run knows those of {', '.join(GATHER)}",
        )
    bore = sdk.db.session.get_one(Wellbore, run.wellbore_id)
    channels, _ = channels_of(run, bore)
    taken = RunInputs(run, bore, {channel["role"]: channel for channel in channels})
    return GATHER[name](taken), taken.words
