"""As of which moment a partition may say that a deadline has passed, and whether what it reads is history.

Guarantee: the moment is never later than the one at which the broker last said how far the log reaches, so a
broker that is away lets no deadline pass. While the log is being caught up with, time is what the log says.

    wall clock 10:00:00, everything read, heard of the broker 9:59:59.8    now = 9:59:59.8
    25,000 records behind, newest event 8:30                               now = 8:30, catching up
    nothing behind, but what came last is of 8:30 (a replay)               now = 8:30, catching up

Cost: nothing to speak of, once a checkpoint.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from aggregators.announcements import Occasion

OLD_RECORD: Final = 10_000
"""Milliseconds: who is behind and reads records older than this is catching up."""
OLD_EVENT: Final = 60_000
"""Milliseconds: events that far behind the clock are history, even when they come now."""


class Progress(Struct, frozen=True):
    """How far a partition is.

    heard: where the last fetch found the end, and when that was (s), None before it; applied: next offset to
    fold; watermark: newest event time (ms); newest_record: Kafka timestamp of the newest record folded (ms);
    has_folded: whether something was folded since the last checkpoint.
    """

    heard: tuple[int, float] | None
    applied: int
    watermark: int | None
    newest_record: int | None
    has_folded: bool


def occasion_of(progress: Progress, wall_now: int, event_now: int | None) -> Occasion | None:
    """Return the occasion on which a partition announces, None while it cannot tell how late it is.

    event_now: with the event clock, the newest event time of any partition; None with the wall clock.
    """
    if progress.heard is None or progress.watermark is None:
        return None
    end, heard_at = progress.heard
    if event_now is not None:
        if progress.applied < end:
            return Occasion(progress.watermark, is_catching_up=True)
        return Occasion(event_now)
    now = min(wall_now, int(heard_at * 1000))
    is_behind = progress.applied < end and (progress.newest_record or 0) < now - OLD_RECORD
    is_history = progress.has_folded and progress.watermark < now - OLD_EVENT
    if is_behind or is_history:
        return Occasion(min(now, progress.watermark), is_catching_up=True)
    return Occasion(now)
