"""Node ids as people write them, and status codes as qualities."""

import numpy as np
import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_opcua import engineering
from wellhead_scada_opcua.engineering import unit_of
from wellhead_scada_opcua.nodes import NodeName, UnknownNamespace
from wellhead_scada_opcua.status import SUBCODES, name_of, qualities_of, quality_of

SPACES = ["http://opcfoundation.org/UA/", "urn:server", "http://vendor.example/a;s=b/"]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("i=2253", ua.NodeId(2253, 0)),
        ("ns=1;i=7", ua.NodeId(7, 1)),
        ("nsu=urn:server;s=Well 1;s=x", ua.NodeId("Well 1;s=x", 1)),
        ("ns=2;b=AQI=", ua.NodeId(b"\x01\x02", 2)),
    ],
)
def test_a_node_id_is_found_in_the_servers_namespaces(text: str, node: ua.NodeId) -> None:
    name = NodeName.parse(text, "address.node")
    assert name.resolve(SPACES) == node
    assert str(name) == text


@given(
    st.sampled_from(["urn:server", 0, 3]),
    st.text(min_size=1) | st.integers(0, 2**32 - 1) | st.uuids() | st.binary(min_size=1),
)
def test_what_is_shown_is_read_back(space: str | int, name: object) -> None:
    node = NodeName(space, name)  # type: ignore[arg-type]
    assert NodeName.parse(str(node), "address.node") == node


@pytest.mark.parametrize(
    "text", ["", "Well1", "i=-1", "i=4294967296", "ns=70000;i=1", "g=nonsense", "b=%", "s=", "i=²"]
)
def test_what_is_no_node_id_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(sdk.WellheadError, match="not a node id") as refused:
        NodeName.parse(text, "address.node")
    assert refused.value.field == "address.node"
    assert "nsu=" in (refused.value.remedy or "")


def test_a_namespace_that_the_server_lost_is_named() -> None:
    with pytest.raises(UnknownNamespace) as unknown:
        NodeName.parse("nsu=urn:gone;i=1", "address.node").resolve(SPACES)
    assert unknown.value.value == "urn:gone"


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (0x00000000, sdk.quality.GOOD),
        (0x00960000, sdk.quality.GOOD_LOCAL_OVERRIDE),
        (0x40000000, sdk.quality.UNCERTAIN),
        (0x40940000, sdk.quality.UNCERTAIN_RANGE_EXCEEDED),
        (0x808C0000, sdk.quality.BAD_SENSOR_FAILURE),
        (0x80310000, sdk.quality.BAD_COMM_FAILURE),
        (0x80340000, sdk.quality.BAD_CONFIGURATION),
        (0x80FF0000, sdk.quality.BAD),
        (0xC0000000, sdk.quality.BAD),
        (0x00000500, sdk.quality.GOOD | 1),  # info bits: limited low
    ],
)
def test_status_codes_are_qualities(code: int, quality: int) -> None:
    assert quality_of(code) == quality
    assert qualities_of(np.array([0, code], np.uint32)).tolist() == [sdk.quality.GOOD, quality]


def test_every_code_of_the_table_is_one_of_opc_ua() -> None:
    for name in SUBCODES:
        assert name_of(getattr(ua.StatusCodes, name)) == name


@pytest.mark.parametrize(
    ("number", "shown", "unit"),
    [
        (4408652, "°C", "degC"),
        (4408652, "C", "degC"),
        (4342098, "bar", "bar"),
        (4342098, "bar(g)", "barg"),
        (4342098, "bar a", "bar"),
        (20529, None, "%"),
        (0, "Mscf/d", "Mscf/d"),
        (0, "m³/d", "m3/d"),
        (0, "C", None),
        (0, "furlongs per fortnight", None),
        (-1, None, None),
    ],
)
def test_engineering_units_are_units_that_wellhead_knows(
    number: int, shown: str | None, unit: str | None
) -> None:
    assert unit_of(number, shown) == unit


def test_every_unit_of_the_table_is_one_of_wellheads() -> None:
    for unit in engineering._UNECE.values():
        assert sdk.units.check_unit(unit) == unit
