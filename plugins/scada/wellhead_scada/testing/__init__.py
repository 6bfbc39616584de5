"""The test kit of scanning: an engine over devices in memory. For authors of drivers too."""

from wellhead.testing import Fault, FaultProxy
from wellhead_scada.testing.bench import Bench, device, group, play
from wellhead_scada.testing.field import Line, MemoryDriver, MemoryField, Mode, TurnedClock
from wellhead_scada.testing.sender import SendingDriver, SendingField

__all__ = [
    "Bench",
    "Fault",
    "FaultProxy",
    "Line",
    "MemoryDriver",
    "MemoryField",
    "Mode",
    "SendingDriver",
    "SendingField",
    "TurnedClock",
    "device",
    "group",
    "play",
]
