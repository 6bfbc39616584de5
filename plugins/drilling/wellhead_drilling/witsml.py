"""BHA runs that come from a WITSML store, for the plugin `witsml`, which reads them."""

import uuid
from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_drilling.channels import check_channels
from wellhead_drilling.models import Run
from wellhead_drilling.records import held_wellbore
from wellhead_drilling.runs import change_run, create_run


class RunImporter:
    """What `witsml`'s hook `bha_run_importer` asks for. Works in the caller's transaction."""

    def has(self, key: uuid.UUID) -> bool:
        """Whether there still is such a run."""
        return sdk.db.session.get(Run, key) is not None

    def bring(
        self, wellbore_id: uuid.UUID, values: Mapping[str, Any], known: uuid.UUID | None
    ) -> tuple[uuid.UUID, bool]:
        """(the run's id, whether it is new). Raises as `create_run` and `change_run` do.

        Channels are of a new run alone, those of them that can be: later they are people's.
        """
        data = dict(values)
        offered = data.pop("channels", [])
        run = None if known is None else sdk.db.session.get(Run, known)
        if run is not None:
            change_run(run, data)
            sdk.db.session.flush()
            return run.id, False
        run = create_run({**data, "wellbore_id": wellbore_id})
        run.channels = [channel for channel in offered if _can_be(channel, run)]
        sdk.db.session.flush()
        return run.id, True


def _can_be(channel: dict[str, Any], run: Run) -> bool:
    """Whether its tag hangs there and measures that."""
    try:
        check_channels([channel], run, held_wellbore(run.wellbore_id))
    except sdk.WellheadError:
        return False
    return True


IMPORTER = RunImporter()
