"""A template's file: what it may say, and whether its driver could read what it says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_historian.http.measures import check_measure
from wellhead_historian.http.schemas import one_line
from wellhead_scada.drivers import Drivers
from wellhead_scada.points import load_address
from wellhead_scada.portable.rows import FlatSchema
from wellhead_scada.schemas import FieldTagSchema, ScanGroupSchema

MOST_BYTES = 2_000_000
MOST_TAGS = 5_000
_NAME = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,59}\Z", error="Must be 1 to 60 of a-z, 0-9, _, -.")


class HeadSchema(sdk.Schema):
    """[template]"""

    name = fields.String(
        required=True, validate=_NAME, metadata={"description": "Unique; a-z, 0-9, _ and -"}
    )
    title = fields.String(
        required=True,
        validate=[validate.Length(1, 200), one_line],
        metadata={"description": "The kind of device, for people"},
    )
    driver = fields.String(required=True, metadata={"description": "Name of the driver"})
    source = fields.String(
        required=True,
        validate=[validate.Length(1, 500), one_line],
        metadata={"description": "The document that its addresses were taken from"},
    )


class TemplateTagSchema(FlatSchema, FieldTagSchema):
    """One tag; its name goes behind the prefix that a device is made with."""

    class Meta(sdk.Schema.Meta):
        fields = (
            "name",
            "datatype",
            "unit",
            "quantity",
            "scale",
            "offset",
            "description",
            "states",
            "address",
        )


class TemplateGroupSchema(ScanGroupSchema):
    """One scan group with its tags."""

    tags = fields.List(
        fields.Nested(TemplateTagSchema),
        required=True,
        validate=validate.Length(1),
        metadata={"description": "What is read together"},
    )

    class Meta(sdk.Schema.Meta):
        fields = ("name", "period_ms", "tags")


class DocumentSchema(sdk.Schema):
    """The file."""

    template = fields.Nested(HeadSchema, required=True)
    options = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "Options that all such devices have"},
    )
    groups = fields.List(
        fields.Nested(TemplateGroupSchema),
        required=True,
        validate=validate.Length(1),
        metadata={"description": "Its scan groups"},
    )


_DOCUMENT = DocumentSchema()


@dataclass(frozen=True, slots=True)
class Template:
    """A file as it was read. error: why no device can be made of it; then the rest may be empty

    plugin: that it comes with; None = the operator's own; options: those it gives, not checked;
    groups: as TemplateGroupSchema loads them
    """

    file: str
    plugin: str | None
    name: str
    title: str = ""
    driver: str = ""
    source: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[dict[str, Any], ...] = ()
    error: str | None = None


def read_template(file: str, plugin: str | None, data: bytes) -> Template:
    """The template in `data`, its `error` set when it is none."""
    stem = file.rpartition("/")[2].removesuffix(".toml")
    try:
        if len(data) > MOST_BYTES:
            raise sdk.WellheadError(f"has more than {MOST_BYTES} bytes", value=len(data))
        body = _DOCUMENT.load(tomllib.loads(data.decode()))
        _check_names(body["groups"])
    except ValidationError as error:
        return Template(file, plugin, stem, error="; ".join(_said(error.messages)))
    except (sdk.WellheadError, ValueError, RecursionError) as error:
        return Template(file, plugin, stem, error=str(error))
    return Template(
        file, plugin, **body["template"], options=body["options"], groups=tuple(body["groups"])
    )


def misfit(template: Template, drivers: Drivers) -> str | None:
    """Why its driver could not read it, whatever the other options are; None when it could."""
    at = ""
    try:
        driver = drivers.get(template.driver)
        for group in template.groups:
            for tag in group["tags"]:
                at = f"{group['name']}.{tag['name']}: "
                check_measure(tag.get("unit"), tag.get("quantity"), tag["datatype"])
                load_address(driver, tag["datatype"], tag["address"])
    except sdk.WellheadError as error:
        return f"{at}{error}"
    return None


def _check_names(groups: list[dict[str, Any]]) -> None:
    """Raises WellheadError for a group or a tag that is there twice, and for too many."""
    tags = [tag["name"] for group in groups for tag in group["tags"]]
    for names in ([group["name"] for group in groups], tags):
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise sdk.WellheadError("is there twice", field="name", value=name)
            seen.add(name)
    if len(tags) > MOST_TAGS:
        raise sdk.WellheadError(f"has more than {MOST_TAGS} tags", value=len(tags))


def _said(messages: Any, path: str = "") -> list[str]:
    """`groups.0.tags.3.unit: Not a valid string.` of each."""
    if isinstance(messages, dict):
        inner = ((f"{path}.{key}".lstrip("."), value) for key, value in messages.items())
        return [said for where, value in inner for said in _said(value, where)]
    return [f"{path}: {message}" for message in messages]
