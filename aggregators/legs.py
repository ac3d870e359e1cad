"""One queue visit of a call or chat: offered; answered, abandoned or exited; talk, hold and wrap-up.

A leg is a small state machine fed in timeline order; every step returns nothing and adds its facts.
Worked (scenario *transfer*): answered 10:00:12, hold 10:03:12-10:03:42, transferred 10:04:12, wrap-up done
10:04:32 gives talk 210 s, hold 30 s, wrap-up 20 s, handle 260 s at 10:04:32.
"""

from __future__ import annotations

from typing import Final

from aggregators.compounds import compound
from aggregators.configuration import Formula, ServiceLevel
from aggregators.events import Rank
from aggregators.facts import HOLD, TALK, WRAPUP, Facts
from aggregators.measures import Count, Distribution, Series
from aggregators.service_level import level_facts

UNOFFERED: Final = 0
WAITING: Final = 1
TALKING: Final = 2
WRAPPING_UP: Final = 3
HANDLED: Final = 4
EXITED: Final = 5
ABANDONED: Final = 6

EXIT_COUNTS: Final[dict[str, Count]] = {
    "timeout": Count.EXITED_TIMEOUT,
    "key": Count.EXITED_KEY,
    "empty": Count.EXITED_EMPTY,
    "voicemail": Count.EXITED_VOICEMAIL,
    "callback": Count.EXITED_CALLBACK,
    "overflow": Count.EXITED_OVERFLOW,
    "other": Count.EXITED_OTHER,
}

_COUNTS_OF_ENDS: Final = (
    (Count.ANSWERED,),
    (Count.ANSWERED, Count.ANSWERED_WITHIN),
    (Count.ABANDONED,),
    (Count.ABANDONED, Count.ABANDONED_WITHIN),
    (Count.ABANDONED, Count.SHORT_ABANDONED),
    (Count.ABANDONED, Count.ABANDONED_WITHIN, Count.SHORT_ABANDONED),
    (Count.EXITED,),
    (Count.EXITED, Count.EXITED_WITHIN),
)
"""Every way in which a wait can end: late or within T, abandons also short or not."""

_ANSWER_END, _ABANDON_END, _EXIT_END = 0, 2, 6
_WITHIN, _SHORT = 1, 2


def _answers(formula: Formula, *further: Count) -> tuple[int, int]:
    """Return what an answer later than T, and one within it, says: one fact for counts and wait."""
    late, within = (
        compound((*counts, *level_facts(formula, counts), *further), (Distribution.ANSWER, Distribution.WAIT))
        for counts in _COUNTS_OF_ENDS[_ANSWER_END:_ABANDON_END]
    )
    return late, within


_ANSWERS: Final = {formula: _answers(formula) for formula in Formula}
_FIRST_ANSWERS: Final = {formula: _answers(formula, Count.ASSIGNED) for formula in Formula}
"""The first answer of a case is its assignment too."""
_ABANDONS: Final = {
    formula: [
        compound((*counts, *level_facts(formula, counts)), (Distribution.ABANDON, Distribution.WAIT))
        for counts in _COUNTS_OF_ENDS[_ABANDON_END:_EXIT_END]
    ]
    for formula in Formula
}
_EXITS: Final = {
    formula: [
        {
            reason: compound((*counts, *level_facts(formula, counts), count))
            for reason, count in EXIT_COUNTS.items()
        }
        for counts in _COUNTS_OF_ENDS[_EXIT_END:]
    ]
    for formula in Formula
}
_HANDLED: Final = compound((Count.HANDLED,), (Distribution.HANDLE,))


class Leg:
    """One queue visit. Times in milliseconds; `deferred` are outcomes that came before the offer.

    left: when the wait ended, None until then; offer_position, answer_position: places of offer and answer
    in the timeline, which order what happened in one millisecond.
    """

    __slots__ = (
        "answer_position",
        "answered",
        "deferred",
        "held",
        "hold_since",
        "left",
        "offer_position",
        "offered",
        "phase",
        "series",
        "talk_ended",
        "target",
        "transferred",
    )

    def __init__(self) -> None:
        self.phase = UNOFFERED
        self.offered = self.offer_position = 0
        self.answered = self.answer_position = 0
        self.left: int | None = None
        self.talk_ended = 0
        self.held = 0
        self.hold_since = -1
        self.transferred = False
        self.deferred: list[tuple[int, str, int]] | None = None
        self.series: Series
        self.target: ServiceLevel

    def offer(self, time: int, series: Series, target: ServiceLevel) -> None:
        """Enter the queue: the wait starts."""
        self.phase = WAITING
        self.offered = time
        self.series = series
        self.target = target

    def ring(self, time: int, facts: Facts) -> None:
        """An agent did not pick up; after an answer or an abandon nothing rings any more."""
        if self.phase in (WAITING, EXITED):
            facts.append((time, self.series, int(Count.RING_NO_ANSWER), 1, 1))

    def answer(self, time: int, facts: Facts, *, is_first: bool) -> bool:
        """The wait ends, talk starts; is_first: of its case. Returns whether this was the leg's answer."""
        if self.phase != WAITING:
            return False
        self.phase = TALKING
        self.answered = self.left = time
        wait = time - self.offered
        target = self.target
        answers = (_FIRST_ANSWERS if is_first else _ANSWERS)[target.formula]
        facts.append((time, self.series, answers[wait <= target.threshold], wait, 1))
        return True

    def abandon(self, time: int, facts: Facts) -> bool:
        """The customer left while waiting. Returns whether the leg is abandoned by this."""
        if self.phase != WAITING:
            return False
        self.phase = ABANDONED
        self.left = time
        wait = time - self.offered
        target = self.target
        end = (_WITHIN if wait <= target.threshold else 0) + (_SHORT if wait < target.short_abandon else 0)
        facts.append((time, self.series, _ABANDONS[target.formula][end], wait, 1))
        return True

    def exit(self, time: int, reason: str, facts: Facts) -> None:
        """Leave the queue without answer and without hanging up."""
        if self.phase != WAITING:
            return
        self.phase = EXITED
        self.left = time
        is_within = time - self.offered <= self.target.threshold
        facts.append((time, self.series, _EXITS[self.target.formula][is_within][reason], 1, 1))

    def hold(self, time: int) -> None:
        """Put the talk on hold."""
        if self.phase == TALKING and self.hold_since < 0:
            self.hold_since = time

    def unhold(self, time: int) -> None:
        """Take the talk off hold."""
        if self.hold_since >= 0:
            self.held += time - self.hold_since
            self.hold_since = -1

    def transfer(self, time: int, facts: Facts) -> None:
        """Hand over: ends the talk; while waiting it is a transfer and an exit; a second one is ignored."""
        if self.transferred or self.phase == ABANDONED:
            return
        self.transferred = True
        facts.append((time, self.series, int(Count.TRANSFERRED), 1, 1))
        if self.phase == WAITING:
            self.exit(time, "other", facts)
        else:
            self.end_talk(time)

    def end(self, time: int, facts: Facts) -> None:
        """The contact ends: wrap-up starts; a leg that ends while waiting is an abandon."""
        if self.phase == WAITING:
            self.abandon(time, facts)
        else:
            self.end_talk(time)

    def end_talk(self, time: int) -> None:
        """Stop talk and an open hold."""
        if self.phase == TALKING:
            self.unhold(time)
            self.phase = WRAPPING_UP
            self.talk_ended = time

    def wrap_up(self, time: int, facts: Facts) -> bool:
        """The agent is done. Returns whether the leg is handled by this; without an end, talk ends here."""
        self.end_talk(time)
        if self.phase != WRAPPING_UP:
            return False
        self.phase = HANDLED
        series = self.series
        hold = self.held
        facts.append((time, series, _HANDLED, time - self.answered, 1))
        facts.append((time, series, TALK, self.talk_ended - self.answered - hold, 1))
        facts.append((time, series, HOLD, hold, 1))
        facts.append((time, series, WRAPUP, time - self.talk_ended, 1))
        return True

    def defer(self, rank: int, reason: str, position: int) -> None:
        """Keep an outcome until the offer arrives; rings, holds and transfers without one are ignored."""
        if rank not in _IGNORED_WITHOUT_OFFER:
            if self.deferred is None:
                self.deferred = []
            self.deferred.append((rank, reason, position))


_IGNORED_WITHOUT_OFFER: Final = frozenset(
    (
        Rank.CALL_RING_NO_ANSWER,
        Rank.CALL_HOLD,
        Rank.CALL_UNHOLD,
        Rank.CALL_TRANSFERRED,
        Rank.CHAT_TRANSFERRED,
        Rank.CHAT_MESSAGE,
    )
)
