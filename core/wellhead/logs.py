"""Structured logs: one line of text or one JSON object an event, on standard error."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from wellhead.settings.model import LogSettings

_BACKGROUND = re.compile(r"\s*\(Background on this error at: \S+\)")  # SQLAlchemy's


def on_one_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What a database or a library says over several lines, as one: a line is an event."""
    for key, value in event.items():
        if isinstance(value, str) and "\n" in value:
            event[key] = " ".join(_BACKGROUND.sub("", value).split())
    return event


def configure_logs(settings: LogSettings, role: str) -> None:
    """Send structlog and the standard library's loggers through one format.

    role: the process (`web`, `gateway`), on every line
    """

    def add_role(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("role", role)
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        add_role,
        on_one_line,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.format == "json":
        end: list[Any] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    else:
        end = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # locals may hold secrets
            )
        ]
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    structlog.configure(
        processors=[*shared, *end],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    for chatty in ("alembic", "apscheduler", "asyncua"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
