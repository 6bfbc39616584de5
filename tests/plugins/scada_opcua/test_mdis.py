"""MDIS, the subsea companion specification (OPC 30020): its public nodeset browses, maps and reads.

data/Opc.MDIS.NodeSet2.xml is the OPC Foundation's, version 1.3, under the licence in its header.
"""

import asyncio
from pathlib import Path
from typing import Any

from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua.driver import OpcUaDriver

from .helpers import URI, Field, address, field, listening, opened, until

NODESET = Path(__file__).parent / "data" / "Opc.MDIS.NodeSet2.xml"
MDIS = "http://opcfoundation.org/UA/MDIS"
_BAR = 4342098  # UNECE Recommendation 20


async def install(server: Field) -> None:
    """A choke, a valve and an instrument of the specification's types, as a vendor's server has
    them."""
    # Not strict: a few of its methods name parents that come later in the file.
    await server.server.import_xml(str(NODESET), strict_mode=False)
    index = await server.server.get_namespace_index(MDIS)
    base = await server.server.nodes.base_object_type.get_child(f"{index}:MDISBaseObjectType")
    for name, kind in (
        ("CK-1", "MDISChokeObjectType"),
        ("XV-1", "MDISValveObjectType"),
        ("PT-1", "MDISInstrumentObjectType"),
    ):
        made = await server.server.nodes.objects.add_object(
            ua.NodeId(name, server.index),
            name,
            objecttype=await base.get_child(f"{index}:{kind}"),
            instantiate_optional=False,
        )
        if name == "PT-1":
            measured = await made.get_child(f"{index}:ProcessVariable")
            unit = ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", _BAR)
            unit.DisplayName = ua.LocalizedText("bar(g)")
            await (await measured.get_child("0:EngineeringUnits")).write_value(unit)


async def found(made: OpcUaDriver, **arguments: Any) -> dict[str, sdk.Found]:
    asked = OpcUaDriver.browse_schema().load(arguments)
    return {one.name: one async for some in made.browse(asked) for one in some}


def test_the_mdis_nodeset_browses_and_maps_to_tags() -> None:
    async def work() -> None:
        async with field() as server:
            await install(server)
            async with opened(server.port) as made:
                level = await found(made, depth=2)
                assert level["CK-1"].branch == f"nsu={URI};s=CK-1"
                kinds = {
                    name: one.datatype
                    for name, one in level.items()
                    if name.startswith(("CK-1.", "XV-1.", "PT-1."))
                    and "node" in (one.address or {})
                }
                assert kinds == {
                    "CK-1.CalculatedPosition": "float32",
                    "CK-1.Moving": "int32",  # an enumeration of MDIS's own
                    "CK-1.Fault": "bool",
                    "XV-1.Position": "int32",
                    "XV-1.Fault": "bool",
                    "PT-1.ProcessVariable": "float32",
                    "PT-1.Fault": "bool",
                }
                assert level["PT-1.ProcessVariable"].unit == "barg"
                assert level["CK-1.Move"].address == {
                    "object": f"nsu={URI};s=CK-1",
                    "method": f"nsu={URI};s=CK-1.Move",
                }
                points = []
                for number, (name, datatype) in enumerate(kinds.items()):
                    where = address(**(level[name].address or {}))
                    point = sdk.Point(number, name, str(datatype), where)
                    OpcUaDriver.check_point(point, made.device.options)
                    points.append(point)
                for name, kind, value in (
                    ("CK-1.CalculatedPosition", ua.VariantType.Float, 37.5),
                    ("XV-1.Position", ua.VariantType.Int32, 2),
                    ("PT-1.ProcessVariable", ua.VariantType.Float, 212.5),
                    ("PT-1.Fault", ua.VariantType.Boolean, False),
                ):
                    await server.put(name, value, kind)
                group = sdk.PushGroup("mdis", 0.05, tuple(points))
                async with listening(made, group) as box:
                    await until(lambda: all(box.rows(at) for at in range(len(points))), "all")
                good = sdk.quality.GOOD
                assert box.rows(0)[-1][1:] == (37.5, good)
                assert box.rows(3)[-1][1:] == (2.0, good)
                assert box.rows(5)[-1][1:] == (212.5, good)

    asyncio.run(work())
