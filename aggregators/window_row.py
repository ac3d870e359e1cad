"""What one window knows about one (channel, queue), a channel, or everything: the operand of window metrics.

Guarantee: every number comes from summed integers; a float appears once, in the last division. A duration's
mean is exact, its quantiles are read from buckets (aggregators.distribution).

Worked: sums {ANSWERED: 3, ABANDONED: 3, SHORT_ABANDONED: 1, ANSWERED_WITHIN: 2} under `excluding_short` give
2 / (3 + 3 − 1) = 0.4. With one contact waiting beyond T the live ratio is 2 / (5 + 1) = 0.333.

Cost: one sort of the row's keys and one walk over them, about 20 µs for 300 keys.
Source: Gans, Koole, Mandelbaum, "Telephone Call Centers: Tutorial, Review, and Research Prospects", 2003.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from msgspec import Struct

from aggregators.configuration import SLAS, Configuration, Formula
from aggregators.distribution import value_of
from aggregators.events import Channel, Topic
from aggregators.measures import SPAN, Count, Distribution, Parts, Series, sum_key

QUANTILES: Final = ((50, 100), (90, 100), (95, 100))
STATS: Final = ("mean", "p50", "p90", "p95", "max")
_DISTRIBUTIONS: Final = len(Distribution)


class FormulaParts(Struct, frozen=True):
    """A service-level formula: the counts of its numerator, those added to and taken from its denominator."""

    numerator: tuple[Count, ...]
    added: tuple[Count, ...]
    taken: tuple[Count, ...] = ()


FORMULA_PARTS: Final[dict[Formula, FormulaParts]] = {
    Formula.EXCLUDING_SHORT: FormulaParts(
        (Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED), (Count.SHORT_ABANDONED,)
    ),
    Formula.ANSWERED_ONLY: FormulaParts((Count.ANSWERED_WITHIN,), (Count.ANSWERED,)),
    Formula.ABANDONS_NEGATIVE: FormulaParts((Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED)),
    Formula.ABANDONS_WITHIN_IGNORED: FormulaParts(
        (Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED), (Count.ABANDONED_WITHIN,)
    ),
    Formula.ABANDONS_POSITIVE: FormulaParts(
        (Count.ANSWERED_WITHIN, Count.ABANDONED_WITHIN), (Count.ANSWERED, Count.ABANDONED)
    ),
    Formula.REMOVED_WITHIN: FormulaParts(
        (Count.ANSWERED_WITHIN, Count.ABANDONED_WITHIN, Count.EXITED_WITHIN),
        (Count.ANSWERED, Count.ABANDONED, Count.EXITED),
    ),
}


class ServiceLevelSums(Struct):
    """Numerator and denominator of the service level, as it is known and live; sums add over queues."""

    met: int = 0
    eligible: int = 0
    live_met: int = 0
    live_eligible: int = 0

    def add(self, other: ServiceLevelSums, sign: int) -> None:
        """Add another queue's own numerator and denominator, or take them out with sign −1."""
        self.met += sign * other.met
        self.eligible += sign * other.eligible
        self.live_met += sign * other.live_met
        self.live_eligible += sign * other.live_eligible


class Summary(Struct, frozen=True, gc=False):
    """A distribution read out: how many observations, and STATS in seconds."""

    samples: int
    stats: tuple[float, float, float, float, float]


class WindowRow(Struct):
    """The sums of one window and what is read from them.

    targets: for which of SLAS a target exists (in a roll-up: in any of its queues).
    """

    parts: Parts
    summaries: Sequence[Summary | None]
    service_level: ServiceLevelSums
    targets: tuple[bool, ...]

    def count(self, key: int) -> int:
        """Return a count; 0 when nothing happened."""
        return self.parts.get(key, 0)

    def counts(self, keys: Iterable[int]) -> list[int]:
        """Return several counts in the order of `keys`."""
        parts = self.parts
        return [parts.get(key, 0) for key in keys]


def contact_topic(channel: Channel, parts: Parts) -> Topic:
    """Return whose service level a series has: that of calls or of chats.

    Calls on `phone` and where the row shows requests of calls, else chats. The two differ only for a channel
    without settings of its own, which then shares those of its topic.
    """
    return "calls" if channel == "phone" or parts.get(Count.CALL_REQUESTS) else "chats"


def service_level_sums(
    parts: Parts, formula: Formula, *, ticket_target: bool, overdue_waits: int
) -> ServiceLevelSums:
    """Return numerator and denominator of one queue's service level.

    ticket_target: whether first responses of tickets have a target, without which they are not eligible;
    overdue_waits: contacts waiting longer than T at the end of the window, which join the live denominator of
    every formula. Tickets have no live ratio: without a contact that counts, live stays empty.
    """
    terms = FORMULA_PARTS[formula]
    get = parts.get
    met = sum([get(key, 0) for key in terms.numerator])
    contacts = sum([get(key, 0) for key in terms.added]) - sum([get(key, 0) for key in terms.taken])
    eligible = contacts + (get(Count.TICKET_ANSWERED, 0) if ticket_target else 0)
    if contacts + overdue_waits == 0:
        return ServiceLevelSums(met, eligible)
    return ServiceLevelSums(met, eligible, met, eligible + overdue_waits)


def sla_targets_of(queue: str, configuration: Configuration) -> tuple[bool, ...]:
    """Return for each of SLAS whether the queue has a target."""
    return tuple(configuration.sla_target(queue, sla) is not None for sla in SLAS)


def row_of_series(
    series: Series, parts: Parts, overdue_waits: int, configuration: Configuration
) -> WindowRow:
    """Return the window row of one (channel, queue)."""
    channel, queue = series
    topic = contact_topic(channel, parts)  # type: ignore[arg-type]  # series hold channels as plain strings
    level = configuration.service_level(queue, channel, topic)  # type: ignore[arg-type]  # as above
    targets = sla_targets_of(queue, configuration)
    sums = service_level_sums(parts, level.formula, ticket_target=targets[0], overdue_waits=overdue_waits)
    return WindowRow(parts, summaries_of(parts), sums, targets)


def summaries_of(parts: Parts) -> list[Summary | None]:
    """Return the summary of every distribution, None where nothing was measured."""
    found: list[Summary | None] = [None] * _DISTRIBUTIONS
    keys = sorted([key for key, amount in parts.items() if amount and key >= (1 << SPAN)])
    start, end = 0, len(keys)
    while start < end:
        distribution = (keys[start] >> SPAN) - 1
        stop = bisect_left(keys, sum_key(distribution + 1), start)
        found[distribution] = _summary(parts, distribution, keys[start:stop])
        start = stop
    return found


def _summary(parts: Parts, distribution: int, keys: list[int]) -> Summary | None:
    base = sum_key(distribution)
    if keys[0] == base:
        del keys[0]
    if not keys:
        return None
    reached = list(accumulate([parts[key] for key in keys]))
    total = reached[-1]
    p50, p90, p95 = [
        value_of(keys[bisect_left(reached, -(-total * numerator // denominator))] - base - 1) / 1000
        for numerator, denominator in QUANTILES
    ]
    mean = parts.get(base, 0) / (total * 1000)
    return Summary(total, (mean, p50, p90, p95, value_of(keys[-1] - base - 1) / 1000))
