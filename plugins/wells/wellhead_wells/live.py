"""What a well measures now: the newest value of every tag on its node of the plant tree and below.

The values come from whichever plugins answer the hook `current_values`, so wells know no historian.
"""

import datetime as dt
import math
import uuid
from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import select

from wellhead import sdk

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def assets_of(root: uuid.UUID) -> dict[str, sdk.Asset]:
    """The asset and all beneath it, by id."""
    assets = sdk.db.session.scalars(
        select(sdk.Asset).where(sdk.Asset.id.in_(sdk.assets_below([root])))
    )
    return {str(asset.id): asset for asset in assets}


def current_values(root: uuid.UUID) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(values, meta) of an asset and all beneath it, by name of asset and tag.

    meta: `total`, `answered_by`, the plugins that answered; when none did, `off` lists the
    plugins that are not enabled, with their status and why
    """
    assets = assets_of(root)
    rows: list[dict[str, Any]] = []
    answered: list[str] = []
    for plugin, values in sdk.ask("current_values", assets=list(assets)):
        answered.append(plugin)
        rows += _rows(values, assets)
    rows.sort(key=lambda row: (row["asset"].id != root, row["asset"].name, row["name"]))
    meta: dict[str, Any] = {"total": len(rows), "answered_by": answered}
    if not answered:
        meta["off"] = _plugins_off()
    return rows, meta


def _rows(
    values: Iterable[sdk.CurrentValue], assets: dict[str, sdk.Asset]
) -> Iterable[dict[str, Any]]:
    for value in values:
        if value.asset not in assets:
            continue  # a plugin answered more than it was asked
        number = value.value
        yield {
            "tag": value.tag,
            "name": value.name,
            "asset": assets[value.asset],
            "value": number if number is not None and math.isfinite(number) else None,
            "text": value.text,
            "state": value.state,
            "unit": value.unit,
            "quantity": value.quantity,
            "quality": value.quality,
            "quality_name": sdk.quality.name_of(value.quality),
            "time": None if value.time is None else _EPOCH + dt.timedelta(microseconds=value.time),
            "reason": value.reason,
        }


def _plugins_off() -> list[dict[str, str]]:
    records = sdk.runtime_of(current_app).plugins.records.values()
    return [
        {"plugin": record.name, "status": str(record.status), "reason": record.reason}
        for record in records
        if record.status is not sdk.Status.ENABLED
    ]
