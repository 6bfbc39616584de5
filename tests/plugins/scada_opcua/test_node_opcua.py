"""An independent server: what asyncua's client and server might both get wrong, node-opcua sees."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from wellhead import sdk
from wellhead_scada_opcua.certificates import SecurityRefused
from wellhead_scada_opcua.driver import OpcUaDriver

from .helpers import Box, address, driver, listening, opened, until

pytestmark = pytest.mark.system
HERE = Path(__file__).parent / "node"
GOOD = sdk.quality.GOOD


@dataclass(frozen=True)
class Peer:
    port: int
    lines: IO[str]

    def put(self, name: str, value: object) -> None:
        self.lines.write(f"{name} {value}\n")
        self.lines.flush()


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed (Debian: apt-get install nodejs npm)")
    if not (HERE / "node_modules").is_dir():
        pytest.skip(f"node-opcua is not installed: npm ci --prefix {HERE}")
    process = subprocess.Popen(
        [node, "server.js", str(tmp_path_factory.mktemp("peer"))],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = next((line[5:] for line in process.stdout if line.startswith("port ")), "")
        assert port, "node-opcua did not start"
        yield Peer(int(port), process.stdin)
    finally:
        process.kill()
        process.wait(timeout=20)
        process.stdin.close()
        process.stdout.close()


def point(name: str, datatype: str = "float64", **given: Any) -> sdk.Point:
    where = address(**({"node": f"ns=1;s={name}"} | given))
    return sdk.Point(1, name, datatype, where)


def options(peer: Peer, **given: Any) -> dict[str, Any]:
    return {"port": peer.port, "path": "/field", "timeout": 10.0, **given}


def test_it_is_browsed_read_written_and_called(peer: Peer) -> None:
    async def work() -> None:
        async with opened(**options(peer)) as made:
            asked = OpcUaDriver.browse_schema().load({"start": "ns=1;s=Well"})
            found = {one.name: one async for some in made.browse(asked) for one in some}
            pressure = found["Pressure"]
            assert (pressure.datatype, pressure.unit) == ("float64", "bar")
            assert pressure.description == "Tubing head pressure"
            assert (pressure.address or {})["node"].startswith("nsu=urn:")
            assert found["State"].value == "closed"
            assert found["Serial"].writable is False
            known = point("Pressure", **dict(pressure.address or {}))
            points = (known, point("State", "string"), point("Row", index="1"), point("Gone"))
            raw = await made.read(made.plan(points))
            assert raw.values[[0, 2]].tolist() == [100.0, 2.0]
            assert raw.texts == {1: "closed"}
            assert raw.qualities.tolist() == [GOOD, GOOD, GOOD, sdk.quality.BAD_CONFIGURATION]
            await made.write(point("Row", index="1"), 8.0)
            row = (point("Row", index="0"), point("Row", index="1"), point("Row", index="2"))
            assert (await made.read(made.plan(row))).values.tolist() == [1.0, 8.0, 3.0]
            with pytest.raises(sdk.WriteRefused, match=r"BadNotWritable|BadUserAccessDenied"):
                await made.write(point("Serial", "string"), "SN-2")
            choke = point("Choke", node=None, object="ns=1;s=Well", method="ns=1;s=Choke")
            await made.write(choke, 40.0)
            assert (await made.read(made.plan([known]))).values.tolist() == [40.0]
            with pytest.raises(sdk.WriteRefused, match="BadOutOfRange"):
                await made.write(choke, 140.0)

    asyncio.run(work())


def test_changes_arrive_and_a_percent_deadband_is_of_the_range(peer: Peer) -> None:
    async def work() -> None:
        points = (
            point("Pressure", deadband=5.0, deadband_type="percent"),  # of 0 to 400: 20 bar
            point("Pressure"),
            point("State", "string"),
            point("Count", deadband=5.0, deadband_type="percent"),  # has no range
        )
        group = sdk.PushGroup("g", 0.1, points)
        peer.put("Pressure", 200)
        async with opened(**options(peer, sampling=0)) as made, listening(made, group) as box:
            await until(lambda: box.values(1) == [200.0], "the present value")
            for value in (205, 210, 300):
                peer.put("Pressure", value)
                await until(lambda value=value: value in box.values(1), "each change")  # type: ignore[misc]
            await until(lambda: box.values(0) == [200.0, 300.0], "the large change")
            peer.put("State", "open")
            await until(lambda: box.texts(2)[-1:] == ["open"], "the text")
            assert [quality for _, _, quality in box.rows(3)] == [sdk.quality.BAD_CONFIGURATION]

    asyncio.run(work())


def test_what_it_kept_is_filled_in(peer: Peer) -> None:
    async def work() -> None:
        async with opened(**options(peer, sampling=0)) as made:
            box = Box()
            group = sdk.PushGroup("g", 0.1, (point("Count", "int32"),))
            async with listening(made, group, box=box):
                peer.put("Count", 1000)
                await until(lambda: box.values(0)[-1:] == [1000.0], "the last one before")
            since = box.rows(0)[-1][0]
            for number in range(1001, 1021):
                peer.put("Count", number)
            await until_async(made, 1020.0)
            again = sdk.PushGroup("g", 0.1, group.points, since)
            async with listening(made, again) as box:
                await until(lambda: box.values(0)[-1:] == [1020.0], "the newest")
                # what came shortly before is fetched once more, and replaces itself
                missed = [value for time, value, _ in box.rows(0) if time > since]
                assert missed == [float(number) for number in range(1001, 1021)]

    asyncio.run(work())


async def until_async(made: OpcUaDriver, value: float) -> None:
    plan = made.plan([point("Count", "int32")])
    async with asyncio.timeout(10):
        while (await made.read(plan)).values[0] != value:
            await asyncio.sleep(0.01)


def test_it_is_secured_once_its_certificate_is_trusted(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "peer").write_text("s3cret")
    given = options(peer, folder=tmp_path, user="operator", password_file="peer")

    async def work() -> None:
        made = driver(**given, security_policy="Basic256Sha256")
        with pytest.raises(SecurityRefused, match="not trusted"):
            await made.open()
        await made.close()
        (aside,) = (tmp_path / "rejected").iterdir()
        aside.rename(tmp_path / "trusted" / aside.name)
        for policy in ("Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"):
            async with opened(**given, security_policy=policy) as made:
                raw = await made.read(made.plan([point("Serial", "string")]))
                assert raw.texts == {0: "SN-1"}
        (tmp_path / "passwords" / "peer").write_text("wrong")
        with pytest.raises(SecurityRefused, match="refuses the user"):
            async with opened(**given, security_policy="Basic256Sha256"):
                pass

    asyncio.run(work())
