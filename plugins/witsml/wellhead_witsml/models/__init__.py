"""The plugin's tables, one module a subject."""

from wellhead_witsml.models.logs import Curve, Log, LogState
from wellhead_witsml.models.objects import Message, MudLog, ObjectLink, Risk
from wellhead_witsml.models.stores import Reader, Request, Store, StoreState, Write

MODELS = (
    Store,
    StoreState,
    Reader,
    Request,
    Write,
    ObjectLink,
    Log,
    LogState,
    Curve,
    Message,
    Risk,
    MudLog,
)

__all__ = [
    "MODELS",
    "Curve",
    "Log",
    "LogState",
    "Message",
    "MudLog",
    "ObjectLink",
    "Reader",
    "Request",
    "Risk",
    "Store",
    "StoreState",
    "Write",
]
