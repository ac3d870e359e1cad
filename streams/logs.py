"""Logs of the whole process, one JSON object a line off a terminal and coloured text on one.

Guarantee: structlog's loggers and the standard library's give the same keys; a traceback stays on its line.
What client libraries log in an outage is folded by `streams.client_logs` while the processor runs; the other
commands get kafka-python's troubles as exceptions and silence its logger (`kafka_access.one_line_errors`).

Worked: structlog.get_logger("x").info("started", partition=3) gives {"partition": 3, "event": "started",
"level": "info", "logger": "x", "timestamp": "2026-03-02T08:00:00.000000Z"}.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor


def set_up_logs(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send all logs of the process to one stream, replacing what was set up before.

    level: of the standard library, for all loggers. stream: None is standard error.
    """
    target = sys.stderr if stream is None else stream
    is_terminal = target.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if is_terminal else "iso", utc=not is_terminal),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(is_terminal=is_terminal),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)


def _rendering(*, is_terminal: bool) -> list[Processor]:
    if is_terminal:
        return [structlog.dev.ConsoleRenderer(colors=True)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
