"""The hooks that the historian offers to other plugins."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from flask import current_app

from wellhead import sdk
from wellhead_historian.models import Tag

Outbox = Callable[[psycopg.Connection[Any], Sequence[sdk.Batch]], None]
"""Called inside the transaction that stores these batches, last of all in it, in order. What it
raises rolls the whole back, and the forwarder comes again: it must raise for nothing but the
database."""


@sdk.hookspec
def outboxes(  # type: ignore[empty-body]
    tenant: str, configs: Mapping[str, Mapping[str, Any]]
) -> Sequence[Outbox]:
    """Where readings of `tenant` are put in the very transaction that stores them, so that they are
    passed on exactly once. Called when a forwarder is made, and again when its process reloads.

    configs: the checked configuration of each enabled plugin, by name
    """


@sdk.hookspec
def doubtful(tags: npt.NDArray[np.int32]) -> Sequence[int]:  # type: ignore[empty-body]
    """Those of `tags` whose newest reading may not be of now, though nobody could say so in a
    reading. Called whenever newest readings are asked for, inside the caller's tenant; good ones
    of these tags are shown as uncertain."""


@sdk.hookspec
def calculated(tags: npt.NDArray[np.int32]) -> Sequence[int]:  # type: ignore[empty-body]
    """Those of `tags` whose readings follow from those of other tags, so that nobody imports any.
    Called inside the caller's tenant for the tags that an import names."""


@sdk.hookspec
def converted(tags: npt.NDArray[np.int32]) -> Mapping[int, bool]:  # type: ignore[empty-body]
    """Of those of `tags` that the plugin brings readings of: whether they may be other numbers than
    the tag's datatype has, since a scale or an offset makes them. Called inside the caller's tenant
    for the tags that an import names; the others take what their datatype has only."""


@sdk.hookspec
def unfit(tag: Tag, changed: Mapping[str, Any]) -> Sequence[sdk.WellheadError]:  # type: ignore[empty-body]
    """Why `tag` cannot be as somebody describes it now, of what else the plugin knows of it; the
    first answer refuses it. Called inside the request, with the fields `changed` set and the tag
    held (`api.hold_tag`): who holds it too before changing what they know of it finds no other.
    """


def pass_on(connection: psycopg.Connection[Any], batches: Sequence[sdk.Batch]) -> None:
    """Into all outboxes of the tenant that is set, last of all in the transaction that stores
    `batches`: for those who store readings by another way than a forwarder (needs an app
    context)."""
    runtime = sdk.runtime_of(current_app)
    for outbox in outboxes_of(runtime, sdk.current_tenant()):
        outbox(connection, batches)


def outboxes_of(runtime: sdk.Runtime, tenant: str) -> list[Outbox]:
    """Those of all plugins. One whose hook fails is switched off, with its reason."""
    configs = {record.name: record.config for record in runtime.plugins.enabled()}
    answers = runtime.plugins.collect("outboxes", tenant=tenant, configs=configs)
    return [outbox for _, answer in answers for outbox in answer]
