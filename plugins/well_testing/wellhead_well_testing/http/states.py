"""Routes of the steps of a test: begin, validation, rejection, opening again."""

import uuid
from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_well_testing.checks import Finding, findings
from wellhead_well_testing.http.tests import EDIT, READ, blp, tests
from wellhead_well_testing.models import WellTest, WellTestRevision
from wellhead_well_testing.schemas.states import (
    WellTestFindingSchema,
    WellTestReasonSchema,
    WellTestRevisionSchema,
    WellTestStartSchema,
    WellTestValidationSchema,
    WholeWellTestRevisionSchema,
)
from wellhead_well_testing.schemas.tests import WellTestSchema
from wellhead_well_testing.states import reject, reopen, start, validate

VALIDATE = "well_testing.validate"
TEST = {"in": "path", "name": "id", "description": "Id of the well test"}


def find_test(key: uuid.UUID) -> WellTest:
    """The test, or ApiError 404."""
    test: WellTest = tests.find(key)
    return test


def _stepped(key: uuid.UUID, step: Callable[..., None], argument: Any) -> WellTest:
    test = find_test(key)
    step(test, argument)
    sdk.db.session.flush()
    sdk.db.session.refresh(test)  # before others may delete it
    sdk.db.session.commit()
    return test


@blp.route("/tests/<uuid:id>/start", parameters=[TEST])
class StartView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(operationId="startWellTest", summary="Say that a planned test has begun")
    @blp.arguments(WellTestStartSchema)
    @blp.changes(WellTestSchema, tests.held)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> WellTest:  # noqa: A002 (the name in the path)
        return _stepped(id, start, data.get("start_at"))


@blp.route("/tests/<uuid:id>/checks", parameters=[TEST])
class ChecksView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="checkWellTest",
        summary="What keeps a test from being validated, and what to look at before",
    )
    @blp.response(200, WellTestFindingSchema(many=True))
    def get(self, id: uuid.UUID) -> list[Finding]:  # noqa: A002
        return findings(find_test(id))


@blp.route("/tests/<uuid:id>/validate", parameters=[TEST])
class ValidateView(MethodView):
    @blp.permission(VALIDATE)
    @blp.within_assets
    @blp.doc(
        operationId="validateWellTest",
        summary="Validate a test: its rates are good for use",
        description="Refused with `well_test_incomplete` while something is missing, and with "
        "warnings alone unless a reason answers for them. The test is kept as it is.",
    )
    @blp.arguments(WellTestValidationSchema)
    @blp.changes(WellTestSchema, tests.held)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> WellTest:  # noqa: A002
        return _stepped(id, validate, data.get("reason"))


@blp.route("/tests/<uuid:id>/reject", parameters=[TEST])
class RejectView(MethodView):
    @blp.permission(VALIDATE)
    @blp.within_assets
    @blp.doc(operationId="rejectWellTest", summary="Reject a test: it is good for nothing")
    @blp.arguments(WellTestReasonSchema)
    @blp.changes(WellTestSchema, tests.held)
    def post(self, data: dict[str, str], id: uuid.UUID) -> WellTest:  # noqa: A002
        return _stepped(id, reject, data["reason"])


@blp.route("/tests/<uuid:id>/reopen", parameters=[TEST])
class ReopenView(MethodView):
    @blp.permission(VALIDATE)
    @blp.within_assets
    @blp.doc(
        operationId="reopenWellTest",
        summary="Open a validated or rejected test again, as its next revision",
        description="Until it is validated again its rates are not used. What was validated stays "
        "to be read.",
    )
    @blp.arguments(WellTestReasonSchema)
    @blp.changes(WellTestSchema, tests.held)
    def post(self, data: dict[str, str], id: uuid.UUID) -> WellTest:  # noqa: A002
        return _stepped(id, reopen, data["reason"])


@blp.route("/tests/<uuid:id>/revisions", parameters=[TEST])
class RevisionsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listWellTestRevisions", summary="List what was validated of a test")
    @blp.listing(WellTestRevisionSchema, WellTestRevision, sort=("revision", "decided_at"))
    def get(self, id: uuid.UUID) -> Select[tuple[WellTestRevision]]:  # noqa: A002
        return select(WellTestRevision).where(WellTestRevision.test_id == find_test(id).id)


@blp.route(
    "/tests/<uuid:id>/revisions/<int:revision>",
    parameters=[TEST, {"in": "path", "name": "revision", "description": "Number, from 1"}],
)
class RevisionView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getWellTestRevision", summary="Read a test as it was validated")
    @blp.response(200, WholeWellTestRevisionSchema)
    def get(self, id: uuid.UUID, revision: int) -> WellTestRevision:  # noqa: A002
        wanted = select(WellTestRevision).where(
            WellTestRevision.test_id == find_test(id).id, WellTestRevision.revision == revision
        )
        found: WellTestRevision | None = sdk.db.session.scalar(wanted)
        if found is None:
            raise sdk.not_found("validated revision", revision)
        return found
