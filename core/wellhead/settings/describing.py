"""What a field of a marshmallow schema takes, as plain values for documentation and the API."""

from typing import Any

from marshmallow import fields, missing, validate


def describe_field(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    """name, type, required, default, choices, minimum, maximum and description; None where a field
    has none."""
    choices: list[Any] | None = None
    low = high = None
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            choices = list(rule.choices)
        elif isinstance(rule, validate.Range):
            low, high = rule.min, rule.max
    default = field.load_default
    if callable(default):
        default = default()
    return {
        "name": field.data_key or name,
        "type": type(field).__name__.lower(),
        "required": field.required,
        "default": None if default is missing else default,
        "choices": choices,
        "minimum": low,
        "maximum": high,
        "description": field.metadata.get("description"),
    }
