"""Sections inside sections, secrets and suggestions."""

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validates_schema

from wellhead.errors import ConfigError
from wellhead.settings.checking import check_section, did_you_mean
from wellhead.settings.environment import EnvironmentText
from wellhead.settings.masking import masked


class Limits(Schema):
    high = fields.Float(required=True)
    low = fields.Float(load_default=0.0)


class Section(Schema):
    limits = fields.Nested(Limits)
    token = fields.String()
    first = fields.Integer()
    second = fields.Integer()

    @validates_schema
    def _not_both(self, values: dict[str, Any], **_: Any) -> None:
        if "first" in values and "second" in values:
            raise ValidationError("write first or second, not both")


def problem(values: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        check_section("plugins.x", values, Section)
    return str(caught.value)


def test_a_section_inside_a_section() -> None:
    text = EnvironmentText("5", "WELLHEAD__PLUGINS__X__LIMITS__HIGH")

    assert check_section("plugins.x", {"limits": {"high": text}}, Section) == {
        "limits": {"high": 5.0, "low": 0.0}
    }


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"limits": {"hihg": 5}},
            '[plugins.x] limits.hihg: unknown configuration key. Did you mean "high"?',
        ),
        (
            {"limits": {"high": "much"}},
            "[plugins.x] limits.high: Not a valid number (found 'much'). "
            "Correct the value in wellhead.toml",
        ),
        (
            {"limits": {}},
            "[plugins.x] limits.high: Missing data for required field. "
            "Correct the value in wellhead.toml",
        ),
        (
            {"first": 1, "second": 2},
            "[plugins.x]: write first or second, not both. Correct the value in wellhead.toml",
        ),
        (
            {"token": 5},
            "[plugins.x] token: Not a valid string (found '***'). "
            "Correct the value in wellhead.toml",
        ),
    ],
)
def test_a_mistake_is_named_by_its_whole_path(values: dict[str, Any], message: str) -> None:
    assert problem(values) == message


def test_the_nearest_word_is_suggested_or_all_are_listed() -> None:
    assert did_you_mean("gatway", ["gateway", "port"]) == 'Did you mean "gateway"?'
    assert did_you_mean("zzz", ["port", "gateway"]) == "Known here: gateway, port"
    assert did_you_mean("zzz", []) == "Nothing is known here"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("password", "hunter2", "***"),
        ("PASSWORD", 5, "***"),
        ("api_key", ["a", "b"], "***"),
        ("password_file", "/run/secrets/x", "/run/secrets/x"),
        ("token", None, None),
        ("url", "mqtt://user:hunter2@broker:1883", "mqtt://user:***@broker:1883"),
        ("url", "postgresql://app@db/wellhead", "postgresql://app@db/wellhead"),
        ("url", "http://[bad", "http://[bad"),
        ("broker", {"password": "hunter2", "port": 1}, {"password": "***", "port": 1}),
        ("brokers", ["mqtt://u:p@h"], ["mqtt://u:***@h"]),
        ("enabled", True, True),
    ],
)
def test_secrets_are_masked(key: str, value: object, shown: object) -> None:
    assert masked(key, value) == shown
