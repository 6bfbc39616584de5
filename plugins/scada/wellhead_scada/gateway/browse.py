"""What a device has, asked of it by the gateway that scans it."""

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wellhead import sdk
from wellhead_scada.engine.engine import Engine

MOST_FOUND = 10_000
"""Points of one answer."""


async def browse_device(
    engine: Engine, device_id: str, asked: Mapping[str, Any], left: float
) -> dict[str, Any]:
    """As the API answers it. What takes longer than asked["seconds"], or brings more than
    MOST_FOUND, is not complete.

    asked: `arguments` and `seconds`; left: seconds after which nobody waits any more
    """
    start = time.monotonic()
    complete = True
    found: list[sdk.Found] = []

    def enough(so_far: list[sdk.Found]) -> bool:
        nonlocal complete, found
        found = so_far
        complete = len(found) < MOST_FOUND and time.monotonic() - start < asked["seconds"]
        return not complete

    reason = None
    try:
        async with asyncio.timeout(left):
            found = await engine.errand(
                device_id, lambda hand: hand.browse(asked["arguments"], enough)
            )
    except sdk.WellheadError as error:  # the device's fault, or what the driver does not take
        complete, reason = False, str(error)
    except TimeoutError:
        complete, reason = False, f"one step of it took over {left:.0f} s: ask for less at once"
    return {
        "ok": reason is None,
        "reason": reason,
        "complete": complete,
        "took_ms": round((time.monotonic() - start) * 1000, 1),
        "found": [_shown(each) for each in found[:MOST_FOUND]],
    }


def _shown(found: sdk.Found) -> dict[str, Any]:
    shown: dict[str, Any] = _storable(asdict(found))
    return shown


def _storable(value: Any) -> Any:
    """Without what the database's JSON cannot hold: devices call things as they like."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(inner) for inner in value]
    return value
