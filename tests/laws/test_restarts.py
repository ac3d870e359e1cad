"""A log cut anywhere, a ledger restored from its checkpoints: the same ledger as without any interruption."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.checkpoint import CheckpointDraft
from aggregators.configuration import Configuration
from aggregators.events import Event
from aggregators.ledger import FoldOutcome, PartitionLedger
from aggregators.restoration import Restoration
from tests.laws.logs import (
    added,
    as_events,
    engine,
    everything_of,
    examples,
    folded,
    same,
    short_memory,
    topic_of,
)
from tests.laws.strategies import CONFIGURATIONS, Act, acts, long_logs, written

pytestmark = pytest.mark.timeout(400)
"""Days of events, many times over; on a busy machine the usual two minutes are not enough."""


class Life:
    """A partition through restarts: a ledger, and the checkpoints that are durable.

    Complete snapshot cycles are used: what a later restoration does not need is thrown away at once.
    """

    def __init__(self, events: list[Event], configuration: Configuration) -> None:
        self.events = events
        self.configuration = configuration
        self.durable: list[CheckpointDraft] = []
        self.cycle_starts: dict[int, int] = {}
        self.outcomes: list[tuple[int, FoldOutcome]] = []
        self.ledger = PartitionLedger(topic_of(events), configuration)

    def act(self, act: Act) -> None:
        """Do one thing."""
        if act.kind == "fold":
            self.fold(act.size)
        elif act.kind == "checkpoint":
            self.checkpoint(act.size)
        elif act.kind == "restart":
            self.restart()

    def fold(self, size: int) -> None:
        """Fold the next events as one batch."""
        start = self.ledger.position
        batch = self.events[start : start + size]
        self.outcomes.append((start, self.ledger.fold(batch, start + len(batch))))

    def checkpoint(self, slice_cases: int) -> None:
        """Write a checkpoint, and let everything before the last complete snapshot cycle go."""
        self.keep(self.ledger.draft_checkpoint(slice_cases))

    def keep(self, draft: CheckpointDraft) -> None:
        """Make a checkpoint durable."""
        self.durable.append(draft)
        if draft.cycle not in self.cycle_starts:
            self.cycle_starts[draft.cycle] = len(self.durable) - 1
            start = self.cycle_starts.get(draft.cycle - 1)
            if start is not None:
                del self.durable[:start]
                self.cycle_starts = {draft.cycle - 1: 0, draft.cycle: len(self.durable) - 1}

    def restart(self) -> None:
        """Lose the ledger and restore it from what is durable."""
        restoration = Restoration(topic_of(self.events), self.configuration)
        for draft in self.durable:
            restoration.add(draft.chunks, draft.to_position)
        for _ in restoration.steps():
            pass
        self.ledger = restoration.ledger
        self.cycle_starts.clear()
        self.outcomes = [(start, outcome) for start, outcome in self.outcomes if start < self.ledger.position]

    def finish(self) -> None:
        """Fold what is left."""
        self.fold(len(self.events))


LATE_ENDING = written(
    (0, "ticket.created", "ticket-1", {}),
    (10_860, "ticket.created", "ticket-2", {}),  # three hours later ticket-1 is looked at: it is open
    (600, "ticket.status", "ticket-1", {"to": "solved"}),  # late: it has to go at 3:10
    (12_000, "ticket.message", "ticket-2", {"author": "agent"}),
)
EVICTED_IN_A_CYCLE = written(
    (0, "ticket.created", "ticket-2", {}),
    (1, "ticket.created", "ticket-1", {}),
    (60, "ticket.status", "ticket-1", {"to": "solved"}),
    (120, "ticket.message", "ticket-1", {"author": "system"}),
    (36_000, "ticket.message", "ticket-2", {"author": "customer"}),
)
"""The message of ticket-1 is news of the cycle in which ticket-1 goes before its turn in the snapshot."""


COMES_BACK = written(
    (0, "ticket.created", "ticket-1", {}),
    (60, "ticket.status", "ticket-1", {"to": "solved"}),
    (36_000, "ticket.created", "ticket-2", {}),
    (36_060, "ticket.created", "ticket-1", {}),
)
"""Ten hours later ticket-1 has left, and another one of its name begins."""
MOVED_BACK = written(
    (10_800, "call.blocked", "call-1", {}),
    (0, "call.blocked", "call-1", {}),
)
MOVED_BACK[1]["id"] = MOVED_BACK[0]["id"]
"""The only event of call-1 is delivered again, dated so far back that the case leaves at once."""


@example(
    log=LATE_ENDING,
    configuration={},
    plan=[Act("fold", 1), Act("checkpoint", 0), Act("fold", 3), Act("checkpoint", 0), Act("restart", 1)],
    is_short=True,
)
@example(
    log=COMES_BACK,
    configuration={},
    plan=[Act("fold", 2), Act("checkpoint", 0), Act("fold", 2), Act("checkpoint", 0), Act("restart", 1)],
    is_short=True,
)
@example(
    log=LATE_ENDING,
    configuration={},
    plan=[Act("fold", 3), Act("checkpoint", 5), Act("restart", 1)],
    is_short=True,
)
@example(
    log=EVICTED_IN_A_CYCLE,
    configuration={},
    plan=[
        Act("fold", 3),
        Act("checkpoint", 5),
        Act("fold", 1),
        Act("checkpoint", 1),
        Act("fold", 1),
        Act("checkpoint", 5),
        Act("checkpoint", 5),
        Act("restart", 1),
    ],
    is_short=True,
)
@example(log=MOVED_BACK, configuration={}, plan=[Act("fold", 1), Act("restart", 1)], is_short=True)
@examples(130)
@given(log=long_logs(), configuration=st.sampled_from(CONFIGURATIONS), plan=acts(), is_short=st.booleans())
def test_a_restored_ledger_goes_on_like_an_uninterrupted_one(
    log: list[dict[str, Any]], configuration: dict[str, Any], plan: list[Act], *, is_short: bool
) -> None:
    """Whatever was folded, written, thrown away and restored: equal in every number and outcome."""
    resolved = short_memory(engine(configuration)) if is_short else engine(configuration)
    life = Life(as_events(log), resolved)
    for act in plan:
        life.act(act)
    life.finish()
    undisturbed = PartitionLedger(topic_of(life.events), resolved)
    outcome = undisturbed.fold(life.events, len(life.events))
    same(everything_of(life.ledger), everything_of(undisturbed))
    assert added(outcome for _, outcome in life.outcomes) == outcome.results
    assert [start + place for start, part in life.outcomes for place in part.expired] == outcome.expired
    life.checkpoint(2)
    life.restart()
    same(everything_of(life.ledger), everything_of(undisturbed))


MOVED_BACK_AND_ON = [*MOVED_BACK, {**MOVED_BACK[0], "id": "e2", "time": MOVED_BACK[0]["time"] + 1000}]
"""Moved back it leaves at once, also where its next event lies in the same batch."""


@example(log=MOVED_BACK_AND_ON, configuration={}, cuts=[])
@examples(100)
@given(log=long_logs(), configuration=st.sampled_from(CONFIGURATIONS), cuts=st.lists(st.integers(1, 32)))
def test_batches_change_nothing_over_days(
    log: list[dict[str, Any]], configuration: dict[str, Any], cuts: list[int]
) -> None:
    """Steps, evictions, late and expired events come out the same however the log is cut into batches."""
    resolved, events = short_memory(engine(configuration)), as_events(log)
    at_once = PartitionLedger(topic_of(events), resolved)
    expected = at_once.fold(events, len(events))
    in_parts = folded(events, resolved, cuts)
    one_by_one = PartitionLedger(topic_of(events), resolved)
    outcomes = [one_by_one.fold([event], number) for number, event in enumerate(events, 1)]
    assert added(outcomes) == expected.results
    assert [number for number, outcome in enumerate(outcomes) if outcome.expired] == expected.expired
    same(everything_of(in_parts), everything_of(at_once))
    same(everything_of(one_by_one), everything_of(at_once))
