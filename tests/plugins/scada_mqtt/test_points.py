"""A tag or device that cannot be is refused when it is saved, with the field and what to do."""

from typing import Any

import pytest
from marshmallow import ValidationError

from wellhead import sdk
from wellhead_scada_mqtt.broker import NotConfigured, connect_options
from wellhead_scada_mqtt.command import command_of
from wellhead_scada_mqtt.driver import MqttDriver
from wellhead_scada_mqtt.schemas import MqttAddressSchema, MqttDeviceSchema

from .helpers import point


def options(**given: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = MqttDeviceSchema().load({"host": "h", **given})
    return loaded


@pytest.mark.parametrize(
    ("wrong", "device", "field"),
    [
        (point("t", "/a", "text"), {}, "datatype"),
        (point("t", "a"), {}, "address.pointer"),
        (point("t", time="a"), {}, "address.time"),
        (point("t", quality="/~"), {}, "address.quality"),
        (point("t", list="~2"), {}, "address.list"),
        (point("t", "/a", payload="raw"), {}, "address.pointer"),
        (point("t", time="/t", payload="raw"), {}, "address.time"),
        (point("t", command_topic="a/+"), {}, "address.command_topic"),
        (point("t", command="1"), {}, "address.command"),
        (point("t", command='{"a": {value}'), {}, "address.command"),
        (point("wells/W01/t"), {"subscribe": ["wells/+/p"]}, "address.topic"),
        (point("wells/+/t"), {"subscribe": ["wells/W01/t"]}, "address.topic"),
    ],
)
def test_impossible_points_are_refused(wrong: sdk.Point, device: Any, field: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        MqttDriver.check_point(wrong, options(**device))
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("right", "device"),
    [
        (point("wells/W01/t", "/a"), {"subscribe": ["wells/+/t"]}),
        (point("wells/+/t", "/a"), {"subscribe": ["wells/#"]}),
        (point("t", payload="raw", command="on {value}", command_topic="c"), {}),
        (point("$SYS/broker/uptime", payload="raw", datatype="string"), {}),
    ],
)
def test_possible_points_pass(right: sdk.Point, device: Any) -> None:
    MqttDriver.check_point(right, options(**device))


@pytest.mark.parametrize(
    "topic", ["", "a/#/b", "a#", "a/b+", "+a", "$share/g/t", "a\0b", "x" * 1001]
)
def test_texts_that_are_no_topic_filters(topic: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MqttAddressSchema().load({"topic": topic})
    assert list(refused.value.messages_dict) == ["topic"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"port": 0}, "port"),
        ({"version": "4"}, "version"),
        ({"keepalive_s": 0}, "keepalive_s"),
        ({"window": 65536}, "window"),
        ({"share_group": "a/b"}, "share_group"),
        ({"subscribe": ["a/#/b"]}, "subscribe"),
        ({"stale_after_s": -1}, "stale_after_s"),
        ({"username": "u", "password_env": "DATABASE_URL"}, "password_env"),
        ({"username": "u", "password_file": "/etc/shadow"}, "password_file"),
        ({"username": "u", "password_file": "relative.password"}, "password_file"),
        ({"password_env": "MQTT_PASSWORD"}, "username"),
        (
            {"username": "u", "password_env": "MQTT_PASSWORD", "password_file": "/a.password"},
            "password_file",
        ),
        ({"tls": True, "cert_file": "/c.pem"}, "key_file"),
        ({"ca_file": "/ca.pem"}, "ca_file"),
        ({"password": "secret"}, "password"),
    ],
)
def test_wrong_device_options_are_refused(given: dict[str, Any], field: str) -> None:
    assert list(MqttDeviceSchema().validate({"host": "h", **given})) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": "u", "password_env": "MQTT_PASSWORD_NONE"}, "options.password_env"),
        ({"username": "u", "password_file": "/nowhere/a.password"}, "options.password_file"),
        ({"tls": True, "ca_file": "/nowhere/ca.pem"}, "options.ca_file"),
        ({"tls": True, "cert_file": "/no.pem", "key_file": "/no.key"}, "options.cert_file"),
    ],
)
def test_files_that_the_gateway_lacks_are_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(NotConfigured) as refused:
        connect_options(options(**given), "c")
    assert refused.value.field == field
    assert refused.value.remedy


def test_the_password_comes_from_the_gateways_file_or_environment(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MQTT_PASSWORD_PAD7", "from env")
    by_env = connect_options(options(username="u", password_env="MQTT_PASSWORD_PAD7"), "c")
    file = tmp_path / "pad7.password"
    file.write_text("from file\n", encoding="utf-8")
    by_file = connect_options(options(username="u", password_file=str(file)), "c")
    assert (by_env.password, by_file.password) == ("from env", "from file")
    assert "from" not in repr(by_env)


@pytest.mark.parametrize(
    ("datatype", "payload", "value", "sent"),
    [
        ("float64", "json", 12.5, b"12.5"),
        ("int16", "json", 12.0, b"12"),
        ("bool", "json", 1.0, b"true"),
        ("bool", "raw", 0.0, b"0"),
        ("string", "json", 'say "on"', b'"say \\"on\\""'),
        ("string", "raw", "on", b"on"),
    ],
)
def test_commands_say_the_value_as_its_datatype(
    datatype: str, payload: str, value: float | str, sent: bytes
) -> None:
    assert command_of(point("t", "", datatype, payload=payload), value) == sent


def test_a_tag_without_a_topic_for_commands_is_read_only() -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        MqttDriver.check_write(point("t"), options())
    assert refused.value.field == "address.command_topic"
    MqttDriver.check_write(point("t", command_topic="c"), options())
