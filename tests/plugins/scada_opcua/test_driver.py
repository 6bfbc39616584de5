"""Reading, writing, methods and browsing, against asyncua's server over a real socket."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.driver import OpcUaDriver
from wellhead_scada_opcua.write import OutcomeUnknown

from .helpers import URI, address, driver, field, opened, point

T = ua.VariantType


def run(work: Any) -> None:
    asyncio.run(work)


async def one(made: OpcUaDriver, what: sdk.Point) -> tuple[float, int, str | None]:
    raw = await made.read(made.plan([what]))
    return float(raw.values[0]), int(raw.qualities[0]), raw.texts.get(0)


def test_many_values_are_read_in_one_request() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add_many(600)
            requests = []
            async with opened(server.port) as made:
                ask = made._channel.ask

                async def counted(request: Any, limit: float | None = None) -> bytes:
                    requests.append(request)
                    return await ask(request, limit)

                made._channel.ask = counted  # type: ignore[method-assign]
                raw = await made.read(made.plan([point(f"N{number}") for number in range(600)]))
            assert raw.values.tolist() == [float(number) for number in range(600)]
            assert (raw.qualities == sdk.quality.GOOD).all()
            assert len(requests) == 1

    run(work())


def test_every_kind_of_value_is_read_as_its_tag_wants_it() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("flag", True, T.Boolean)
            await server.add("word", "open", T.String)
            await server.add("choice", 3, T.Int32)
            await server.add("row", [1.5, 2.5, 3.5], T.Double)
            await server.add("nan", float("nan"), T.Double)
            async with opened(server.port) as made:
                good = sdk.quality.GOOD
                assert await one(made, point("flag", "bool")) == (1.0, good, None)
                assert await one(made, point("choice", "int32")) == (3.0, good, None)
                assert (await one(made, point("word", "string")))[1:] == (good, "open")
                assert (await one(made, point("flag", "string")))[2] == "true"
                assert (await one(made, point("word")))[1] == sdk.quality.BAD_CONFIGURATION
                assert (await one(made, point("row")))[1] == sdk.quality.BAD_CONFIGURATION
                assert (await one(made, point("nan")))[1] == sdk.quality.BAD_SENSOR_FAILURE

    run(work())


def test_a_node_that_is_not_there_is_bad_alone() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("here", 1.0)
            elsewhere = point("x", node="nsu=urn:gone;s=x")
            async with opened(server.port) as made:
                raw = await made.read(made.plan([point("gone"), point("here"), elsewhere]))
            bad, good = sdk.quality.BAD_CONFIGURATION, sdk.quality.GOOD
            assert raw.qualities.tolist() == [bad, good, bad]
            assert raw.values[1] == 1.0

    run(work())


# --- writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start", "datatype", "value"),
    [
        (T.Double, 0.0, "float64", 2.5),
        (T.Float, 0.0, "float32", 2.5),
        (T.Int16, 0, "int16", -7.0),
        (T.UInt64, 0, "uint64", 2.0**40),
        (T.Boolean, False, "bool", 1.0),
        (T.String, "", "string", "auf"),
    ],
)
def test_a_value_is_written_with_the_servers_type(
    kind: ua.VariantType, start: Any, datatype: str, value: float | str
) -> None:
    async def work() -> None:
        async with field() as server:
            node = await server.add("set", start, kind)
            async with opened(server.port) as made:
                await made.write(point("set", datatype), value)
            written = (await node.read_data_value()).Value
            assert written.VariantType == kind
            assert written.Value == value

    run(work())


def test_a_server_that_takes_no_index_does_not_lose_its_array() -> None:
    """asyncua's server passes over index ranges and would write the whole array."""

    async def work() -> None:
        async with field() as server:
            await server.add("row", [1.0, 2.0], T.Double)
            async with opened(server.port) as made:
                with pytest.raises(sdk.WriteRefused, match="takes no index"):
                    await made.write(point("row", index="1"), 5.0)
                assert (await one(made, point("row", index="1")))[1] == (
                    sdk.quality.BAD_CONFIGURATION
                )
            assert await server.read("row") == [1.0, 2.0]

    run(work())


@pytest.mark.parametrize(
    ("name", "datatype", "value", "says"),
    [
        ("gone", "float64", 1.0, "BadNodeIdUnknown"),
        ("fixed", "float64", 1.0, "BadUserAccessDenied|BadNotWritable"),
        ("small", "int16", 40_000.0, "Int16 cannot hold it"),
        ("small", "int16", 1.5, "Int16 cannot hold it"),
        ("small", "string", "much", "takes a Int16"),
        ("word", "float64", 1.0, "takes a String"),
        ("when", "float64", 1e12, "takes a DateTime"),
    ],
)
def test_what_cannot_be_written_is_refused_for_certain(
    name: str, datatype: str, value: float | str, says: str
) -> None:
    async def work() -> None:
        async with field() as server:
            fixed = await server.add("fixed", 0.0)
            await fixed.set_read_only()
            await server.add("small", 0, T.Int16)
            await server.add("word", "", T.String)
            await server.add("when", datetime(2026, 1, 1), T.DateTime)
            async with opened(server.port) as made:
                with pytest.raises(sdk.WriteRefused, match=says) as refused:
                    await made.write(point(name, datatype), value)
                assert refused.value.remedy

    run(work())


def test_a_status_that_leaves_it_open_is_not_called_refused() -> None:
    async def work() -> None:
        async with field() as server:
            node = await server.add("far", 0.0)

            def lost(*_: Any) -> None:
                raise ua.uaerrors.BadTimeout

            server.server.iserver.attribute_service.write = lost
            async with opened(server.port) as made:
                with pytest.raises(OutcomeUnknown, match="cannot say"):
                    await made.write(point("far"), 1.0)
            assert node is not None

    run(work())


def test_an_answer_without_a_result_is_not_taken_for_a_yes() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("far", 0.0)

            async def nothing(*_: Any, **__: Any) -> list[ua.StatusCode]:
                return []

            server.server.iserver.attribute_service.write = nothing
            async with opened(server.port) as made:
                with pytest.raises(OutcomeUnknown, match="0 results of one write"):
                    await made.write(point("far"), 1.0)

    run(work())


def test_methods_are_called_with_the_value_or_without() -> None:
    calls: list[Any] = []

    def taken(_: Any, *arguments: Any) -> list[Any]:
        calls.append([argument.Value for argument in arguments])
        return []

    async def work() -> None:
        async with field() as server:
            objects, index = server.server.nodes.objects, server.index
            await objects.add_method(ua.NodeId("Start", index), "Start", taken, [], [])
            await objects.add_method(ua.NodeId("Go", index), "Go", taken, [T.Float], [])
            await objects.add_method(ua.NodeId("Two", index), "Two", taken, [T.Float] * 2, [])

            def method(name: str) -> sdk.Point:
                return point(name, node=None, object="i=85", method=f"nsu={URI};s={name}")

            async with opened(server.port) as made:
                await made.write(method("Start"), 1.0)
                await made.write(method("Go"), 2.5)
                assert calls == [[], [2.5]]
                with pytest.raises(sdk.WriteRefused, match="takes 2 values"):
                    await made.write(method("Two"), 1.0)
                with pytest.raises(sdk.WriteRefused, match="Bad"):
                    await made.write(method("Gone"), 1.0)
                assert len(calls) == 2
                raw = await made.read(made.plan([method("Go")]))
                assert raw.qualities.tolist() == [sdk.quality.BAD_CONFIGURATION]

    run(work())


# --- browsing -----------------------------------------------------------------------------------


async def found(made: OpcUaDriver, **arguments: Any) -> dict[str, sdk.Found]:
    asked = OpcUaDriver.browse_schema().load(arguments)
    return {one.name: one async for some in made.browse(asked) for one in some}


def test_what_is_browsed_is_read_as_it_stands_there() -> None:
    async def work() -> None:
        async with field() as server:
            folder = await server.server.nodes.objects.add_object(
                ua.NodeId("Well", server.index), "Well"
            )
            node = await folder.add_variable(ua.NodeId("P", server.index), "P", 12.5)
            await node.set_writable()
            unit = ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", 4342098)
            unit.DisplayName = ua.LocalizedText("bar")
            await node.add_property(ua.NodeId(0, 0), "0:EngineeringUnits", unit)
            async with opened(server.port) as made:
                below = await found(made, start=f"nsu={URI};s=Well")
                pressure = below["P"]
                assert (pressure.datatype, pressure.unit) == ("float64", "bar")
                assert (pressure.value, pressure.writable) == (12.5, True)
                assert pressure.branch is None
                known = point("P", str(pressure.datatype), **dict(pressure.address or {}))
                assert await one(made, known) == (12.5, sdk.quality.GOOD, None)
                all_of_it = await found(made, depth=2)
                assert all_of_it["Well"].branch == f"nsu={URI};s=Well"
                assert all_of_it["Well.P"].address == pressure.address
                assert len(await found(made, depth=3, limit=7)) == 7
                methods = [one for one in all_of_it.values() if "method" in (one.address or {})]
                assert methods == [], "those of the Server object would be commands"

    run(work())


# --- what a tag may be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "datatype", "field"),
    [
        ({"node": "Well1"}, "float64", "address.node"),
        ({"object": "i=85", "method": "x"}, "float64", "address.method"),
        ({"node": "i=1", "deadband": 1.0}, "string", "address.deadband"),
    ],
)
def test_points_that_cannot_be_are_refused(given: Any, datatype: str, field: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        OpcUaDriver.check_point(sdk.Point(1, "t", datatype, address(**given)), {})
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"object": "i=85"},
        {"node": "i=1", "index": "-1"},
        {"node": "i=1", "deadband": 0},
        {"node": "i=1", "deadband_type": "relative"},
    ],
)
def test_addresses_that_cannot_be_are_refused(given: Any) -> None:
    assert OpcUaDriver.address_schema().validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"user": "a", "password_env": "OPCUA_P", "security_policy": "None"},
        {"user": "a", "password_env": "PATH"},
        {"user": "a", "password_file": "../secrets/admin-password"},
        {"user": "a", "password_file": "a", "password_env": "OPCUA_P"},
        {"password_file": "a"},
        {"certificate": "a.der"},
        {"user_certificate": "a.der"},
        {"security_policy": "Basic128Rsa15"},
    ],
)
def test_options_that_cannot_be_are_refused(given: Any) -> None:
    assert OpcUaDriver.device_schema().validate({"host": "h", **given})


def test_nothing_is_sent_before_it_is_open() -> None:
    async def work() -> None:
        made = driver(1)
        with pytest.raises(sdk.DeviceUnreachable, match="not connected"):
            await made.write(point("a", node="i=1"), 1.0)
        await made.close()

    run(work())
