"""Numbers for Prometheus, of all processes on this machine together.

Each process keeps its own in files of `<data_dir>/metrics`, and whichever web process is asked adds
them up. prometheus_client decides at its import whether it does so: `share` comes before that.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "wellhead_"


def share(data_dir: Path) -> None:
    """Have this process, and those it starts, count in the files of `data_dir`; what processes
    that are gone left there is removed."""
    folder = data_dir / "metrics"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_the_gone(folder, "*.db")
    os.environ[_VARIABLE] = str(folder)


def counter(name: str, about: str, labels: Sequence[str] = ()) -> "Counter":
    """A number that only grows. name: `<plugin>_<what>_total`; the prefix wellhead_ is added."""
    from prometheus_client import Counter

    return Counter(_PREFIX + name, about, labels)


def gauge(name: str, about: str, labels: Sequence[str] = ()) -> "Gauge":
    """A number that goes up and down, added up over the processes that live."""
    from prometheus_client import Gauge

    return Gauge(_PREFIX + name, about, labels, multiprocess_mode="livesum")


def histogram(name: str, about: str, labels: Sequence[str] = ()) -> "Histogram":
    """How often a measure (seconds, as a rule) fell into which range."""
    from prometheus_client import Histogram

    return Histogram(_PREFIX + name, about, labels)


def exposition() -> bytes:
    """All numbers in Prometheus's text format; of this process alone where none are shared."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    folder = os.environ.get(_VARIABLE)
    if folder is None:
        return generate_latest(REGISTRY)
    _forget_the_gone(Path(folder), "gauge_live*.db")
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _forget_the_gone(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)
