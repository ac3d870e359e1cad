"""The answer to "why this number?": what stands behind it, summed up, and the cases that are worth a look.

Guarantee: `behind` and `times` are of everything, whatever is shown; of a count the latest are shown, of a
duration the longest, of a quantile those around its rank.

Worked: answer times of 8, 30 and 31 s, stat p50: the rank is ⌈3 · 50 / 100⌉ = 2, the case of 30 s; with a
limit of one it is the one that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from aggregators.catalogue import WINDOW_PREFIXES
from aggregators.catalogue.metric import WindowMetric
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import WAITING, Contribution, Question, contributions, reading_of
from aggregators.events import Topic
from aggregators.facts import DURATION
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from aggregators.steps import Steps
from aggregators.stored_case import leaving, unpack
from aggregators.window_row import QUANTILES, STATS

EXPLAINED: Final[Mapping[str, WindowMetric]] = {
    prefix + metric.measure: metric for prefix, _, _ in reversed(WINDOW_PREFIXES) for metric in WINDOW_METRICS
} | {metric.measure: metric for metric in WINDOW_METRICS}
"""By every name of a window metric: the three of Prometheus, and the short one."""

CASES_A_STEP: Final = 100
EXPLAINED_TOPICS: Final[frozenset[Topic]] = frozenset(("tickets", "calls", "chats"))
_AFTER_ITS_EVENTS: Final = frozenset(
    (
        WAITING,
        Count.SLA_BREACHED_FIRST_RESPONSE,
        Count.SLA_BREACHED_NEXT_RESPONSE,
        Count.SLA_BREACHED_RESOLUTION,
    )
)
"""What an open case may add long after its newest event."""

_RANKS: Final = dict(zip(STATS[1:4], QUANTILES, strict=True))


class Behind(Struct, frozen=True):
    """How much of one measure stands behind a number: how often, and of durations the sum in milliseconds."""

    measure: str
    times: int
    milliseconds: int | None


class Explanation(Struct, frozen=True):
    """What stands behind a number; total: contributions in all; shown: those worth a look, in their order."""

    behind: Sequence[Behind]
    total: int
    shown: Sequence[Contribution]


def explained(found: Sequence[Contribution], stat: str, limit: int) -> Explanation:
    """Sum up contributions and choose at most `limit` of them; stat: of STATS, means nothing to a count."""
    times: dict[str, int] = {}
    milliseconds: dict[str, int] = {}
    for each in found:
        times[each.name] = times.get(each.name, 0) + each.times
        if each.measure >= DURATION:
            milliseconds[each.name] = milliseconds.get(each.name, 0) + each.times * each.value
    behind = [Behind(name, times[name], milliseconds.get(name)) for name in sorted(times)]
    return Explanation(behind, len(found), _chosen(found, stat, limit))


def _chosen(found: Sequence[Contribution], stat: str, limit: int) -> Sequence[Contribution]:
    if not found or found[0].measure < DURATION:
        return sorted(found, reverse=True)[:limit]
    longest = sorted(found, key=lambda each: (-each.value, each))
    if stat not in _RANKS:
        return longest[:limit]
    numerator, denominator = _RANKS[stat]
    place = len(longest) - -(-len(longest) * numerator // denominator)
    start = max(0, min(place - limit // 2, len(longest) - limit))
    return longest[start : start + limit]


def standing_behind(question: Question, ledger: PartitionLedger) -> Steps[list[Contribution]]:
    """Return what the cases of a partition add to a number, in steps.

    Cases that have left their retention are not there any more. Folding may go on between the steps.
    """
    found: list[Contribution] = []
    topic, configuration = ledger.topic, ledger.configuration
    if topic not in EXPLAINED_TOPICS:
        return found
    measures = reading_of(question.metric).measures
    may_follow = not measures.isdisjoint(_AFTER_ITS_EVENTS)
    for number, name in enumerate(list(ledger.cases)):
        if number % CASES_A_STEP == 0:
            yield
        case = ledger.cases.get(name)
        if case is None:
            continue  # it left meanwhile
        if isinstance(case, bytes):
            last, is_open = leaving(case)
            if last >= question.start or (may_follow and is_open):
                found += contributions(question, topic, unpack(name, case), configuration)
        elif case.last >= question.start or may_follow:
            found += contributions(question, topic, case.deliveries, configuration)
    return found
