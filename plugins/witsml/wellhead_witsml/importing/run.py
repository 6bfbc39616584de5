"""An import: each object by itself, in a savepoint, in the caller's transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from wellhead import sdk
from wellhead_wells.models import Well, Wellbore
from wellhead_witsml.importing import links, reports
from wellhead_witsml.importing.outcome import CREATED, FAILED, UNCHANGED, UPDATED, Outcome
from wellhead_witsml.importing.runs import import_bha_run
from wellhead_witsml.importing.surveys import import_trajectory
from wellhead_witsml.importing.wellbores import import_wellbore
from wellhead_witsml.importing.wells import import_well, warn_of_identifiers
from wellhead_witsml.models import Store
from wellhead_witsml.objects import wells as witsml
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.mud_logs import MudLog
from wellhead_witsml.objects.operations import BhaRun, Message, Risk
from wellhead_witsml.objects.reading import kind_name
from wellhead_witsml.objects.trajectories import Trajectory

PERMISSIONS = {
    "well": "wells.edit",
    "wellbore": "wells.edit",
    "trajectory": "wells.edit",
    "bhaRun": "drilling.edit",
}
"""What is needed beside witsml.edit, by type: an import is no way around another plugin."""
_MOST_UID = 200
KINDS: dict[str, type[WitsmlObject]] = {
    kind_name(kind): kind
    for kind in (witsml.Well, witsml.Wellbore, Trajectory, BhaRun, MudLog, Message, Risk)
}
"""What can be imported, by WITSML's name."""


@dataclass(frozen=True, slots=True)
class Import:
    """store: whose objects they are; parent: asset that new wells hang under"""

    store: Store
    parent: uuid.UUID | None = None

    def run(self, objects: Sequence[WitsmlObject]) -> list[Outcome]:
        """What became of each object. Flushed, not committed."""
        return [self._one(index, of) for index, of in enumerate(objects)]

    def _one(self, index: int, of: WitsmlObject) -> Outcome:
        outcome = Outcome(index, kind_name(type(of)), of)
        for problem in of.problems:
            outcome.warn(problem.path, problem.text, f"{problem.reason}, so it was left out")
        try:
            with sdk.db.session.begin_nested():
                self._bring(of, outcome)
        except (sdk.WellheadError, sdk.ApiError, IntegrityError, DataError) as error:
            outcome.outcome, outcome.record_id = FAILED, None
            outcome.errors = _errors(error)
        return outcome

    def _bring(self, of: WitsmlObject, outcome: Outcome) -> None:
        if not of.uid:
            raise sdk.WellheadError(
                "an object without a uid cannot be found again", field="uid", value=of.name
            )
        for field in ("uid_well", "uid_wellbore", "uid"):
            uid = getattr(of, field)
            if len(uid) > _MOST_UID:
                raise sdk.WellheadError(
                    f"is longer than {_MOST_UID} characters", field=field, value=uid[:_MOST_UID]
                )
        match of:
            case witsml.Well():
                self._linked(links.WELL, Well, of, outcome, self._well)
            case witsml.Wellbore():
                self._linked(links.WELLBORE, Wellbore, of, outcome, self._wellbore)
            case Trajectory():
                bore = links.wellbore_of(self.store, of.uid_well, of.uid_wellbore)
                import_trajectory(self.store, bore, of, outcome)
            case BhaRun():
                bore = links.wellbore_of(self.store, of.uid_well, of.uid_wellbore)
                import_bha_run(self.store, bore, of, outcome)
            case _:
                self._report(of, outcome)

    def _well(self, of: Any, outcome: Outcome, known: Any) -> Any:
        return import_well(of, outcome, known, self.parent)

    def _wellbore(self, of: Any, outcome: Outcome, known: Any) -> Any:
        well = links.well_of(self.store, of.uid_well)
        return import_wellbore(self.store, of, outcome, well, known)

    def _linked(
        self, kind: str, model: type[Any], of: WitsmlObject, outcome: Outcome, bring: Any
    ) -> None:
        """The record that the object was before, changed only when the object has."""
        link = links.link_of(self.store, kind, *links.place_of(kind, of))
        known = None if link is None else sdk.db.session.get(model, link.record_id)
        if known is not None:
            sdk.require_asset(known.asset_id)
        if known is not None and link.digest == links.digest_of(of):
            outcome.outcome, outcome.record_id = UNCHANGED, known.id
            return
        record = bring(of, outcome, known)
        sdk.db.session.flush()
        links.keep_link(self.store, kind, of, record.id)
        warn_of_identifiers(outcome, record)
        outcome.outcome = CREATED if known is None else UPDATED
        outcome.record_id = record.id

    def _report(self, of: WitsmlObject, outcome: Outcome) -> None:
        bore = links.wellbore_of(self.store, of.uid_well, of.uid_wellbore)
        match of:
            case Message():
                record, new = reports.import_message(self.store, bore, of, outcome)
            case Risk():
                record, new = reports.import_risk(self.store, bore, of, outcome)
            case MudLog():
                record, new = reports.import_mud_log(self.store, bore, of, outcome)
            case _:
                raise sdk.WellheadError("objects of this type are not imported")
        outcome.outcome, outcome.record_id = (CREATED if new else UPDATED), record.id


def _errors(error: Exception) -> list[dict[str, Any]]:
    """As bulk requests tell them."""
    if isinstance(error, sdk.ApiError):
        return [dict(detail) for detail in error.details] or [{"message": error.message}]
    if isinstance(error, sdk.WellheadError):
        shown = {"field": error.field, "value": error.value, "message": error.message,
                 "remedy": error.remedy}  # fmt: skip
        return [{name: value for name, value in shown.items() if value is not None}]
    return [{"message": "clashes with another record, or a value cannot be stored"}]
