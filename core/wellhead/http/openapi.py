"""The OpenAPI document: our error schema, bearer security, and only what is true."""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property, partial
from typing import Any

import flask_smorest
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin, resolver
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, request
from werkzeug.wrappers import Response

import wellhead
from wellhead.http.blueprint import Blueprint
from wellhead.http.encoding import encode
from wellhead.http.errors import ErrorEnvelope, register_error_handlers
from wellhead.runtime import runtime_of

log = structlog.get_logger(__name__)


class Api(flask_smorest.Api):
    """flask-smorest's Api with Wellhead's error body, and a document that is written once: when it
    is asked for, since most processes never are and describing all routes is half of a start."""

    ERROR_SCHEMA = ErrorEnvelope

    def register_blueprint(self, blp: Any) -> None:
        """As flask-smorest's, of which the document's part waits."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._registered[blp.name] = blp

    @cached_property
    def _registered(self) -> dict[str, Any]:
        return {}

    def _register_error_handlers(self) -> None:
        register_error_handlers(self._app)

    @cached_property
    def _document(self) -> bytes:
        """As it is at the first request, when every blueprint is registered."""
        return encode(self.part(self._registered))

    def part(self, blueprints: Collection[str]) -> dict[str, Any]:
        """The document of these alone, which costs as much less as they are fewer; an app writes
        one document, the whole or a part."""
        for name in blueprints:
            blp = self._registered[name]
            try:
                blp.register_views_in_doc(
                    self, self._app, self.spec, name=blp.name, parameters=None
                )
            except Exception:  # isolates: the others' routes are described nonetheless
                log.exception("routes cannot be described", blueprint=blp.name)
            self.spec.tag({"name": blp.name, "description": blp.description})
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def operation_ids(self) -> Counter[str]:
        """How often each is given, in the whole document."""
        return Counter(
            operation["manual_doc"]["operationId"]
            for blp in self._registered.values()
            for path in blp._docs.values()
            for operation in path.values()
            if isinstance(operation, dict) and "operationId" in operation.get("manual_doc", {})
        )

    @Blueprint.public
    def _openapi_json(self) -> Response:
        response = Response(self._document, mimetype="application/json")
        response.cache_control.no_cache = True  # kept, and asked for again with its ETag
        response.add_etag()
        return response.make_conditional(request)


def make_api(app: Flask) -> Api:
    app.config.update(
        API_TITLE="Wellhead",
        API_VERSION=wellhead.__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    named = MarshmallowPlugin(schema_name_resolver=partial(_schema_name, _packages(app)))
    options: dict[str, Any] = {
        "marshmallow_plugin": named,
        "info": {"description": "Operations of an oil and gas field: ERP and SCADA."},
        "security": [{"bearer": []}],
    }
    api = Api(app, spec_kwargs=options)
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    return api


def _packages(app: Flask) -> dict[str, str]:
    """Package → the name of its plugin in CamelCase, of others' plugins."""
    return {
        record.module.__package__ or record.module.__name__: record.name.title().replace("_", "")
        for record in runtime_of(app).plugins.records.values()
        if record.module is not None and record.distribution != "wellhead"
    }


def _schema_name(packages: Mapping[str, str], schema: Any) -> str:
    """As apispec's own, with the plugin's name before a schema of another's plugin, two of which
    may have a Gauge; and a name of its own for a PATCH body, where every field is optional."""
    name: str = resolver(schema)
    module = resolve_schema_cls(schema).__module__
    owners = [package for package in packages if f"{module}.".startswith(f"{package}.")]
    prefix = packages[max(owners, key=len)] if owners else ""
    if not name.startswith(prefix):
        name = prefix + name
    return f"{name}Patch" if getattr(schema, "partial", None) else name


def api_of(app: Flask) -> Api:
    """The Api of an app."""
    found: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return found
