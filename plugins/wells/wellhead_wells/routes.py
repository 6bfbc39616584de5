"""Routes of wells, wellbores, status history, live values and the map."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_wells.imports import (
    WellboreRowSchema,
    WellRowSchema,
    add_well,
    add_wellbore,
    import_well,
    import_wellbore,
    warnings_of,
)
from wellhead_wells.live import current_values
from wellhead_wells.models import StatusChange, Well, Wellbore
from wellhead_wells.records import lock, look_again
from wellhead_wells.schemas import (
    LiveValueSchema,
    StatusChangeSchema,
    WellboreSchema,
    WellSchema,
)
from wellhead_wells.search import wells_called
from wellhead_wells.service import change_well, delete_well
from wellhead_wells.status import change_status
from wellhead_wells.wellbores import change_wellbore, create_wellbore, delete_wellbore

READ = "wells.read"
EDIT = "wells.edit"

blp = sdk.Blueprint(
    "wells", url_prefix="/api/v1/wells", description="Wells, wellbores, their status and values"
)


WELL = {"in": "path", "name": "well_id", "description": "Id of the well"}
BORE = {"in": "path", "name": "id", "description": "Id of the wellbore"}


def _of_parents(statement: Select[Any], parents: list[uuid.UUID]) -> Select[Any]:
    placed = statement.where(Well.parent_asset_id.in_(parents))
    return sdk.only_visible(placed, Well.parent_asset_id)


wells = sdk.Resource(
    blp,
    path="",
    model=Well,
    schema=WellSchema,
    name="well",
    plural="wells",
    read=READ,
    write=EDIT,
    filters=(
        "name",
        "status",
        "field",
        "operator",
        "country",
        "well_type",
        "purpose",
        "fluid",
        "spud_date",
        "asset_id",
    ),
    extra={
        "parent_asset_id": sdk.Filter(
            fields.UUID(metadata={"description": "Only wells that hang under this asset"}),
            _of_parents,
        ),
        "under": sdk.Filter(
            fields.UUID(metadata={"description": "Only wells anywhere beneath this asset"}),
            lambda statement, roots: statement.where(Well.asset_id.in_(sdk.assets_below(roots))),
        ),
        "search": sdk.Filter(
            sdk.line_field(
                "Part of a name or alias of the well or a wellbore of it, or of a number of either "
                "in any spelling"
            ),
            wells_called,
        ),
    },
    sort=(
        "name",
        "status",
        "field",
        "operator",
        "country",
        "spud_date",
        "created_at",
        "updated_at",
    ),
    create=add_well,
    update=change_well,
    delete=delete_well,
    asset=Well.asset_id,
    importing=sdk.Importing(import_well, warnings_of, WellRowSchema, together=True),
    lists=(Well.identifiers, Well.aliases, Well.datums),
    instead="Set its status to abandoned",
)

sdk.Resource(
    blp,
    path="/wellbores",
    model=Wellbore,
    schema=WellboreSchema,
    name="wellbore",
    plural="wellbores",
    read=READ,
    write=EDIT,
    sort=("name",),
    create=add_wellbore,
    asset=Wellbore.asset_id,
    importing=sdk.Importing(import_wellbore, warnings_of, WellboreRowSchema),
    methods=("bulk",),
)


def find_well(key: uuid.UUID) -> Well:
    """The well, or ApiError 404."""
    well: Well = wells.find(key)
    return well


def find_wellbore(well_id: uuid.UUID, key: uuid.UUID) -> Wellbore:
    """The wellbore of this well, or ApiError 404; whoever sees the well sees it."""
    well = find_well(well_id)
    bore = sdk.db.session.get(Wellbore, key)
    if bore is None or bore.well_id != well.id:
        raise sdk.not_found("wellbore", key)
    return bore


def held_wellbore(well_id: uuid.UUID, id: uuid.UUID) -> Wellbore:  # noqa: A002 (the name in the path)
    """The wellbore as it is now, its well locked as by every change of one, or ApiError 404."""
    bore = find_wellbore(well_id, id)
    lock(bore.well)
    look_again(bore)
    return bore


@blp.route("/<uuid:well_id>/wellbores", parameters=[WELL])
class WellboresView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listWellbores", summary="List a well's wellbores")
    @blp.listing(
        WellboreSchema,
        Wellbore,
        filters=("name", "number", "status", "wellbore_type", "parent_id"),
        sort=("created_at", "name", "number", "status", "wellbore_type"),
    )
    def get(self, well_id: uuid.UUID) -> Select[tuple[Wellbore]]:
        return select(Wellbore).where(Wellbore.well_id == find_well(well_id).id)

    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(operationId="createWellbore", summary="Create a wellbore")
    @blp.arguments(WellboreSchema)
    @blp.response(201, WellboreSchema)
    def post(self, data: dict[str, Any], well_id: uuid.UUID) -> Wellbore:
        bore = create_wellbore(find_well(well_id), data)
        sdk.db.session.commit()
        return bore


@blp.route("/<uuid:well_id>/wellbores/<uuid:id>", parameters=[WELL, BORE])
class WellboreView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getWellbore", summary="Read a wellbore")
    @blp.reads(WellboreSchema)
    def get(self, well_id: uuid.UUID, id: uuid.UUID) -> Wellbore:  # noqa: A002 (the name in the path)
        return find_wellbore(well_id, id)

    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(operationId="updateWellbore", summary="Change a wellbore")
    @blp.arguments(WellboreSchema(partial=True))
    @blp.changes(WellboreSchema, held_wellbore)
    def patch(self, data: dict[str, Any], well_id: uuid.UUID, id: uuid.UUID) -> Wellbore:  # noqa: A002
        bore = find_wellbore(well_id, id)
        change_wellbore(bore, data)
        sdk.db.session.flush()
        sdk.db.session.refresh(bore)  # before others may delete it
        sdk.db.session.commit()
        return bore

    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(operationId="deleteWellbore", summary="Delete a wellbore")
    @blp.changes(WellboreSchema, held_wellbore, deletes=True)
    def delete(self, well_id: uuid.UUID, id: uuid.UUID) -> None:  # noqa: A002
        delete_wellbore(find_wellbore(well_id, id))
        sdk.db.session.commit()


@blp.route("/<uuid:well_id>/status", parameters=[WELL])
class StatusView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listWellStatusChanges", summary="List the history of a well's status")
    @blp.listing(
        StatusChangeSchema,
        StatusChange,
        filters=("to_status", "changed_by"),
        sort=("effective_at", "recorded_at"),
    )
    def get(self, well_id: uuid.UUID) -> Select[tuple[StatusChange]]:
        return select(StatusChange).where(StatusChange.well_id == find_well(well_id).id)

    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(operationId="changeWellStatus", summary="Record a change of a well's status")
    @blp.arguments(StatusChangeSchema)
    @blp.response(201, StatusChangeSchema)
    def post(self, data: dict[str, Any], well_id: uuid.UUID) -> StatusChange:
        change = change_status(
            find_well(well_id), data["to_status"], data.get("effective_at"), data.get("remark")
        )
        sdk.db.session.commit()
        return change


@blp.route("/<uuid:well_id>/live", parameters=[WELL])
class LiveView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellLive",
        summary="What a well measures now",
        description="The newest value of each tag of the well's asset and of the assets beneath "
        "it. `meta.answered_by` names the plugins that know values; when there is none, the list "
        "is empty and `meta.off` says which plugins are off, and why.",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, LiveValueSchema(many=True))
    def get(self, well_id: uuid.UUID) -> list[dict[str, Any]]:
        rows, meta = current_values(find_well(well_id).asset_id)
        sdk.set_meta(meta)
        return rows
