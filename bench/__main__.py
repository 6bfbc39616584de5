"""Every measurement in turn, each in a process of its own: `python -m bench`, or `make bench`."""

import subprocess
import sys
from pathlib import Path

SECONDS = 300  # no measurement may take longer


def main() -> int:
    worst = 0
    for script in sorted(Path(__file__).parent.glob("[!_]*.py")):
        print(f"== {script.name}", flush=True)
        try:
            done = subprocess.run([sys.executable, str(script)], timeout=SECONDS, check=False)
            worst = max(worst, done.returncode)
        except subprocess.TimeoutExpired:
            print(f"{script.name} took more than {SECONDS} s")
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())
