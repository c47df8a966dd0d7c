"""The log: one line an event on standard error, for people or for machines."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import Processor


def configure(style: Literal["console", "json"], *, debug: bool = False) -> None:
    """Send structlog's events and the standard library's to standard error, in one shape.

    Standard output stays free for what a command answers.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Tracebacks without local variables: those hold passwords and keys.
    renderer: list[Processor]
    if style == "json":
        renderer = [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        renderer = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    # One line per tick or per request to another server is noise until something is wrong.
    for chatty in ("apscheduler", "asyncio", "httpx", "httpcore", "markdown_it"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Our own lines do not go through the standard library: a request's would cost as much as a
    # query, and there is nobody there for it to meet.
    structlog.configure(
        processors=[*shared, *renderer],
        logger_factory=_Line,
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=True,
    )


class _Line(structlog.WriteLogger):
    """Writes lines to standard error, as whoever asked for it by name."""

    def __init__(self, name: str = "tracker") -> None:
        super().__init__(sys.stderr)
        self.name = name
