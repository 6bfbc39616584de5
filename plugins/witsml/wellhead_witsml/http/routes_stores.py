"""/api/v1/witsml/stores: the stores, whether they answer, and writes to them."""

import uuid
from typing import Any

from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_witsml import requests, service, writes
from wellhead_witsml.http.blueprint import EDIT, READ, STORE, blp
from wellhead_witsml.http.schemas_stores import (
    CapabilitiesSchema,
    WitsmlStoreSchema,
    WitsmlWriteSchema,
)
from wellhead_witsml.models import Store, Write

stores = sdk.Resource(
    blp,
    path="/stores",
    model=Store,
    schema=WitsmlStoreSchema,
    name="witsml_store",
    plural="witsml_stores",
    read=READ,
    write=EDIT,
    filters=("name", "version", "enabled"),
    sort=("name", "version", "created_at", "updated_at"),
    create=service.create_store,
    update=service.change_store,
)


def find_store(key: uuid.UUID) -> Store:
    """The store, or ApiError 404."""
    store: Store = stores.find(key)
    return store


@blp.route("/stores/<uuid:store_id>/test", parameters=[STORE])
class TestView(MethodView):
    @blp.permission(EDIT)
    @blp.unlimited_only
    @blp.doc(
        operationId="testWitsmlStore",
        summary="Ask a store for its versions and capabilities, now",
        description="The process `witsml` asks WMLS_GetVersion and WMLS_GetCap and keeps the "
        "answer. 502 says what the store, or the way to it, answered instead.",
    )
    @blp.response(200, CapabilitiesSchema)
    @blp.alt_response(502)
    @blp.alt_response(504)
    def post(self, store_id: uuid.UUID) -> dict[str, Any]:
        return requests.ask(find_store(store_id), requests.CAPABILITIES, {})


@blp.route("/stores/<uuid:store_id>/writes", parameters=[STORE])
class WritesView(MethodView):
    @blp.permission(READ)
    @blp.unlimited_only
    @blp.doc(operationId="listWitsmlWrites", summary="List what was written to a store")
    @blp.listing(
        WitsmlWriteSchema,
        Write,
        filters=("function", "object_type", "state", "user_email"),
        sort=("created_at", "updated_at", "state"),
    )
    def get(self, store_id: uuid.UUID) -> Select[tuple[Write]]:
        return select(Write).where(Write.store_id == find_store(store_id).id)

    @blp.permission(EDIT)
    @blp.unlimited_only
    @blp.doc(
        operationId="writeToWitsmlStore",
        summary="Add an object to a store, update it or delete it there",
        description="Waits for the store's answer. A write whose state is `unknown` was sent and "
        "not answered: look into the store before writing again. It is never repeated by itself.",
    )
    @blp.arguments(WitsmlWriteSchema)
    @blp.response(201, WitsmlWriteSchema)
    @blp.alt_response(504)
    def post(self, data: dict[str, Any], store_id: uuid.UUID) -> Write:
        return writes.write(find_store(store_id), **data)
