"""Cases whose newest event lies so near the watermark that the reader's clock may not have reached it.

Guarantee: every case with an event later than the watermark less `RECENT` is among them; a name may stand
here several times and for events that are no longer its newest. Cost: 70 bytes a note.
"""

from __future__ import annotations

from typing import Final

from aggregators.bounds import WARM_CASES

RECENT: Final = 600_000
"""How far below the watermark a newest event may lie and still count as one that the reader's clock may not
have reached: twice the skew that the edge admits."""


class RecentCases(list[tuple[int, str]]):
    """(newest event in ms, case) of one partition."""

    __slots__ = ()

    def note(self, last: int, name: str, watermark: int | None) -> None:
        """Note a case unless its newest event is old."""
        if watermark is None or last > watermark - RECENT:
            self.append((last, name))

    def forget(self, watermark: int) -> None:
        """Let go of what has become old or stands here twice, once there is much of it."""
        if len(self) > 4 * WARM_CASES:
            self[:] = {name: (last, name) for last, name in self if last > watermark - RECENT}.values()
