"""From the statuses of cases to the additive state of a moment.

`add_status` is the definition, used as it stands by `report`; the live index (aggregators.state_index) gives
the same sums from sorted structures, which a law checks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from aggregators.configuration import Configuration
from aggregators.events import Channel, Topic
from aggregators.measures import Series
from aggregators.parts import BACKLOG_CLASSES, CASE_STATES, MomentParts, SlaParts, StateParts, earliest
from aggregators.status import Status, Visit

FIFTEEN_MINUTES: Final = 900_000
SIXTY_MINUTES: Final = 3_600_000
STATE_INDEX: Final = {state: index for index, state in enumerate(CASE_STATES)}
CLASS_BOUNDS: Final = tuple(bound for _, bound in BACKLOG_CLASSES)


def backlog_class(age: int) -> int:
    """Return the index of the backlog class of a wait in milliseconds; a class includes its lower bound."""
    return max(0, bisect_right(CLASS_BOUNDS, age) - 1)


def is_stale(status: Status, topic: Topic, moment: int, configuration: Configuration) -> bool:
    """Say whether a call or chat has been without any event for longer than `max_open`."""
    limit = configuration.max_open.get(topic)
    return limit is not None and moment - status.last > limit


def add_status(
    into: MomentParts, status: Status, topic: Topic, now: int, configuration: Configuration
) -> None:
    """Add one case's status at a moment in milliseconds."""
    if status.agent_state is not None:
        into.agents[status.agent_state] = into.agents.get(status.agent_state, 0) + 1
        return
    if status.state is None:
        return
    if is_stale(status, topic, now, configuration):
        channel = status.series[0]
        into.stale[channel] = into.stale.get(channel, 0) + 1
        return
    parts = into.states.setdefault(status.series, StateParts())
    parts.open_cases[STATE_INDEX[status.state]] += 1
    if status.since is not None:
        parts.backlog[backlog_class(now - status.since)] += 1
        parts.longest_since = earliest(parts.longest_since, status.since)
    for name, series, deadline in status.deadlines:
        _add_deadline(
            into.states.setdefault(series, StateParts()).sla.setdefault(name, SlaParts()), deadline, now
        )


def add_waits(
    into: dict[Series, int], status: Status, topic: Topic, window_end: int, configuration: Configuration
) -> None:
    """Add the contacts of a case that wait longer than T at the end of the windows."""
    if not status.waits or is_stale(status, topic, window_end, configuration):
        return
    for offered, series in status.waits:
        if window_end - offered > threshold_of(series, topic, configuration):
            into[series] = into.get(series, 0) + 1


def waiting_at(end: int, visits: Sequence[Visit], moments: Sequence[int]) -> Status | None:
    """Return the status of a contact that waits in a queue at the end of a window, None where it does not.

    As everything of windows it follows from all events: what was stated later decides on channel and queue.
    An outcome exactly at the end counts as still waiting. moments: of the timeline, in order.
    """
    waits = [
        (offered, series)
        for offered, left, series in visits
        if offered < end and (left is None or left >= end)
    ]
    if not waits:
        return None
    last = moments[bisect_left(moments, end) - 1]
    return Status(state="awaiting_reply", series=waits[0][1], since=None, last=last, waits=tuple(waits))


def threshold_of(series: Series, topic: Topic, configuration: Configuration) -> int:
    """Return T of a series in milliseconds."""
    channel: Channel = series[0]  # type: ignore[assignment]  # series hold channels that the codec checked
    return configuration.service_level(series[1], channel, topic).threshold


def _add_deadline(parts: SlaParts, deadline: int, now: int) -> None:
    if deadline <= now:
        parts.breached_open += 1
        return
    parts.next_breach = earliest(parts.next_breach, deadline)
    parts.within_15m += deadline - now <= FIFTEEN_MINUTES
    parts.within_60m += deadline - now <= SIXTY_MINUTES
