"""What hearing Sparkplug data costs, from a payload's bytes to columns for the engine, in one run.

The limit: a loop that parses the same payloads with protobuf and reads alias, time and value of
each metric into three numpy arrays, and knows no births, order, datatypes, nulls or qualities.
What counts are the ratio and the CPU time a metric.

    python bench/sparkplug_hear.py [--messages 2000] [--rounds 7]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import Payload
from wellhead_scada_mqtt.sparkplug.host import Host
from wellhead_scada_mqtt.sparkplug.topics import Topic

NOW_MS = 1_700_000_000_000
SIZES = (1, 50, 500)
MOST = 6.0
"""Times the limit's CPU time that 50 metrics a message may take."""


def payloads(metrics: int) -> list[bytes]:
    """One of each sequence number after a birth's."""
    return [
        write.payload(
            [
                write.metric("float32", n * 1.5, alias=n, time=NOW_MS + n, typed=False)
                for n in range(metrics)
            ],
            NOW_MS,
            (seq + 1) % 256,
        )
        for seq in range(256)
    ]


def born(metrics: int) -> Host:
    """A host that listens to a node with so many metrics."""
    address = {"group": "g", "node": "n", "device": None}
    points = [
        sdk.Point(n, f"m{n}", "float32", {**address, "metric": f"m{n}"}) for n in range(metrics)
    ]
    host = Host(2.0, 5.0)
    host.watch([sdk.PushGroup("all", 1.0, tuple(points))])
    birth = [
        write.metric("float32", 0.0, name=f"m{n}", alias=n, time=NOW_MS) for n in range(metrics)
    ]
    host.hear(Topic("g", "NBIRTH", "n"), write.payload(birth, NOW_MS, 0), 0.0)
    return host


def parse(data: bytes) -> None:
    """The limit."""
    metrics = list(Payload.FromString(data).metrics)
    np.array([metric.alias for metric in metrics], np.int64)
    np.array([metric.timestamp for metric in metrics], np.int64)
    np.array([metric.float_value for metric in metrics], np.float64)


def cpu(work: Callable[[bytes], object], messages: Sequence[bytes], count: int) -> float:
    """Seconds of CPU a message."""
    begun = time.process_time()
    for n in range(count):
        work(messages[n % 256])
    return (time.process_time() - begun) / count


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=2_000)
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    failed = False
    for size in SIZES:
        messages, limits, ours = payloads(size), [], []
        count = max(256, given.messages // max(1, size // 50)) // 256 * 256
        for _ in range(given.rounds):
            host, topic = born(size), Topic("g", "NDATA", "n")
            limits.append(cpu(parse, messages, count))
            ours.append(cpu(lambda data: host.hear(topic, data, 0.0), messages, count))  # noqa: B023
        limit, own = statistics.median(limits), statistics.median(ours)
        failed = failed or (size == 50 and own > MOST * limit)
        print(
            f"{size:4} metrics a message: {own * 1e6:7.1f} µs a message, {own / size * 1e6:6.2f} a "
            f"metric; limit {limit * 1e6:6.1f} µs; {own / limit:.1f} times"
        )
    print("too slow" if failed else "ok")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
