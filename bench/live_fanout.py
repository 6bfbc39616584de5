"""What a live message costs with 500 clients on several web processes, against the limit.

The limit: an asyncio server in one process that gives every client the same bytes, framed once,
ten times a second; it has no tickets, no subscriptions, no bus and no resuming. Against it: whole
web processes (gunicorn on gevent) that hear 100 tags every 100 ms over PostgreSQL, with clients
that came by ticket and subscribed, five different screens among them. The same clients, in a
process of their own, count what comes and how late. What counts is the CPU a message.

    python bench/live_fanout.py [--clients 500] [--webs 2] [--seconds 10]
"""

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from _server import databases, log_in, post, served

from wellhead import sdk
from wellhead.live.frames import encode_readings
from wellhead.testing import free_port
from wellhead_historian.testing import make_tags

TAGS, SCREENS, PERIOD = 100, 5, 0.1
FRAME_MS = 50.0
AGREED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
Result = dict[str, Any]


def scan_now(tags: Any) -> sdk.Batch:
    now = time.time_ns() // 1000
    good = np.full(len(tags), sdk.quality.GOOD, np.int16)
    values = np.round(np.arange(len(tags)) + now % 1_000_000 / 1e6, 2)
    return sdk.Batch.scan(1, now, tags, values, good)


def bare_server(port: int, tags: list[int]) -> None:
    """The limit, until it is ended."""
    writers: list[asyncio.StreamWriter] = []
    ids = np.array(tags, np.int32)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(AGREED)
        writers.append(writer)

    async def run() -> None:
        await asyncio.start_server(serve, "127.0.0.1", port, backlog=1000)
        while True:
            await asyncio.sleep(PERIOD)
            frame = encode_readings("frame", scan_now(ids), p="0" * 40)
            for writer in writers:
                writer.write(frame)

    asyncio.run(run())


@contextmanager
def clients(configuration: list[Result]) -> Iterator[Callable[[float], Result]]:
    """Connected; call with seconds to have what they counted in that time."""
    script = Path(__file__).with_name("_live_clients.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        send, hear = process.stdin, process.stdout

        def say(text: str) -> None:
            send.write(text + "\n")
            send.flush()

        def measure(seconds: float) -> Result:
            say("begin")
            time.sleep(seconds)
            say("end")
            found: Result = json.loads(hear.readline())
            return found

        try:
            say(json.dumps({"clients": configuration}))
            assert hear.readline() == "ready\n"
            yield measure
        finally:
            process.kill()


def cpu_of(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(each.user + each.system for each in times))


def measured(found: list[Result], processes: list[psutil.Process], seconds: float) -> Result:
    """One measurement by the clients of `found[0]`, with the CPU of `processes`."""
    before = cpu_of(processes)
    result: Result = found[0]["measure"](seconds)
    result["cpu_us"] = (cpu_of(processes) - before) / result["messages"] * 1e6
    return result


def limit(count: int, tags: list[int], seconds: float) -> Result:
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=bare_server, args=(port, tags))
    server.start()
    try:
        process = psutil.Process(server.pid)
        while not process.net_connections():
            time.sleep(0.01)
        with clients([{"port": port, "hello": []}] * count) as measure:
            return measured([{"measure": measure}], [process], seconds)
    finally:
        server.kill()
        server.join()


def wellhead(settings: sdk.Settings, webs: int, count: int, tags: Any, seconds: float) -> Result:
    context = multiprocessing.get_context("spawn")
    publisher = context.Process(target=publish, args=(settings, tags))
    with ExitStack() as stack:
        started = [stack.enter_context(served(settings)) for _ in range(webs)]
        token = log_in(started[0][0])
        configuration = []
        for number in range(count):
            url, _ = started[number % webs]
            ticket = post(f"{url}/api/v1/live/ticket", {}, token)["ticket"]
            screen = np.delete(tags, number % SCREENS).tolist()  # all but one tag: five groups
            hello = [{"type": "auth", "ticket": ticket}, {"type": "subscribe", "tags": screen}]
            texts = [json.dumps(message) for message in hello]
            configuration.append({"port": int(url.rpartition(":")[2]), "hello": texts})
        publisher.start()
        stack.callback(publisher.join)
        stack.callback(publisher.kill)
        measure = stack.enter_context(clients(configuration))
        every = [psutil.Process(pid) for _, pid in started]
        every += [child for process in every for child in process.children(recursive=True)]
        return measured([{"measure": measure}], every, seconds)


def publish(settings: sdk.Settings, tags: Any) -> None:
    """A scan of all tags every PERIOD, until it is ended."""
    with sdk.connect(settings, "default") as connection:
        due = time.monotonic()
        while True:
            sdk.publish_readings(connection, "default", scan_now(tags))
            due += PERIOD
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--webs", type=int, default=2, help="web processes")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with databases("live") as [settings]:
        with sdk.connect(settings, "default") as connection:
            tags = make_tags(connection, TAGS)
        bare = limit(options.clients, tags.tolist(), options.seconds)
        ours = wellhead(settings, options.webs, options.clients, tags, options.seconds)
    for name, found in (("raw asyncio", bare), (f"{options.webs} web processes", ours)):
        late = found["late_ms"]
        print(
            f"{name:18} {found['messages'] / options.seconds:8,.0f} messages/s  "
            f"{found['cpu_us']:6.1f} µs CPU each  "
            f"late p50 {late['p50']:.0f} p99 {late['p99']:.0f} ms"
        )
    print(f"ratio              {ours['cpu_us'] / bare['cpu_us']:8.2f}  (goal at most 3)")
    print(f"p99 over a frame   {ours['late_ms']['p99'] - FRAME_MS:8.0f} ms  (goal at most 50)")


if __name__ == "__main__":
    main()
