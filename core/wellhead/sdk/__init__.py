"""The one stable surface for plugins and drivers: everything they import of Wellhead is here."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from wellhead import units
from wellhead.arrays import Array, Numbers, within
from wellhead.assets.limits import (
    assets_below,
    only_visible,
    require_asset,
    require_record,
    shown_parent,
    visible_assets,
)
from wellhead.assets.models import Asset
from wellhead.assets.tree import move_asset
from wellhead.assets.written import asset_names
from wellhead.audit.actor import Actor, current_actor
from wellhead.audit.entry import audit_entry
from wellhead.auth.identity import Identity, current_user
from wellhead.calendar import day_begins, day_span, parse_day_start, zone_of
from wellhead.database.changing import set_fields
from wellhead.database.events import RECONNECTED, Event, emit, event_entry, listen
from wellhead.database.extension import RecordMixin, column_of, db, model_base, tenant
from wellhead.database.raw import connect, connect_async
from wellhead.database.scope import DEFAULT_TENANT, check_tenant_name, current_tenant
from wellhead.errors import ConfigError, DatabaseError, WellheadError
from wellhead.field import quality
from wellhead.field.allowed import PRIVATE_NETWORKS, AllowList
from wellhead.field.batch import Batch, BatchError
from wellhead.field.capabilities import (
    Browses,
    Found,
    Mailbox,
    NotKept,
    Pushed,
    Pushes,
    PushGroup,
    WriteRefused,
    Writes,
    WriteUnconfirmed,
)
from wellhead.field.driver import (
    AddressRefused,
    DeviceError,
    DeviceProtocolError,
    DeviceSpec,
    DeviceTimeout,
    DeviceUnreachable,
    Dialer,
    Driver,
    Point,
    RawValues,
)
from wellhead.field.server import DeviceServer
from wellhead.gzip_members import GzipError, GzipTooLarge, gunzip
from wellhead.http.blueprint import BaseSchema as Schema
from wellhead.http.blueprint import Blueprint, set_meta
from wellhead.http.bulk import Importing
from wellhead.http.charts import chart_documentation, chart_response, drawn, new_figure
from wellhead.http.columns import columns_response, format_field, streamed_response
from wellhead.http.csv_cells import is_number
from wellhead.http.csv_cells import text_of as csv_text
from wellhead.http.csv_export import wants_csv
from wellhead.http.csv_import import require_csv
from wellhead.http.csv_import import table_of as csv_table
from wellhead.http.fields import (
    AsKept,
    Instant,
    ParentAsset,
    Whole,
    about,
    choice_field,
    line_field,
    number_field,
    prose_field,
)
from wellhead.http.holders import Holder, Kind, holders_of, set_kind
from wellhead.http.listing import Filter
from wellhead.http.quantities import PartsColumn, Quantity, QuantityColumn, quantity_field
from wellhead.http.refusals import ApiError, conflict, not_found
from wellhead.http.resource import Resource
from wellhead.http.result_lines import ResultLineSchema, result_line
from wellhead.http.units import Measured, asked_system, units_field, units_parameter
from wellhead.live.bus import publish_readings
from wellhead.metrics import counter, gauge, histogram
from wellhead.plugins.contributions import (
    AssetKind,
    CheckRule,
    CheckSubject,
    CurrentValue,
    Finding,
    Health,
    Job,
    Lazy,
    LiveEvents,
    LiveTopic,
    Permission,
    ProcessSpec,
    Unproven,
)
from wellhead.plugins.hookspecs import hookimpl, hookspec
from wellhead.plugins.info import API_VERSION, PluginInfo, Status
from wellhead.plugins.portable import PortableRecords
from wellhead.portable.over_http import import_tables
from wellhead.portable.transfer import export_records
from wellhead.runtime import Runtime, runtime_of
from wellhead.sdk.deprecated import deprecated_name
from wellhead.settings import Settings
from wellhead.settings.checking import did_you_mean
from wellhead.settings.describing import describe_field
from wellhead.settings.masking import masked
from wellhead.tenancy.names import tenant_names


def plugin_config(name: str) -> dict[str, Any]:
    """The checked section `[plugins.<name>]` (needs an app context)."""
    return runtime_of(current_app).plugins.records[name].config


def make_app(runtime: Runtime) -> Flask:
    """The app, for a plugin's process whose work needs a tenant's session (`sdk.db`). It has no
    routes, and takes a second to make."""
    from wellhead.base import working_app

    return working_app(runtime)


def ask(hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
    """(plugin, answer) of each plugin that implements `hook` (needs an app context)."""
    return runtime_of(current_app).plugins.ask(hook, **arguments)


def run_job_soon(job: str) -> None:
    """Have a scheduler run a job of a plugin, by its name, now and not only at its next time: in
    the tenant that is set, or once if it belongs to none. After a run that goes on, and nothing
    where one waits. Call it after the commit of what the job is to see: it has a transaction of its
    own (needs an app context). Raises WellheadError for a job that is not there."""
    from wellhead.jobs import ledger
    from wellhead.jobs.catalog import JOBS

    known = current_app.extensions[JOBS].find(job)
    if known is None:
        raise WellheadError("there is no such job, or its plugin is off", field="job", value=job)
    tenant = current_tenant() if known.job.scope == "tenant" else None
    with suppress(ledger.AlreadyRuns):
        ledger.ask_again(ledger.Place(job, tenant), current_actor().email or job)


if not TYPE_CHECKING:  # to a type checker every name would exist

    def __getattr__(name: str) -> Any:
        return deprecated_name(name)


__all__ = [
    "API_VERSION",
    "DEFAULT_TENANT",
    "PRIVATE_NETWORKS",
    "RECONNECTED",
    "Actor",
    "AddressRefused",
    "AllowList",
    "ApiError",
    "Array",
    "AsKept",
    "Asset",
    "AssetKind",
    "Batch",
    "BatchError",
    "Blueprint",
    "Browses",
    "CheckRule",
    "CheckSubject",
    "ConfigError",
    "CurrentValue",
    "DatabaseError",
    "DeviceError",
    "DeviceProtocolError",
    "DeviceServer",
    "DeviceSpec",
    "DeviceTimeout",
    "DeviceUnreachable",
    "Dialer",
    "Driver",
    "Event",
    "Filter",
    "Finding",
    "Found",
    "GzipError",
    "GzipTooLarge",
    "Health",
    "Holder",
    "Identity",
    "Importing",
    "Instant",
    "Job",
    "Kind",
    "Lazy",
    "LiveEvents",
    "LiveTopic",
    "Mailbox",
    "Measured",
    "NotKept",
    "Numbers",
    "ParentAsset",
    "PartsColumn",
    "Permission",
    "PluginInfo",
    "Point",
    "PortableRecords",
    "ProcessSpec",
    "PushGroup",
    "Pushed",
    "Pushes",
    "Quantity",
    "QuantityColumn",
    "RawValues",
    "RecordMixin",
    "Resource",
    "ResultLineSchema",
    "Runtime",
    "Schema",
    "Settings",
    "Status",
    "Unproven",
    "WellheadError",
    "Whole",
    "WriteRefused",
    "WriteUnconfirmed",
    "Writes",
    "about",
    "ask",
    "asked_system",
    "asset_names",
    "assets_below",
    "audit_entry",
    "chart_documentation",
    "chart_response",
    "check_tenant_name",
    "choice_field",
    "column_of",
    "columns_response",
    "conflict",
    "connect",
    "connect_async",
    "counter",
    "csv_table",
    "csv_text",
    "current_actor",
    "current_tenant",
    "current_user",
    "day_begins",
    "day_span",
    "db",
    "describe_field",
    "did_you_mean",
    "drawn",
    "emit",
    "event_entry",
    "export_records",
    "format_field",
    "gauge",
    "gunzip",
    "histogram",
    "holders_of",
    "hookimpl",
    "hookspec",
    "import_tables",
    "is_number",
    "line_field",
    "listen",
    "make_app",
    "masked",
    "model_base",
    "move_asset",
    "new_figure",
    "not_found",
    "number_field",
    "only_visible",
    "parse_day_start",
    "plugin_config",
    "prose_field",
    "publish_readings",
    "quality",
    "quantity_field",
    "require_asset",
    "require_csv",
    "require_record",
    "result_line",
    "run_job_soon",
    "runtime_of",
    "set_fields",
    "set_kind",
    "set_meta",
    "shown_parent",
    "streamed_response",
    "tenant",
    "tenant_names",
    "units",
    "units_field",
    "units_parameter",
    "visible_assets",
    "wants_csv",
    "within",
    "zone_of",
]
