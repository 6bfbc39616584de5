"""docs/historian.md is true: its program reads blocks as Wellhead does."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from wellhead import sdk
from wellhead.database.urls import database_urls
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.mover import move_hour
from wellhead_historian.testing import batch_of, make_tags, signals

PAGE = Path(__file__).parents[3] / "docs" / "historian.md"
HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR
N = 300
Write = Callable[..., None]
pytestmark = pytest.mark.usefixtures("packed")


@pytest.fixture
def packer(settings: sdk.Settings) -> Iterator[psycopg.Connection[Any]]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


def test_the_program_of_the_page_reads_every_sort_of_column(
    packer: psycopg.Connection[Any],
    connection: psycopg.Connection[Any],
    settings: sdk.Settings,
    write: Write,
    source: int,
    tmp_path: Path,
) -> None:
    (text,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    program = tmp_path / "read.py"
    program.write_text(text.replace("tag, hour = int(sys.argv[1])", "tag, hour = TAG"), "utf-8")
    assert "sys.argv[2]" in text
    tags = make_tags(connection, 12, "P")
    values = np.ascontiguousarray(
        signals(np.random.default_rng(1), 100, N)[[0, 1, 2, 3, 5, 7, 8, 9, 11, 27, 54]]
    )
    values = np.vstack([values, np.rint(100 * values[:1]) * 0.01])
    values[0, [5, 200]] = np.nan, -0.0
    good = np.full(12, sdk.quality.GOOD, np.int16)
    write(
        *[
            sdk.Batch.scan(source, START + at * 1_000_003, tags, values[:, at], good)
            for at in range(N)
        ]
    )
    write(batch_of(source, [(int(tags[4]), START + 7, 2.5, 64)]))
    expected = {}
    for tag in tags.tolist():
        found = PackedReader(connection).read(tag, START, START + HOUR, 1000)
        columns = (found.times.tolist(), found.values.tolist(), found.qualities.tolist())
        expected[tag] = [" ".join(map(str, row)) for row in zip(*columns, strict=True)]
    connection.commit()
    move_hour(packer, [source], START, lambda *_: None)
    kinds = packer.execute("SELECT DISTINCT get_byte(data, 8) FROM historian_block").fetchall()
    assert {kind for (kind,) in kinds} == {0, 1, 2, 3, 4}
    urls = database_urls(settings)
    hour = np.datetime64(START, "us").item().isoformat() + "Z"
    environment = os.environ | {
        "DATABASE": urls.libpq(urls.admin),
        "PGOPTIONS": "-csearch_path=tenant_default",
    }
    # One process for all tags: most of its time is its start.
    body = "".join(f"TAG = {tag}\nexec(PROGRAM)\n" for tag in expected)
    script = f"PROGRAM = open({str(program)!r}).read()\n{body}"
    done = subprocess.run(
        [sys.executable, "-c", script, "0", hour],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [line for lines in expected.values() for line in lines]
