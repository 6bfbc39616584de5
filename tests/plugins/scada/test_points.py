"""Checking options and addresses, the driver registry, the allow-list, the sample."""

import asyncio
import ipaddress
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.config import GroupConfig, TagConfig
from wellhead_scada.engine.group import ScanGroup
from wellhead_scada.gateway.answers import read_device
from wellhead_scada.networks import network
from wellhead_scada.points import load_options, load_point
from wellhead_scada.settings import ConfigSchema
from wellhead_scada.testing import Bench, MemoryDriver, MemoryField, Mode, device, group, play

LOCAL = AllowListDialer([network(text) for text in sdk.PRIVATE_NETWORKS])


@pytest.mark.parametrize(
    ("address", "field", "says"),
    [
        ({}, "address.register", "register: 0 to 999"),
        ({"register": 1000}, "address.register", "register: 0 to 999"),
        ({"register": 1}, "address.register", "Use the register before it"),
        ({"registr": 1}, "address.registr", 'Did you mean "register"?'),
    ],
)
def test_an_address_error_names_field_value_and_remedy(
    address: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(sdk.WellheadError) as caught:
        load_point(MemoryDriver, {}, 1, "t", "float32", address)
    assert caught.value.field == field
    assert caught.value.value == next(iter(address.values()), None)
    assert says in str(caught.value)


def test_good_options_and_points_are_loaded() -> None:
    assert load_options(MemoryDriver, {"line": "a"}) == {"line": "a"}
    point = load_point(MemoryDriver, {}, 7, "t", "float32", {"register": 2})
    assert (point.tag, point.address) == (7, {"register": 2})
    with pytest.raises(sdk.WellheadError, match="no such datatype"):
        load_point(MemoryDriver, {}, 7, "t", "float64", {"register": 2})


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("nowhere.at_all:Driver", "cannot be imported: ModuleNotFoundError"),
        ("wellhead_scada.testing:Nobody", "cannot be imported: AttributeError"),
        ("wellhead_scada.testing:Mode", "is not a driver"),
    ],
)
def test_a_driver_that_cannot_be_had_says_why(target: str, says: str) -> None:
    with pytest.raises(sdk.WellheadError, match=says):
        Drivers({"odd": sdk.Lazy("odd", "Odd", target)}).get("odd")


def test_with_no_driver_at_all_the_remedy_is_to_install_one() -> None:
    with pytest.raises(sdk.WellheadError, match="pip install"):
        Drivers({}).get("modbus")


def test_each_driver_has_a_folder_of_its_own_where_its_gateway_has_one(tmp_path: Path) -> None:
    lazies = {"memory": sdk.Lazy("memory", "M", "wellhead_scada.testing:MemoryDriver")}
    drivers = Drivers(lazies, tmp_path)
    assert drivers.folder("memory") == tmp_path / "memory"
    assert Drivers(lazies).folder("memory") is None


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "::ffff:8.8.8.8", "2001:db8::1", "0.0.0.0", "169.254.1.1", "134744072"]
)
def test_addresses_outside_the_allow_list_are_refused(host: str) -> None:
    with pytest.raises(sdk.AddressRefused, match="outside the networks"):
        asyncio.run(LOCAL.resolve(host, 502))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "::ffff:127.0.0.1"])
def test_an_allowed_address_comes_out_as_what_to_connect_to(host: str) -> None:
    assert asyncio.run(LOCAL.resolve(host, 502)) == ipaddress.ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 300])
def test_a_name_without_an_address_is_unreachable(host: str) -> None:
    with pytest.raises(sdk.DeviceUnreachable, match="no address"):
        asyncio.run(LOCAL.resolve(host, 502))


def test_a_network_that_is_none_is_a_configuration_error() -> None:
    errors = ConfigSchema().validate({"allow_networks": ["192.168.0.0/16", "10.0.0.1/8"]})
    assert 'write it like "192.168.10.0/24"' in str(errors)
    assert ConfigSchema().load({})["retries"] == 1


def test_a_scan_is_scaled_as_a_whole() -> None:
    tags = tuple(
        TagConfig(i, f"t{i}", "int16", {"register": i}, 0.5 * i + 1, -i) for i in range(500)
    )
    raw = np.arange(500, dtype=np.float64)
    made = asyncio.run(ScanGroup.build(GroupConfig("g", "g", 1000, 9, tags), MemoryDriver, {}))
    row = made.good(5, sdk.RawValues(raw, np.full(500, 192, np.int16)))
    assert row.source == 9
    np.testing.assert_allclose(row.values, raw * (0.5 * raw + 1) - raw)


def test_a_test_read_shows_raw_and_scaled_values_and_reasons() -> None:
    field = MemoryField()
    field.lines["pump"].values.update({0: 650.0, 1: math.nan})

    async def story(bench: Bench) -> None:
        answer = await read_device(bench.engine, "pump")
        first, second = answer["values"]
        assert (answer["ok"], answer["reason"]) == (True, None)
        assert (first["raw"], first["value"], first["quality_name"]) == (650.0, 650.0, "good")
        assert first["reason"] is None
        assert (second["raw"], second["value"]) == (None, None)
        assert second["reason"] == "bad: sensor failure"
        field.lines["pump"].mode = Mode.REFUSES
        answer = await read_device(bench.engine, "pump")
        assert (answer["ok"], answer["reason"]) == (False, "connection refused")
        assert [value["reason"] for value in answer["values"]] == ["connection refused"] * 2
        assert answer["values"][0]["quality_name"] == "bad: not connected"

    play(story, device("pump", group(1)), field=field)
