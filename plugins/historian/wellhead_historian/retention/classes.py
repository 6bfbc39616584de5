"""The classes of tags: each says how long its tags are kept. They stand in the configuration, and a
tag names its own, so what a tag is kept for changes with one line for thousands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_historian.store.interface import Level

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class TagClass:
    """keep_days: of readings; keep_rollup_days: of roll-ups, not fewer. None = for ever"""

    keep_days: int | None = None
    keep_rollup_days: int | None = None


def tag_classes(config: Mapping[str, Any]) -> dict[str, TagClass]:
    """All classes by name, `default` among them. config: the checked [plugins.historian]"""
    configured = {
        name: TagClass(given["keep_days"], given["keep_rollup_days"])
        for name, given in config["classes"].items()
    }
    return {DEFAULT: TagClass(), **configured}


def kept_from(now: int, keep_days: int) -> int:
    """From when on readings are kept for so many days at `now`, both microseconds UTC."""
    return (now - keep_days * Level.DAY) // Level.HOUR * Level.HOUR


def check_class(name: str) -> None:
    """Raises WellheadError for a class that is not configured (needs an app context)."""
    known = tag_classes(sdk.plugin_config("historian"))
    if name not in known:
        raise sdk.WellheadError(
            "there is no such class of tags",
            field="tag_class",
            value=name,
            remedy=f"Name one of {', '.join(sorted(known))}; or describe it in "
            f"[plugins.historian.classes.{name}]",
        )


def classes_health() -> sdk.Health:
    """Whether every tag is of a class that is configured, in the default tenant."""
    known = tag_classes(sdk.plugin_config("historian"))
    with sdk.tenant(sdk.DEFAULT_TENANT):
        rows = sdk.db.session.execute(
            select(Tag.tag_class, func.count())
            .where(Tag.tag_class.not_in(known))
            .group_by(Tag.tag_class)
            .order_by(Tag.tag_class)
        ).all()
    if not rows:
        return sdk.Health("tag classes", True, f"{len(known)} configured")
    found = ", ".join(f"{name} ({tags} tags)" for name, tags in rows)
    return sdk.Health(
        "tag classes",
        False,
        f"not configured any more, so nothing of their tags is removed: {found}. Describe them in "
        "[plugins.historian.classes], or give the tags another tag_class",
    )
