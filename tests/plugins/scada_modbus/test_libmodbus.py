"""The driver against libmodbus, an implementation in C that shares nothing with pymodbus."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from wellhead import sdk

from .helpers import opened, point, serial_driver
from .rtu import cable

SOURCE = Path(__file__).with_name("libmodbus_server.c")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc: apt-get install gcc")
    flags = (
        subprocess.run(
            ["pkg-config", "--cflags", "--libs", "libmodbus"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if shutil.which("pkg-config")
        else None
    )
    found = (
        flags.stdout.split()
        if flags and flags.returncode == 0
        else [
            "-I/usr/include/modbus",
            "-lmodbus",
        ]
    )
    binary = tmp_path_factory.mktemp("libmodbus") / "server"
    built = subprocess.run(
        ["gcc", "-Wall", "-Wextra", "-o", str(binary), str(SOURCE), *found],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "modbus.h: No such file" in built.stderr or "cannot find -lmodbus" in built.stderr:
        pytest.skip("no libmodbus: apt-get install libmodbus-dev")
    assert (built.returncode, built.stderr) == (0, "")
    return binary


@contextmanager
def running(program: Path, *serial_port: str) -> Iterator[int]:
    with subprocess.Popen(
        [str(program), "200", *serial_port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()  # the program leaves when its input closes
            process.wait(timeout=10)


@pytest.fixture
def port(program: Path) -> Iterator[int]:
    with running(program) as port:
        yield port


def read(port: int, points: list[sdk.Point], **given: int) -> sdk.RawValues:
    async def main() -> sdk.RawValues:
        async with opened(port, **given) as client:
            return await client.read(client.plan(points))

    return asyncio.run(main())


def test_all_four_tables(port: int) -> None:
    points = [
        *[point("uint16", "holding", number) for number in range(2, 200)],
        *[point("uint16", "input", number) for number in range(200)],
        *[point("bool", "coil", number) for number in range(200)],
        *[point("bool", "discrete", number) for number in range(200)],
    ]
    found = read(port, points)
    assert found.values.tolist() == [
        *range(2, 200),
        *[65535 - number for number in range(200)],
        *[float(number % 3 == 0) for number in range(200)],
        *[float(number % 2 == 1) for number in range(200)],
    ]
    assert set(found.qualities.tolist()) == {sdk.quality.GOOD}


def test_32_bit_values_and_address_base_1(port: int) -> None:
    points = [
        point("float32", "holding", 1),
        point("uint32", "holding", 8),
        point("uint32", "holding", 8, word_order="little"),
        point("int32", "input", 1),
        point("int16", "input", 2, byte_order="little"),
    ]
    found = read(port, points, address_base=1)
    assert found.values.round().tolist() == [
        326787,
        (7 << 16) + 8,
        (8 << 16) + 7,
        -2,
        -257,
    ]


def test_an_illegal_address_is_bad_alone(port: int) -> None:
    points = [point("uint16", "holding", 10), point("uint16", "holding", 900)]
    found = read(port, points)
    assert found.values[0] == 10
    assert np.isnan(found.values[1])
    assert found.qualities.tolist() == [sdk.quality.GOOD, sdk.quality.BAD_CONFIGURATION]


def test_one_connection_after_another(port: int) -> None:
    for _ in range(3):
        assert read(port, [point("uint16", "holding", 10)]).values.tolist() == [10]


WRITTEN: list[tuple[sdk.Point, float | str]] = [
    (point("bool", "coil", 1), 1),
    (point("int16", "holding", 20), -7),
    (point("float64", "holding", 21, word_order="little"), 1e-300),
    (point("string", "holding", 25, length=4, encoding="ascii"), "FC-101"),
    (point("uint16", "holding", 30, bits=[4, 8]), 0xAB),
]


@pytest.mark.parametrize("way", ["single", "multiple"])
def test_writes(port: int, way: str) -> None:
    async def main() -> sdk.RawValues:
        async with opened(port, write_with=way) as client:
            for one, value in WRITTEN:
                await client.write(one, value)
            points = [*(one for one, _ in WRITTEN), point("uint16", "holding", 30)]
            found = await client.read(client.plan(points))
            with pytest.raises(sdk.WriteRefused, match="illegal data address"):
                await client.write(point("int16", "holding", 900), 1)
            return found

    found = asyncio.run(main())
    assert found.texts == {3: "FC-101"}
    assert found.values[[0, 1, 2, 4]].tolist() == [1, -7, 1e-300, 0xAB]
    assert found.values[5] == 0xABE  # 30 = 0x01E was there


def test_rtu_on_a_serial_line(program: Path) -> None:
    async def main() -> None:
        with cable() as (one_end, other_end), running(program, other_end):
            client = serial_driver(one_end, unit=17, baudrate=9600)
            await client.open()
            points = [point("uint16", "holding", number) for number in range(2, 200)]
            found = await client.read(client.plan(points))
            assert found.values.tolist() == list(range(2, 200))
            for one, value in WRITTEN:
                await client.write(one, value)
            found = await client.read(client.plan([one for one, _ in WRITTEN]))
            assert found.values[[0, 1, 2, 4]].tolist() == [1, -7, 1e-300, 0xAB]
            found = await client.read(client.plan([point("uint16", "input", 900)]))
            assert found.qualities.tolist() == [sdk.quality.BAD_CONFIGURATION]
            await client.close()

    asyncio.run(main())
