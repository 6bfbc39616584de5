"""Taking away a tag that was made by mistake. One that has readings stays, whoever asks: what was
measured is not undone by a request; and so does one that a record of any plugin refers to."""

from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag, TagSource


def delete_tag(tag: Tag) -> None:
    """Raises ApiError 409 that names everything that holds the tag."""
    session = sdk.db.session
    session.execute(select(Tag.id).where(Tag.id == tag.id).with_for_update())  # none comes now
    details = [_detail(tag, holder) for holder in sdk.holders_of(Tag.__tablename__, tag.id)]
    if details:
        raise sdk.ApiError(
            409,
            "tag_in_use",
            f"The tag {tag.name} stays: " + "; ".join(detail["message"] for detail in details),
            details,
        )
    session.delete(tag)


def _detail(tag: Tag, holder: sdk.Holder) -> dict[str, Any]:
    message, remedy = holder.message, holder.remedy
    if holder.table == TagSource.__tablename__:
        message = "it has or had readings"
        remedy = (
            "Stop what brings them and keep the tag as what it was; a tag_class with keep_days "
            "removes readings in time"
        )
    return {"field": "id", "value": tag.id, "message": message, "remedy": remedy}
