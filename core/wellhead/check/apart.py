"""The check in a process of its own: a plugin that hangs, exits or crashes breaks a rule, and the
check still comes to its end.

The process is a fork, so that it sees the same `sys.path`; nothing of a plugin is imported before.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from wellhead.check.judge import Verdict, judge
from wellhead.check.server import Server
from wellhead.errors import WellheadError
from wellhead.settings import Settings


def judge_apart(
    target: str, settings: Settings, limit: float, database_url: str | None = None
) -> Iterator[Verdict]:
    """As `judge`; when no verdict comes for `limit` seconds, or the process ends before its time,
    the last verdict says so. What the plugin prints goes to stderr.

    database_url: as `Server` takes it
    """
    with TemporaryDirectory(prefix="wh-check-") as folder:
        server = Server(Path(folder), database_url)
        try:
            yield from _judge(target, settings, limit, server)
        finally:
            server.stop()  # here, since the process that started it may be killed


def _judge(target: str, settings: Settings, limit: float, server: Server) -> Iterator[Verdict]:
    fork = get_context("fork")
    verdicts, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=_send, args=(sender, target, settings, server))
    process.start()
    sender.close()
    plugin, last = target, "the start"
    try:
        while verdicts.poll(limit):
            sent = verdicts.recv()
            if sent is None:
                return
            if isinstance(sent, str):
                raise WellheadError(sent)
            plugin, last = sent.plugin, f"the verdict on {sent.rule}"
            yield sent
        yield _cut(
            plugin,
            f"its code held the check for {limit:g} s after {last}; wait for nothing without a "
            "time-out, or give the check more time with --limit",
        )
    except EOFError:
        process.join(limit)
        yield _cut(
            plugin,
            f"its code ended the process after {last}, with status {process.exitcode}; raise an "
            "error instead, and see stderr",
        )
    finally:
        _end(process.pid)
        process.join()
        verdicts.close()


def _send(sender: Connection, target: str, settings: Settings, server: Server) -> None:
    os.setsid()  # one group with what the rules start, to be ended together
    os.dup2(2, 1)
    try:
        for verdict in judge(target, settings, server):
            sender.send(verdict)
    except WellheadError as error:
        sender.send(str(error))
    else:
        sender.send(None)


def _end(pid: int | None) -> None:
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # it may have no group yet
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _cut(plugin: str, text: str) -> Verdict:
    title = "The check of the plugin comes to its end"
    return Verdict(plugin, "ends", title, "fail", (text,), "docs/plugin-check.md#ends")
