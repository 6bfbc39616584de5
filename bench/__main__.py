"""Every measurement in turn, each in a process of its own: `python -m bench`, or `make bench`; with
names, those: `python -m bench start growth`."""

import argparse
import subprocess
import sys
from pathlib import Path

SECONDS = 300  # no measurement may take longer


def main() -> int:
    scripts = {file.stem: file for file in sorted(Path(__file__).parent.glob("[!_]*.py"))}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(scripts))
    names = parser.parse_args().names or list(scripts)
    if unknown := [name for name in names if name not in scripts]:
        parser.error(f"no measurement {unknown[0]!r}; there are {', '.join(scripts)}")
    worst = 0
    for name in names:
        print(f"== {name}", flush=True)
        command = [sys.executable, str(scripts[name])]
        try:
            worst = max(worst, subprocess.run(command, timeout=SECONDS, check=False).returncode)
        except subprocess.TimeoutExpired:
            print(f"{name} took more than {SECONDS} s")
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())
