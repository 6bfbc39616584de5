"""Whether a tag's exception settings suit what its value is between two readings.

The one is the historian's and the other ours, so that two requests could each find the other as it
was. Whoever changes either holds the historian's tag from before this is asked to the end of the
transaction: the historian itself, `service.py` and an import.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag, holds
from wellhead_scada.models import FieldTag


def check_drawn(tag: Tag, given: Mapping[str, float] | None) -> None:
    """Raises WellheadError for a swinging door, which keeps the corners of straight lines, of a tag
    whose value holds until the next reading: read so, they would miss by more than it says."""
    width = (given or {}).get("swinging_door")
    if width is not None and holds(tag):
        raise sdk.WellheadError(
            f"draws straight lines, and the value of {tag.name} holds until its next reading",
            field="exception.swinging_door",
            value=width,
            remedy=f'Use {{"deadband": {width:g}}}, or give the tag step=false',
        )


def held_though_drawn(tag: Tag, changed: Mapping[str, Any]) -> list[sdk.WellheadError]:
    """As `check_drawn`, of a tag that is described anew; its exception stays as it is till then."""
    if not {"step", "states"} & changed.keys() or not holds(tag):
        return []
    exception = sdk.db.session.scalar(select(FieldTag.exception).where(FieldTag.tag_id == tag.id))
    width = (exception or {}).get("swinging_door")
    if width is None:
        return []
    field = "states" if "states" in changed and not changed.get("step") else "step"
    return [
        sdk.WellheadError(
            f"makes the value of {tag.name} hold until its next reading, and its "
            f"exception.swinging_door of {width:g} keeps corners of straight lines",
            field=field,
            value=changed[field],
            remedy=f'First send {{"exception": {{"deadband": {width:g}}}}} by PATCH to '
            f"/api/v1/scada/tags/{tag.id}, or give the tag step=false",
        )
    ]
