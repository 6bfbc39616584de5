"""A device with its scan groups and tags, made of a template in the request's transaction."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada import service
from wellhead_scada.models import Device
from wellhead_scada.points import AnyDriver, load_options, load_point
from wellhead_scada.templates.document import Template

MOST_CHARACTERS = 200
"""Of a tag's name."""

_DESCRIBED = ("unit", "quantity", "description", "states")


def make_device(template: Template, asked: dict[str, Any]) -> dict[str, Any]:
    """Everything at once, flushed and not committed.

    asked: as FromTemplateSchema loads it
    Raises WellheadError for options that the driver does not take, and ApiError 422 with a detail
    for each period and each tag that cannot be.
    """
    prefix, periods = asked.pop("prefix", f"{asked['name']}."), asked.pop("periods")
    asset = asked.pop("asset_id", None)
    sdk.require_asset(asset)
    asked["options"] = {**template.options, **asked["options"]}
    driver = service.drivers().get(template.driver)
    options = load_options(driver, asked["options"])
    problems = [*_periods(template, periods), *_taken(asked["name"]), *_names(template, prefix)]
    problems += _points(template, driver, options, prefix)
    if problems:
        raise _refused(template, problems)
    device = service.create_device({**asked, "driver": template.driver})
    groups, tags = [], []
    for group in template.groups:
        period = periods.get(group["name"], group["period_ms"])
        record = service.create_group(
            {"device_id": device.id, "name": group["name"], "period_ms": period}
        )
        sdk.db.session.flush()
        groups.append(record)
        for tag in group["tags"]:
            own = {key: value for key, value in tag.items() if key not in _DESCRIBED}
            described = {key: tag[key] for key in _DESCRIBED} | {"asset_id": asset}
            tags.append(
                service.create_field_tag(
                    {
                        **own,
                        "name": prefix + tag["name"],
                        "device_id": device.id,
                        "scan_group_id": record.id,
                        "tag": described,
                    }
                )
            )
    return {
        "device": device,
        "scan_groups": groups,
        "tags": [{"id": tag.tag_id, "name": tag.name} for tag in tags],
    }


def _periods(template: Template, periods: dict[str, int]) -> Iterator[sdk.WellheadError]:
    known = [group["name"] for group in template.groups]
    for name in periods:
        if name not in known:
            yield sdk.WellheadError(
                "the template has no such scan group",
                field=f"periods.{name}",
                value=periods[name],
                remedy=sdk.did_you_mean(name, known),
            )


def _taken(name: str) -> Iterator[sdk.WellheadError]:
    if sdk.db.session.scalar(select(Device.id).where(Device.name == name)) is not None:
        yield sdk.WellheadError(
            "there is a device of this name",
            field="name",
            value=name,
            remedy="Choose another name",
        )


def _names(template: Template, prefix: str) -> Iterator[sdk.WellheadError]:
    names = [prefix + tag["name"] for group in template.groups for tag in group["tags"]]
    wanted = any_(literal(names, ARRAY(Text)))
    for name in sdk.db.session.scalars(select(Tag.name).where(Tag.name == wanted)):
        yield sdk.WellheadError(
            "there is a tag of this name",
            field="prefix",
            value=name,
            remedy="Choose another prefix",
        )
    for name in names:
        if len(name) > MOST_CHARACTERS:
            yield sdk.WellheadError(
                f"a tag's name would have more than {MOST_CHARACTERS} characters",
                field="prefix",
                value=name,
                remedy="Choose a shorter prefix",
            )


def _points(
    template: Template, driver: type[AnyDriver], options: dict[str, Any], prefix: str
) -> Iterator[sdk.WellheadError]:
    """What the driver refuses with these options."""
    for group in template.groups:
        for tag in group["tags"]:
            try:
                load_point(
                    driver, options, 0, prefix + tag["name"], tag["datatype"], tag["address"]
                )
            except sdk.WellheadError as error:
                yield sdk.WellheadError(
                    error.message,
                    field=f"{group['name']}.{tag['name']}.{error.field}",
                    value=error.value,
                    remedy=error.remedy,
                )


def _refused(template: Template, problems: list[sdk.WellheadError]) -> sdk.ApiError:
    details = [
        {
            "field": problem.field,
            "value": problem.value,
            "message": problem.message,
            "remedy": problem.remedy,
        }
        for problem in problems
    ]
    return sdk.ApiError(
        422,
        "validation_failed",
        f"No device was made of the template {template.name}, for {len(problems)} reasons. "
        f"First: {problems[0]}",
        details,
    )
