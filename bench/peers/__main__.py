"""Every load and every fault, of every gateway: `make bench-peers`, or with options
`python -m peers [--only wellhead|thingsboard] [--skip loads|faults]`; one part of it, to try
something, with `--kind unbatched --registers 1000 2000` or `--fault 1`."""

import argparse
import fcntl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from peers import table
from peers.faults import FAULTS
from peers.load import BATCHED, IN_FLIGHT_KIND, UNBATCHED, Load, measure
from peers.side import Side
from peers.thingsboard_side import BIN, ThingsBoard
from peers.wellhead_side import Wellhead

SECONDS = 1200.0  # no case is begun after this
SAME = [(kind, registers) for kind in (UNBATCHED, BATCHED) for registers in (100, 300, 1000)]
MORE = {
    "thingsboard": [(UNBATCHED, 2000), (BATCHED, 3000), (BATCHED, 10_000)],
    "wellhead": [
        (UNBATCHED, 3000),
        *((IN_FLIGHT_KIND, registers) for registers in (5000, 10_000, 16_000, 20_000, 28_000)),
        *((BATCHED, registers) for registers in (10_000, 32_000, 40_000, 50_000)),
    ],
}
"""Kind of requests, and registers of each of the ten devices: the same for all, and beyond what
each can do."""
SIDES: dict[str, Callable[[], Side]] = {"thingsboard": ThingsBoard, "wellhead": Wellhead}


@contextmanager
def alone() -> Iterator[None]:
    """Nothing else that keeps to it measures meanwhile."""
    with (Path(tempfile.gettempdir()) / "wh-bench.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(SIDES))
    parser.add_argument("--skip", choices=["loads", "faults"])
    parser.add_argument("--kind", choices=[UNBATCHED, IN_FLIGHT_KIND, BATCHED])
    parser.add_argument("--registers", type=int, nargs="+", help="of each device, with --kind")
    parser.add_argument("--fault", type=int, choices=range(1, len(FAULTS) + 1))
    options = parser.parse_args()
    if options.registers and not options.kind:
        parser.error("--registers needs --kind")
    sides = [options.only] if options.only else list(SIDES)
    if "thingsboard" in sides and not (BIN / "python").exists():
        print("thingsboard-gateway is not installed: run `make bench-peers`", file=sys.stderr)
        return 2
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()], logger_factory=_quiet)
    begun = time.monotonic()
    print(f"{table.machine()}\n")
    loads: list[Load] = []
    if options.skip != "loads" and not options.fault:
        print(table.LOAD_HEAD, flush=True)
        for side in sides:
            for kind, registers in _cases(side, options.kind, options.registers):
                if _too_late(begun, f"{side}: {kind}, {registers} registers a device"):
                    continue
                with alone():
                    loads.append(measure(SIDES[side], kind, registers))
                print(table.load_row(loads[-1]), flush=True)
        print("", *table.ratios(loads, Wellhead.name, ThingsBoard.name), "", sep="\n")
    if options.skip != "faults" and not options.kind:
        print(table.FAULT_HEAD, flush=True)
        for number, fault in enumerate(FAULTS, 1):
            for side in sides if options.fault in (None, number) else ():
                if not _too_late(begun, f"{side}: fault {number}"):
                    print(table.fault_row(fault(SIDES[side])), flush=True)
    return 0


def _too_late(begun: float, what: str) -> bool:
    late = time.monotonic() - begun > SECONDS
    if late:
        print(f"not begun after {SECONDS:.0f} s: {what}", flush=True)
    return late


def _cases(side: str, kind: str | None, registers: list[int] | None) -> list[tuple[str, int]]:
    if kind and registers:
        return [(kind, count) for count in registers]
    return [case for case in SAME + MORE[side] if kind in (None, case[0])]


def _quiet(*_: object) -> structlog.PrintLogger:
    """What the embedded server's start says is not part of the table."""
    return structlog.PrintLogger(sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
