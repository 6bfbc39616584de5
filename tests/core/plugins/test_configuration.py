"""A plugin's own section of the configuration: its schema decides, and its mistakes are its own."""

from wellhead.plugins.info import PluginRecord, Status
from wellhead.settings import Settings
from wellhead.settings.environment import EnvironmentText
from wellhead.testing.plugins import PluginWorkshop

SCHEMA = """
from marshmallow import Schema, fields, validate

class Config(Schema):
    gateway = fields.String(load_default="main")
    password = fields.String()
    limit = fields.Integer(load_default=10, validate=validate.Range(1, 100))
"""


def configured(workshop: PluginWorkshop, **section: object) -> PluginRecord:
    workshop.plugin("pumps", head=SCHEMA, info="config_schema=Config")
    workshop.plugin("good")
    manager = workshop.load(Settings(plugins={"pumps": section}))
    assert manager.records["good"].status is Status.ENABLED
    return manager.records["pumps"]


def test_a_section_is_loaded_with_its_defaults(workshop: PluginWorkshop) -> None:
    record = configured(workshop, enabled=True, limit=20)

    assert record.status is Status.ENABLED
    assert record.config == {"gateway": "main", "limit": 20}


def test_without_a_section_the_defaults_hold(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", head=SCHEMA, info="config_schema=Config")

    assert workshop.load().records["pumps"].config == {"gateway": "main", "limit": 10}


def test_an_unknown_key_gets_a_suggestion(workshop: PluginWorkshop) -> None:
    record = configured(workshop, gatway="rig7")

    assert record.status is Status.CONFIG_ERROR
    assert record.reason == (
        '[plugins.pumps] gatway: unknown configuration key. Did you mean "gateway"?'
    )


def test_a_bad_value_is_named_with_the_remedy(workshop: PluginWorkshop) -> None:
    record = configured(workshop, limit=500)

    assert record.status is Status.CONFIG_ERROR
    assert record.reason == (
        "[plugins.pumps] limit: Must be greater than or equal to 1 and less than or equal to 100 "
        "(found 500). Correct the value in wellhead.toml"
    )


def test_a_bad_secret_is_not_shown(workshop: PluginWorkshop) -> None:
    record = configured(workshop, password=["hunter2"])

    assert record.status is Status.CONFIG_ERROR
    assert "[plugins.pumps] password: Not a valid string" in record.reason
    assert "hunter2" not in record.reason


def test_text_of_the_environment_becomes_what_the_schema_asks(workshop: PluginWorkshop) -> None:
    record = configured(
        workshop,
        password=EnvironmentText("0123", "WELLHEAD__PLUGINS__PUMPS__PASSWORD"),
        limit=EnvironmentText("12", "WELLHEAD__PLUGINS__PUMPS__LIMIT"),
    )

    assert record.config == {"gateway": "main", "password": "0123", "limit": 12}


def test_a_key_for_a_plugin_without_schema_is_an_error(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps")

    record = workshop.load(Settings(plugins={"pumps": {"enabled": True, "limit": 3}})).records[
        "pumps"
    ]

    assert record.status is Status.CONFIG_ERROR
    assert record.reason == (
        "[plugins.pumps] limit: unknown configuration key. "
        "This plugin has nothing to configure but `enabled`"
    )


def test_a_schema_that_fails_is_its_plugins_error(workshop: PluginWorkshop) -> None:
    broken = SCHEMA.replace("validate.Range(1, 100)", "lambda value: value / 0")
    workshop.plugin("pumps", head=broken, info="config_schema=Config")
    workshop.plugin("good")

    manager = workshop.load(Settings(plugins={"pumps": {"limit": 3}}))

    assert manager.records["pumps"].status is Status.CONFIG_ERROR
    assert "its schema failed: ZeroDivisionError" in manager.records["pumps"].reason
    assert manager.records["good"].status is Status.ENABLED


def test_dependents_of_a_badly_configured_plugin_are_off(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", head=SCHEMA, info="config_schema=Config")
    workshop.plugin("top", info="requires=('pumps',)")

    manager = workshop.load(Settings(plugins={"pumps": {"limit": "many"}}))

    assert manager.records["top"].status is Status.DEPENDENCY_ERROR
    assert "config_error" in manager.records["top"].reason
