"""What was measured, as it is printed: Markdown, so that it can be kept as it is."""

import platform
from collections.abc import Sequence
from pathlib import Path

import psutil

from peers.faults import Outcome
from peers.load import BATCHED, IN_FLIGHT_KIND, UNBATCHED, Load


def machine() -> str:
    """What the numbers hold for."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    busy = psutil.getloadavg()[0]
    return (
        f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, load {busy:.1f}"
    )


def load_row(load: Load) -> str:
    cpu = " + ".join(f"{value:.1f}" for value in load.cpu.values())
    rss = " + ".join(f"{size / 2**20:.0f}" for size in load.rss.values())
    kept = f"{load.kept:,.0f}" + ("" if load.sustained else " (overloaded)")
    return (
        f"| {load.name} | {load.kind} | {load.offered:,.0f} "
        f"| {kept} | {cpu} | {rss} | {load.middle:.0f} / {load.high:.0f} |"
    )


LOAD_HEAD = (
    "| gateway | requests | offered, values/s | kept, values/s | CPU µs a value | own MiB "
    "| stored − read, ms, p50 / p99 |\n|---|---|---|---|---|---|---|"
)
FAULT_HEAD = "| gateway | fault | | |\n|---|---|---|---|"


def fault_row(outcome: Outcome) -> str:
    verdict = "passed" if outcome.passed else "**failed**"
    return f"| {outcome.name} | {outcome.fault} | {verdict} | {outcome.text} |"


def best(loads: Sequence[Load], name: str, kinds: Sequence[str]) -> float:
    """The most values a second that a gateway kept, at any load of these kinds. More than what is
    offered is work left behind by the start, or a scan more that fell into the time."""
    rates = [
        min(load.kept, load.offered) for load in loads if load.name == name and load.kind in kinds
    ]
    return max(rates, default=0.0)


def ratios(loads: Sequence[Load], ours: str, theirs: str) -> list[str]:
    """The most that was kept, ours over theirs."""
    lines = []
    for name, kinds, goal in (
        ("unbatched", (UNBATCHED, IN_FLIGHT_KIND), 10),
        ("batched", (BATCHED,), 5),
    ):
        mine, other = best(loads, ours, kinds), best(loads, theirs, kinds)
        if mine and other:
            lines.append(
                f"{name}: {mine:,.0f} against {other:,.0f} values/s kept at the most, "
                f"ratio {mine / other:.1f} (goal {goal})"
            )
    return lines
