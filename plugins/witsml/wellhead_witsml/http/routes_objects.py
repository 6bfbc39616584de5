"""/api/v1/witsml/stores/{id}/objects and /imports: what a store holds, and bringing it here."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_witsml import browsing
from wellhead_witsml.http.blueprint import EDIT, READ, STORE, blp
from wellhead_witsml.http.routes_stores import find_store
from wellhead_witsml.http.schemas_objects import (
    BrowseQuerySchema,
    FoundObjectSchema,
    WitsmlImportResultSchema,
    WitsmlImportSchema,
)
from wellhead_witsml.importing.links import BHA_RUN
from wellhead_witsml.importing.outcome import CREATED, FAILED, UNCHANGED, UPDATED, Outcome
from wellhead_witsml.importing.run import PERMISSIONS, Import
from wellhead_witsml.importing.runs import keeper_of_runs

_UIDS = ("uid_well", "uid_wellbore", "uid")


@blp.route("/stores/<uuid:store_id>/objects", parameters=[STORE])
class ObjectsView(MethodView):
    @blp.permission(READ)
    @blp.unlimited_only
    @blp.doc(
        operationId="browseWitsmlStore",
        summary="List what a store holds of a type",
        description="Asked of the store, now. `record_id` is what the object was imported as, or "
        "the log as which it is followed.",
    )
    @blp.arguments(BrowseQuerySchema, location="query")
    @blp.response(200, FoundObjectSchema(many=True))
    @blp.alt_response(502)
    @blp.alt_response(504)
    def get(self, query: dict[str, str], store_id: uuid.UUID) -> list[dict[str, Any]]:
        store = find_store(store_id)
        found = browsing.found_objects(store, query["object_type"], _uids(query))
        sdk.set_meta({"total": len(found)})
        return found


@blp.route("/stores/<uuid:store_id>/imports", parameters=[STORE])
class ImportsView(MethodView):
    @blp.permission(EDIT)
    @blp.unlimited_only
    @blp.doc(
        operationId="importFromWitsmlStore",
        summary="Import objects of a store",
        description="Wells and wellbores become records of wells, trajectories versions of "
        "surveys, BHA runs records of drilling; messages, risks and mud logs are listed here. An "
        "object that came before changes its record, or nothing where it is as it was. Needs the "
        "permission to edit what it becomes, too.",
    )
    @blp.arguments(WitsmlImportSchema)
    @blp.response(200, WitsmlImportResultSchema)
    @blp.alt_response(502)
    @blp.alt_response(504)
    def post(self, asked: dict[str, Any], store_id: uuid.UUID) -> dict[str, Any]:
        store = find_store(store_id)
        object_type = asked["object_type"]
        if object_type == BHA_RUN:
            keeper_of_runs()  # before its permission, which only that plugin's roles have
        needed = PERMISSIONS.get(object_type)
        if needed is not None:
            sdk.current_user().require(needed)
        if asked["xml"] is not None:
            objects = browsing.read_file_of(store, object_type, asked["xml"])
        else:
            objects = browsing.fetch(store, object_type, _uids(asked), names_only=False)
        outcomes = Import(store, asked["parent_asset_id"]).run(objects)
        failed = [one for one in outcomes if one.outcome == FAILED]
        if failed and asked["on_error"] == "abort":
            sdk.db.session.rollback()
            raise _aborted(failed, len(outcomes))
        if asked["dry_run"]:
            sdk.db.session.rollback()
        else:
            sdk.db.session.commit()
        return _result(outcomes, dry_run=asked["dry_run"])


def _uids(asked: dict[str, Any]) -> dict[str, str]:
    return {name: asked[name] for name in _UIDS if asked.get(name)}


def _result(outcomes: list[Outcome], *, dry_run: bool) -> dict[str, Any]:
    counts = {
        name: sum(one.outcome == name for one in outcomes)
        for name in (CREATED, UPDATED, UNCHANGED, FAILED)
    }
    shown = [one.shown() for one in outcomes]
    if dry_run:
        shown = [one if one["outcome"] == UNCHANGED else one | {"id": None} for one in shown]
    return {**counts, "dry_run": dry_run, "objects": shown}


def _aborted(failed: list[Outcome], count: int) -> sdk.ApiError:
    details = [
        {**problem, "field": f"objects.{one.index}.{problem.get('field') or one.of.uid}"}
        for one in failed
        for problem in one.errors
    ]
    return sdk.ApiError(
        422,
        "validation_failed",
        f"{len(failed)} of {count} objects cannot be imported, so none was. "
        f"First: {details[0]['field']}: {details[0].get('message')}",
        details,
    )
