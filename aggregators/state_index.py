"""The state now of one partition, kept in sorted structures: reading it never scans the open cases.

Law: for any set of statuses and any moment, `states` equals adding every status with `add_status`.
Cost: a case that changes costs a few insertions into sorted lists; reading costs O(series · log n).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Final

from aggregators.configuration import Configuration, SlaName
from aggregators.events import Topic
from aggregators.measures import Series
from aggregators.parts import BACKLOG_CLASSES, MomentParts, SlaParts, StateParts
from aggregators.state_parts import FIFTEEN_MINUTES, SIXTY_MINUTES, STATE_INDEX, is_stale, threshold_of
from aggregators.status import Status

_FOR_EVER: Final = 1 << 62


class _SeriesIndex:
    """The open cases of one series. All lists are sorted moments in milliseconds."""

    __slots__ = ("_from", "_parts", "_until", "deadlines", "leg_waits", "open_cases", "waits")

    def __init__(self) -> None:
        self.open_cases = [0, 0, 0, 0]
        self.waits: list[int] = []
        self.leg_waits: list[int] = []
        self.deadlines: dict[SlaName, list[int]] = {}
        self._parts = StateParts()
        self._from = self._until = 0

    def is_in_use(self) -> bool:
        """Say whether a case has a state, or a deadline, here."""
        return any(self.open_cases) or any(self.deadlines.values())

    def has_changed(self) -> None:
        """Forget what was read."""
        self._until = self._from

    def parts(self, now: int) -> StateParts:
        """Return the additive state of this series at a moment; nobody may change it.

        It is the same object until a case changes here or time lets a wait or a deadline go on.
        """
        if self._from <= now < self._until:
            return self._parts
        waits, until = self.waits, _FOR_EVER
        # Waits of class k and above began at or before now − bound: class sizes are differences of places.
        reached = [bisect_right(waits, now - bound) for _, bound in BACKLOG_CLASSES]
        for (_, bound), place in zip(BACKLOG_CLASSES, reached, strict=True):
            if place < len(waits):
                until = min(until, waits[place] + bound)
        reached[0] = len(waits)
        sla: dict[SlaName, SlaParts] = {}
        for name, deadlines in self.deadlines.items():
            if deadlines:
                sla[name], change = _sla_parts(deadlines, now)
                until = min(until, change)
        self._from, self._until = now, until
        self._parts = StateParts(
            open_cases=list(self.open_cases),
            backlog=[here - above for here, above in zip(reached, [*reached[1:], 0], strict=True)],
            longest_since=waits[0] if waits else None,
            sla=sla,
        )
        return self._parts


def _sla_parts(deadlines: list[int], now: int) -> tuple[SlaParts, int]:
    """Return how the deadlines stand, and when time changes that."""
    passed, soon, later = [
        bisect_right(deadlines, now + ahead) for ahead in (0, FIFTEEN_MINUTES, SIXTY_MINUTES)
    ]
    until = _FOR_EVER
    for place, ahead in ((passed, 0), (soon, FIFTEEN_MINUTES), (later, SIXTY_MINUTES)):
        if place < len(deadlines):
            until = min(until, deadlines[place] - ahead)
    parts = SlaParts(
        within_15m=soon - passed,
        within_60m=later - passed,
        breached_open=passed,
        next_breach=deadlines[passed] if passed < len(deadlines) else None,
    )
    return parts, until


class StateIndex:
    """The statuses of the cases of one partition that have a state, by case id."""

    def __init__(self, topic: Topic, configuration: Configuration) -> None:
        self.topic = topic
        self.configuration = configuration
        self._max_open = configuration.max_open.get(topic)
        self._statuses: dict[str, Status] = {}
        self._series: dict[Series, _SeriesIndex] = {}
        self._agents: dict[str, int] = {}
        self._by_last: list[tuple[int, str]] = []

    def put(self, case: str, status: Status | None) -> None:
        """Set the status of a case; None, or one without a state, takes it out."""
        before = self._statuses.pop(case, None)
        if before is not None:
            self._change(case, before, -1)
        if status is not None and (status.state is not None or status.agent_state is not None):
            self._statuses[case] = status
            self._change(case, status, 1)

    def forget_unused(self) -> None:
        """Let go of the series in which nothing is open."""
        self._series = {
            series: index for series, index in self._series.items() if index.is_in_use() or index.leg_waits
        }

    def get(self, case: str) -> Status | None:
        """Return the status of a case as it was put."""
        return self._statuses.get(case)

    def statuses(self) -> list[tuple[str, Status]]:
        """Return every case with a state, and its status as it was put."""
        return list(self._statuses.items())

    def states(self, now: int) -> MomentParts:
        """Return the additive state at a moment; stale calls and chats are only counted as such."""
        stale = self._stale(now)
        for case, status in stale:
            self._change(case, status, -1)
        parts = MomentParts(agents={state: count for state, count in self._agents.items() if count})
        for series, index in self._series.items():
            if index.is_in_use():
                parts.states[series] = index.parts(now)
                parts.known.add(series)
        for case, status in stale:
            self._change(case, status, 1)
            channel = status.series[0]
            parts.stale[channel] = parts.stale.get(channel, 0) + 1
        return parts

    def overdue_waits(self, window_end: int) -> dict[Series, int]:
        """Return per series the contacts that wait longer than T at the end of the windows."""
        overdue: dict[Series, int] = {}
        for series, index in self._series.items():
            if index.leg_waits:
                threshold = threshold_of(series, self.topic, self.configuration)
                overdue[series] = bisect_left(index.leg_waits, window_end - threshold)
        for _, status in self._stale(window_end):
            for offered, series in status.waits:
                if window_end - offered > threshold_of(series, self.topic, self.configuration):
                    overdue[series] -= 1
        return {series: count for series, count in overdue.items() if count}

    def _stale(self, moment: int) -> list[tuple[str, Status]]:
        """Return the cases without an event for longer than `max_open`: the first ones by last event."""
        stale: list[tuple[str, Status]] = []
        for _, case in self._by_last:
            status = self._statuses[case]
            if not is_stale(status, self.topic, moment, self.configuration):
                break
            stale.append((case, status))
        return stale

    def _change(self, case: str, status: Status, sign: int) -> None:
        if status.agent_state is not None:
            self._agents[status.agent_state] = self._agents.get(status.agent_state, 0) + sign
            return
        index = self._index_of(status.series)
        index.has_changed()
        if status.state is not None:
            index.open_cases[STATE_INDEX[status.state]] += sign
        if status.since is not None:
            _change(index.waits, status.since, sign)
        for offered, series in status.waits:
            _change(self._index_of(series).leg_waits, offered, sign)
        for name, series, deadline in status.deadlines:
            of_deadline = self._index_of(series)
            of_deadline.has_changed()
            _change(of_deadline.deadlines.setdefault(name, []), deadline, sign)
        if self._max_open is not None:
            entry = (status.last, case)
            if sign > 0:
                insort(self._by_last, entry)
            else:
                del self._by_last[bisect_left(self._by_last, entry)]

    def _index_of(self, series: Series) -> _SeriesIndex:
        index = self._series.get(series)
        if index is None:
            index = self._series[series] = _SeriesIndex()
        return index


def _change(moments: list[int], moment: int, sign: int) -> None:
    if sign > 0:
        insort(moments, moment)
    else:
        del moments[bisect_left(moments, moment)]
