"""Client libraries log thousands of lines in an outage; here they become one line a minute.

Guarantee: the first trouble is logged at once, then at most one line a minute, with the newest message and
the number of those folded; nothing below WARNING of the libraries is logged. The newest trouble can be asked
for, so that readiness can say why.

Worked: a broker away for 150 s gives three lines: "Kafka: Unable connect to node 1 (0 more messages)", after
a minute "… (2183 more messages)", after two "… (2201 more messages)".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

logger = logging.getLogger(__name__)

LIBRARY_LOGGERS: Final = ("aiokafka", "faust", "mode")
LINE_SECONDS: Final = 60.0
TROUBLE_SECONDS: Final = 10.0


class TroubleLog:
    """One line a minute about what is wrong with Kafka, or with another server, whoever noticed it."""

    def __init__(self, clock: Callable[[], float] = monotonic, *, server: str = "Kafka") -> None:
        """Start without trouble; server: what the lines begin with."""
        self._clock = clock
        self._server = server
        self._line_at = -LINE_SECONDS
        self._noted_at = -TROUBLE_SECONDS
        self._newest = ""
        self._folded = 0

    def note(self, message: str) -> None:
        """Take in one message of trouble."""
        now = self._clock()
        first_line = message.partition("\n")[0]
        self._newest, self._noted_at = first_line, now
        if now - self._line_at < LINE_SECONDS:
            self._folded += 1
            return
        logger.warning("%s: %s (%d more messages)", self._server, first_line, self._folded)
        self._line_at, self._folded = now, 0

    def clear(self) -> None:
        """Say that what was noted is over."""
        self._noted_at = -TROUBLE_SECONDS

    @property
    def current(self) -> str | None:
        """What is wrong at the moment; None where nothing was noted for 10 s."""
        return self._newest if self._clock() - self._noted_at < TROUBLE_SECONDS else None


class _FoldingHandler(logging.Handler):
    def __init__(self, trouble: TroubleLog) -> None:
        super().__init__(logging.WARNING)
        self._trouble = trouble

    def emit(self, record: logging.LogRecord) -> None:
        self._trouble.note(record.getMessage())


@contextmanager
def folded_client_logs(trouble: TroubleLog) -> Iterator[None]:
    """Send what the client libraries log to `trouble` while the context is open."""
    handler = _FoldingHandler(trouble)
    before = [
        (name, logging.getLogger(name).level, logging.getLogger(name).propagate) for name in LIBRARY_LOGGERS
    ]
    for name in LIBRARY_LOGGERS:
        library = logging.getLogger(name)
        library.addHandler(handler)
        library.setLevel(logging.WARNING)
        library.propagate = False
    try:
        yield
    finally:
        for name, level, propagates in before:
            library = logging.getLogger(name)
            library.removeHandler(handler)
            library.setLevel(level)
            library.propagate = propagates
