"""Three faults that every site has seen, and what each gateway makes of them.

Five devices of 20 registers a second: nothing here is about speed. What must be there in the end
is compared, reading by reading, with the responder's journal of what it answered.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from peers.accounting import judge, worst_pause
from peers.load import until_running
from peers.responder import Field, field
from peers.side import PERIOD_S, Side, Workload

_DEVICES = 5
_REGISTERS = 20
_SILENT = 3
_AWAY_S = 20.0
_UNDER_WAY_S = 1.0
"""What is read this shortly before a kill may still be on its way to the disk."""
_PATIENCE_S = 60.0
_TOO_LONG_S = 2.0
"""Without a new reading of a register that is read every second."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway made of a fault, in words."""

    name: str
    fault: str
    passed: bool
    text: str


def killed_with_the_destination_down(make: Callable[[], Side]) -> Outcome:
    """Started with the destination away, killed 8 s later, started again with it there: is what
    was read before the kill delivered?"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.npy"
        with field(_DEVICES, journal=path) as devices:
            side = make()
            try:
                side.prepare(Workload(tuple((p, 1) for p in devices.ports), _REGISTERS, True))
                side.commission()
                side.destination(False)
                begun = time.time()
                side.start()
                time.sleep(8)
                killed = time.time()
                side.kill()
                side.destination(True)
                side.start()
                time.sleep(_UNDER_WAY_S)
                fault = "destination down at boot, then kill -9"
                return _delivered(side, fault, devices, begun, killed - _UNDER_WAY_S)
            finally:
                side.close()


def destination_away(make: Callable[[], Side]) -> Outcome:
    """The destination is away for 20 s while readings are taken: is anything lost, is the order
    kept?"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.npy"
        with field(_DEVICES, journal=path) as devices:
            side = make()
            try:
                side.prepare(Workload(tuple((p, 1) for p in devices.ports), _REGISTERS, True))
                side.start()
                until_running(side)
                begun = time.time() + 1
                time.sleep(4)
                side.destination(False)
                time.sleep(_AWAY_S)
                side.destination(True)
                ended = time.time() + 1
                time.sleep(2)
                fault = f"destination down for {_AWAY_S:.0f} s"
                return _delivered(side, fault, devices, begun, ended)
            finally:
                side.close()


def one_silent_unit(
    make: Callable[[], Side], timeout: float = 0.5, one_line: bool = True
) -> Outcome:
    """Five units behind one address, of which one never answers: do the others keep their pace?"""
    with field(1, silent=_SILENT) as devices:
        side = make()
        try:
            units = range(1, _DEVICES + 1)
            ports = tuple((devices.ports[0], unit) for unit in units)
            side.prepare(Workload(ports, _REGISTERS, True, timeout, one_line))
            side.start()
            begun = time.time() + 6
            ended = begun + 14
            time.sleep(ended - time.time())
            time.sleep(2)
            kept = side.delivered()
        finally:
            side.close()
    ours = kept.only((kept.read >= begun * 1e3) & (kept.read < ended * 1e3))
    offered = (_DEVICES - 1) * _REGISTERS * (ended - begun) / PERIOD_S
    share = len(ours.read) / offered
    pause = worst_pause(ours, begun, ended) if len(ours.read) else ended - begun
    text = f"{share:.0%} of the other four's values, longest pause {pause:.1f} s"
    fault = f"one silent unit of five, time-out {timeout:g} s"
    return Outcome(side.name, fault, share > 0.9 and pause < _TOO_LONG_S, text)


FAULTS: tuple[Callable[[Callable[[], Side]], Outcome], ...] = (
    killed_with_the_destination_down,
    one_silent_unit,
    partial(one_silent_unit, timeout=3.0, one_line=False),
    destination_away,
)


def _delivered(side: Side, fault: str, devices: Field, begun: float, ended: float) -> Outcome:
    """Wait until all that was read between the two times has arrived, as long as it may take."""
    back, pause = time.monotonic(), 1.0
    journal = devices.end()
    assert journal is not None
    expected = journal.between(begun * 1e3, ended * 1e3)
    while True:
        time.sleep(pause)
        verdict = judge(expected, side.delivered())
        took = time.monotonic() - back
        if not verdict.lost or took > _PATIENCE_S:
            break
    when = f"all there after {took:.0f} s" if not verdict.lost else f"after {took:.0f} s"
    text = (
        f"{verdict.lost} of {verdict.expected} lost, {verdict.doubled} twice, "
        f"{verdict.disordered} out of order, {when}"
    )
    return Outcome(side.name, fault, verdict.passed, text)
