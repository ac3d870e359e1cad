"""Adding up the parts of partitions tick after tick: what stayed the same is not added again.

Law: what is returned equals adding all moments with `MomentParts.add` and taking compounds apart, whatever
was merged before.

A partition gives the same object for the sums of a (channel, queue) until they change, and for its state, so
a glance tells; what has changed follows by its changes.
Cost: with 8 partitions, 5 windows and 200 queues, 1 ms for the glances and 10 µs for each sum that has
changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregators.compounds import expand_parts
from aggregators.measures import Parts, Series, add_parts
from aggregators.parts import MomentParts, StateParts
from aggregators.steps import Steps, finished
from aggregators.sums import Sums, change_between


class _Sum:
    """The sums of one window and series over partitions, in plain measures, and of what they are."""

    __slots__ = ("addends", "parts")

    def __init__(self, addends: Sequence[Parts]) -> None:
        total = dict(addends[0])
        for parts in addends[1:]:
            add_parts(total, parts)
        self.addends = addends
        self.parts = Sums(expand_parts(total))

    def follow(self, addends: Sequence[Parts]) -> None:
        """Take over further addends of as many partitions, most of them the objects that they were."""
        total: Parts = {}
        for mine, theirs in zip(self.addends, addends, strict=True):
            if mine is not theirs:
                add_parts(total, change_between(mine, theirs))
        self.addends = addends
        if total:
            self.parts = self.parts.followed_by(expand_parts(total))


class Merging:
    """Merges the moments of the same partitions again and again."""

    __slots__ = ("_states", "_sums")

    def __init__(self) -> None:
        self._sums: dict[tuple[str, Series], _Sum] = {}
        self._states: dict[Series, tuple[Sequence[StateParts], StateParts]] = {}

    def merged(self, moments: Sequence[MomentParts]) -> MomentParts:
        """Return the sum of moments in plain measures, without what is 0; nobody may change it or them."""
        return finished(self.merging(moments))

    def merging(self, moments: Sequence[MomentParts]) -> Steps[MomentParts]:
        """Return the same in steps of a sum."""
        total = MomentParts()
        gathered: dict[tuple[str, Series], list[Parts]] = {}
        for moment in moments:
            total.add_labels(moment)
            for label, rows in moment.windows.items():
                total.windows.setdefault(label, {})
                for series, parts in rows.items():
                    gathered.setdefault((label, series), []).append(parts)
        before, self._sums = self._sums, {}
        for place, addends in gathered.items():
            known = before.get(place)
            if known is None or len(known.addends) != len(addends):
                known = _Sum(addends)
            else:
                known.follow(addends)
            self._sums[place] = known
            if known.parts:
                total.windows[place[0]][place[1]] = known.parts
            yield
        total.states = self._merged_states(moments)
        return total

    def _merged_states(self, moments: Sequence[MomentParts]) -> dict[Series, StateParts]:
        gathered: dict[Series, list[StateParts]] = {}
        for moment in moments:
            for series, state in moment.states.items():
                gathered.setdefault(series, []).append(state)
        before, self._states = self._states, {}
        for series, addends in gathered.items():
            known = before.get(series)
            if known is None or not _are_the_same(known[0], addends):
                total = StateParts()
                for state in addends:
                    total.add(state)
                known = (addends, total)
            self._states[series] = known
        return {series: state for series, (_, state) in self._states.items()}


def _are_the_same(known: Sequence[object], addends: Sequence[object]) -> bool:
    return len(known) == len(addends) and all(
        mine is theirs for mine, theirs in zip(known, addends, strict=True)
    )
