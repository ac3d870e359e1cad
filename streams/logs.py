"""Logs of the whole process, one JSON object a line off a terminal and coloured text on one.

Guarantee: in an outage the client libraries (aiokafka, kafka, faust, mode, librdkafka) write at most one line
a minute together, with the number of those left out: `repeated=599` instead of 600 lines. A crash that is no
matter of connections is not hidden by that: each kind of it has its own minute. This program's own loggers
always write.

Cost: one dictionary of at most 256 kinds; a line that is left out costs about 2 µs.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from asyncio import CancelledError
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TextIO

import structlog
from structlog.typing import Processor

FLOODING_LIBRARIES: Final = ("aiokafka", "kafka", "faust", "mode", "librdkafka")
FOLD_SECONDS: Final = 60.0
KINDS_KEPT: Final = 256
CONNECTIONS: Final = "connections"

_VARYING: Final = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?", re.IGNORECASE)


class FloodGate(logging.Filter):
    """Let one line a minute of the client libraries through, with a count of the rest.

    Lines about connections are all of one kind, whatever they say. An exception of another sort is a kind of
    its own, told apart by logger, type and text without its numbers; the kind seen least recently is
    forgotten where there are too many.

    clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written; `repeated` on it is how many were left out before it."""
        if record.name.partition(".")[0] not in FLOODING_LIBRARIES:
            return True
        kind, now = _kind(record), self._clock()
        passed, left_out = self._passed.get(kind, (float("-inf"), 0))
        is_due = now - passed >= FOLD_SECONDS
        self._passed[kind] = (now, 0) if is_due else (passed, left_out + 1)
        self._passed.move_to_end(kind)
        if len(self._passed) > KINDS_KEPT:
            self._passed.popitem(last=False)
        if is_due and left_out:
            record.repeated = left_out
        return is_due


def _kind(record: logging.LogRecord) -> str:
    """Return what shares a line a minute: everything about connections, or one sort of crash."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or isinstance(error, OSError | TimeoutError | CancelledError):
        return CONNECTIONS
    library = type(error).__module__.partition(".")[0]
    if library in FLOODING_LIBRARIES:
        return CONNECTIONS
    return f"{record.name} {type(error).__name__} {_VARYING.sub('#', record.getMessage())}"


def set_up_logs(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send all logs of the process to one stream, replacing what was set up before.

    level: of the standard library; client libraries write warnings or worse. stream: None is standard error.
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
    handler.addFilter(FloodGate())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=["repeated"])],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(is_terminal=is_terminal),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in FLOODING_LIBRARIES:
        logging.getLogger(library).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)


def _rendering(*, is_terminal: bool) -> list[Processor]:
    if is_terminal:
        return [structlog.dev.ConsoleRenderer(colors=True)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
