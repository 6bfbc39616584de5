"""How long it takes until Wellhead serves, on a database that exists, against its own server alone.

Starts `wellhead run` twice in one folder and times the second start until `/health/ready` answers
200. The limit: starting the same embedded PostgreSQL and an interpreter that imports Flask, one
after the other. Also the import of the command line, against an interpreter that imports nothing.

    python bench/start.py [--rounds 3]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.testing import free_port

SECONDS = 60.0


def ready_after(file: Path, port: int, folder: Path) -> float:
    """Seconds of `wellhead run` until it is ready; it is ended again."""
    command = [sys.executable, "-m", "wellhead", "run", "--config", str(file)]
    begun = time.perf_counter()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:
        while time.perf_counter() - begun < SECONDS:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2):
                    return time.perf_counter() - begun
            except (OSError, urllib.error.URLError):
                time.sleep(0.01)
        raise TimeoutError((folder / "log").read_text())
    finally:
        process.terminate()
        process.wait(30)


def interpreter(code: str) -> float:
    """Seconds of an interpreter that runs `code`."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=SECONDS)
    return time.perf_counter() - begun


def server_alone(folder: Path) -> float:
    """Seconds of the embedded server's start, on the data that is there."""
    server = EmbeddedPostgres(folder)
    begun = time.perf_counter()
    server.start()
    seconds = time.perf_counter() - begun
    server.stop("fast")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    runs, servers, flasks, nothing, imports = [], [], [], [], []
    with tempfile.TemporaryDirectory(prefix="wh-") as name:
        folder, port = Path(name), free_port()
        file = folder / "wellhead.toml"
        file.write_text(f"data_dir = {json.dumps(name)}\n[web]\nport = {port}\n")
        ready_after(file, port, folder)  # the first makes the database
        for _ in range(options.rounds):
            runs.append(ready_after(file, port, folder))
            servers.append(server_alone(folder))
            flasks.append(interpreter("import flask"))
            nothing.append(interpreter("pass"))
            imports.append(interpreter("import wellhead.cli"))
    run, server, flask = (statistics.median(column) for column in (runs, servers, flasks))
    bare, cli = statistics.median(nothing), statistics.median(imports)
    print(f"`wellhead run` ready      {run:6.2f} s   (goal at most 3)")
    print(f"PostgreSQL, then Flask    {server + flask:6.2f} s   ratio {run / (server + flask):.2f}")
    print(f"import of wellhead.cli    {(cli - bare) * 1000:6.0f} ms  (goal at most 150)")
    print(f"an interpreter alone      {bare * 1000:6.0f} ms  ratio {cli / bare:.2f}")


if __name__ == "__main__":
    main()
