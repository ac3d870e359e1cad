"""A log line for refused records: the first of each reason at once, the rest counted and named once a minute.

Guarantee: whatever floods in, a partition writes at most one line a minute for each reason.

    calls/3: 1 record refused as case_full: its case has 10000 events
    calls/3: 48211 records refused as case_full in 60 s: its case has 10000 events
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

from streams.dead_letters import DeadLetter

logger = logging.getLogger(__name__)

LINE_SECONDS: Final = 60.0


class RefusalLog:
    """The lines of one partition."""

    def __init__(self, label: str, clock: Callable[[], float] = monotonic) -> None:
        """Prepare; label: the partition for people; clock: seconds."""
        self._label = label
        self._clock = clock
        self._written: dict[str, float] = {}
        self._counts: Counter[str] = Counter()

    def note(self, letters: Sequence[DeadLetter]) -> None:
        """Take note of the dead letters of a slice."""
        if not letters:
            return
        now = self._clock()
        self._counts.update(letter.reason for letter in letters)
        for reason, detail in {letter.reason: letter.detail for letter in letters}.items():
            written = self._written.get(reason)
            if written is not None and now - written < LINE_SECONDS:
                continue
            number = self._counts.pop(reason)
            since = "" if written is None else f" in {now - written:.0f} s"
            records = "1 record" if number == 1 else f"{number} records"
            logger.warning("%s: %s refused as %s%s: %s", self._label, records, reason, since, detail)
            self._written[reason] = now
