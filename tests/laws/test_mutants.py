"""Every law fails on a broken program: a table of mutants, each killed by the check that is named beside it.

A scenario kills by one wrong check, a law by one counterexample; examples are fixed, few, and not shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from aggregators.events import Event
from aggregators.measures import Distribution
from streams.codec import decode
from streams.report import as_document, report_on
from tests.laws import (
    test_deliveries,
    test_live_view,
    test_parts,
    test_restarts,
    test_states,
    test_writers,
)
from tests.laws.logs import engine
from tests.laws.mutation import Mutant, broken
from tests.scenarios.test_scenarios import Scenario, differences, scenario_of
from tests.stories import derived, seconds_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MOST_EXAMPLES = 120

LAWS: dict[str, Callable[..., Any]] = {
    "order": test_deliveries.test_the_order_of_deliveries_does_not_matter,
    "repeats": test_deliveries.test_repeated_deliveries_do_not_matter,
    "batches": test_deliveries.test_batches_do_not_matter,
    "partitions": test_deliveries.test_partitions_do_not_matter,
    "batches over days": test_restarts.test_batches_change_nothing_over_days,
    "restarts": test_restarts.test_a_restored_ledger_goes_on_like_an_uninterrupted_one,
    "writers": test_writers.test_two_interleaved_writers_leave_one_right_state,
    "live view": test_live_view.test_live_numbers_are_those_of_the_whole_log,
    "states": test_states.test_the_index_gives_what_adding_every_status_gives,
    "merging": test_parts.test_merging_is_commutative_and_associative,
    "quantiles": test_parts.test_a_quantile_is_within_one_percent,
}

TIMELINE, LEGS, CALLS = "aggregators.timeline", "aggregators.legs", "aggregators.calls"
CONTACTS = "aggregators.contacts"
CALLS = "aggregators.calls"
TICKETS, TARGETS, ROWS = "aggregators.tickets", "aggregators.targets", "aggregators.rows"
LEDGER, LEDGER_CASE = "aggregators.ledger", "aggregators.ledger_case"
CHECKPOINT, CHANGELOG = "aggregators.checkpoint", "streams.changelog"

MUTANTS = (
    Mutant("retraction ignored", TIMELINE, "    if retracted:", "    if not events:", "retractions"),
    Mutant("natural duplicate kept", TIMELINE, "if described in run:", "if not run:", "natural_duplicates"),
    Mutant(
        "ties by id before rank",
        TIMELINE,
        "return (event.time, event.rank, event.id, event.source)",
        "return (event.time, event.id, event.rank, event.source)",
        "ties",
    ),
    Mutant(
        "later delivery stands",
        TIMELINE,
        "return standing if standing.time < other.time else other",
        "return other if standing.time < other.time else standing",
        "deliveries_content",
    ),
    Mutant(
        "first delivery stands",
        TIMELINE,
        "return standing if canonical(standing) <= canonical(other) else other",
        "return standing",
        "deliveries_content",
    ),
    Mutant(
        "answered at T is late",
        LEGS,
        "if wait <= self.target.threshold:\n            facts.append((time, series, _ANSWERED_WITHIN",
        "if wait < self.target.threshold:\n            facts.append((time, series, _ANSWERED_WITHIN",
        "default_thresholds",
    ),
    Mutant(
        "abandoned at S is short",
        LEGS,
        "if wait < self.target.short_abandon:",
        "if wait <= self.target.short_abandon:",
        "default_thresholds",
    ),
    Mutant(
        "open hold lost at the end",
        LEGS,
        "self.unhold(time)\n            self.phase = WRAPPING_UP",
        "self.phase = WRAPPING_UP",
        "hold_and_wrapup",
    ),
    Mutant(
        "resolution kept when another leg follows",
        CALLS,
        "for fact in self.resolution:\n            withdraw(facts, fact)",
        "for fact in self.resolution:\n            withdraw([], fact)",
        "story of two handled legs",
    ),
    Mutant(
        "outcome before its offer dropped",
        CONTACTS,
        "for rank, reason in deferred:",
        "for rank, reason in deferred[:0]:",
        "outcome_before_offer",
    ),
    Mutant(
        "met at the deadline is breached",
        TARGETS,
        "if deadline < time or (deadline == time and not is_fulfilled):",
        "if deadline <= time:",
        "sla_exact_deadline",
    ),
    Mutant(
        "pending time counted",
        TARGETS,
        "total -= elapsed(calendar, max(paused, start), until)",
        "total -= 0",
        "business_resolution",
    ),
    Mutant(
        "met target keeps its breach",
        TARGETS,
        "withdraw(facts, self.breach)",
        "withdraw([], self.breach)",
        "sla_exact_deadline",
    ),
    Mutant(
        "merge keeps the first response",
        TICKETS,
        "for fact in self.retractable:\n            withdraw(facts, fact)",
        "for fact in self.retractable:\n            withdraw([], fact)",
        "merge_excludes",
    ),
    Mutant(
        "reopening starts the resolution target anew",
        TICKETS,
        "resolution.is_running = True",
        "resolution.is_running, resolution.start = True, event.time",
        "sla_reopen_resolution",
    ),
    Mutant(
        "closing a solved ticket solves it again",
        TICKETS,
        "if not was_solved:",
        "if to in _SOLVED:",
        "solved_closed",
    ),
    Mutant(
        "backlog class without its lower bound",
        "aggregators.state_parts",
        "bisect_right(CLASS_BOUNDS, age)",
        "bisect_left(CLASS_BOUNDS, age)",
        "backlog_bounds",
    ),
    Mutant(
        "exactly 15 minutes ahead is no risk",
        "aggregators.state_parts",
        "deadline - now <= FIFTEEN_MINUTES",
        "deadline - now < FIFTEEN_MINUTES",
        "sla_at_risk",
    ),
    Mutant(
        "window with its end",
        "aggregators.evaluation",
        "bisect_left(self._times, end)",
        "bisect_left(self._times, end + 1)",
        "event_time_half_open",
    ),
    Mutant(
        "index classes without their lower bound",
        "aggregators.state_index",
        "bisect_right(waits, now - bound)",
        "bisect_left(waits, now - bound)",
        "states",
    ),
    Mutant(
        "stale cases stay in the live ratio",
        "aggregators.state_index",
        "overdue[series] -= 1",
        "overdue[series] -= 0",
        "states",
    ),
    Mutant(
        "fine rows forgotten, not merged",
        ROWS,
        "add_parts(_row(self.coarse, time // COARSE, series), parts)",
        "_row(self.coarse, time // COARSE, series)",
        "restarts",
    ),
    Mutant(
        "batch loses its first fact",
        LEDGER,
        "self.rows.add(facts)\n        self.totals",
        "self.rows.add(facts[1:])\n        self.totals",
        "batches",
    ),
    Mutant(
        "steps at the end of a batch only",
        LEDGER,
        "if event.time >= self.step + STEP:",
        "if event.time >= self.step + STEP and number == len(events) - 1:",
        "batches over days",
    ),
    Mutant(
        "late ending looked at too late",
        LEDGER,
        "if event.time < self.step or case.last < last:",
        "if not self.cases:",
        "restarts",
    ),
    Mutant(
        "pairs known by reading",
        LEDGER,
        "self.index.put(name, None if case.kind is None else case.kind.status())",
        "self.index.put(name, None if case.kind is None else case.kind.status())\n"
        "        self.known.update([case.kind.status().series] if case.kind else [])",
        "batches",
    ),
    Mutant(
        "new case joined to an evicted one",
        CHECKPOINT,
        "                if begins:",
        "                if begins and name not in self.packed:",
        "restarts",
    ),
    Mutant(
        "end of an evicted case restored",
        CHECKPOINT,
        "elif name in self.packed:\n                    self.packed[name].append(portion)",
        "else:\n                    self.packed.setdefault(name, []).append(portion)",
        "restarts",
    ),
    Mutant(
        "snapshot without warm cases",
        CHECKPOINT,
        "            if case is not None:",
        "            if isinstance(case, bytes):",
        "restarts",
    ),
    Mutant(
        "news of a case cut to the first",
        CHECKPOINT,
        "            grouped.setdefault(name, []).append(event)",
        "            grouped.setdefault(name, [event])",
        "restarts",
    ),
    Mutant(
        "old facts kept when derived anew",
        LEDGER_CASE,
        "        withdraw(facts, fact)",
        "        withdraw([], fact)",
        "order",
    ),
    Mutant(
        "second delivery kept beside the first",
        LEDGER_CASE,
        "known.source == event.source:\n            return known",
        "known.source > event.source:\n            return known",
        "repeats",
    ),
    Mutant(
        "natural duplicate appended",
        LEDGER_CASE,
        "return event.rank > last.rank",
        "return event.rank >= last.rank",
        "order",
    ),
    Mutant(
        "event retracted before it came is appended",
        LEDGER_CASE,
        "if case.retracted is not None and (event.source, event.id) in case.retracted:",
        "if case.retracted is not None and not case.retracted:",
        "order",
    ),
    Mutant(
        "late writer heard", CHANGELOG, "if header.epoch < self.epoch:", "if header.epoch < -1:", "writers"
    ),
    Mutant(
        "torn checkpoint taken",
        CHANGELOG,
        "if header.chunk + 1 < header.chunks:",
        "if header.chunk < 0:",
        "writers",
    ),
    Mutant(
        "longest wait of the last partition",
        "aggregators.parts",
        "self.longest_since = earliest(self.longest_since, other.longest_since)",
        "self.longest_since = other.longest_since",
        "partitions",
    ),
    Mutant(
        "merged windows overwrite",
        "aggregators.parts",
        "add_parts(into.setdefault(series, {}), parts)",
        "into[series] = parts",
        "merging",
    ),
    Mutant(
        "buckets twice as wide read at their end",
        "aggregators.distribution",
        "return (mantissa << shift) + ((1 << shift) - 1) // 2",
        "return (mantissa << shift) + (2 << shift)",
        "quantiles",
    ),
    Mutant(
        "future shown as present",
        "aggregators.ledger_reading",
        "if case.last > now:",
        "if case.last > now + 3_600_000:",
        "live view",
    ),
)


def two_handled_legs() -> None:
    """A call whose first leg was done before the second was offered is resolved once, at the end."""
    story = (
        "0 call.offered queue=a / 10 call.answered / 20 call.wrapup_ended / "
        "40 call.offered queue=b leg=2 / 50 call.answered leg=2 / 100 call.wrapup_ended leg=2"
    )
    assert seconds_of(derived(story)[1], Distribution.RESOLUTION) == [100]


def story_fails() -> bool:
    """Say whether the story does not come out."""
    try:
        two_handled_legs()
    except AssertionError:
        return True
    return False


def scenario_fails(name: str) -> bool:
    """Say whether a check of a scenario does not come out."""
    if name.startswith("story"):
        return story_fails()
    scenario: Scenario = scenario_of(SCENARIOS / f"{name}.json")
    events = [event for event in map(decode, scenario.lines) if isinstance(event, Event)]
    answers = report_on(events, engine(scenario.configuration), scenario.windows, scenario.moments, {})
    return next(differences(as_document(answers), scenario), None) is not None


def law_fails(law: Callable[..., Any]) -> bool:
    """Say whether a law has a counterexample among a fixed number of examples."""
    handle = law.hypothesis  # type: ignore[attr-defined]  # Hypothesis' own handle of a test
    once = settings(
        max_examples=MOST_EXAMPLES,
        phases=(Phase.generate,),
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    question = once(given(**handle._given_kwargs)(handle.inner_test))
    try:
        for example in getattr(law, "hypothesis_explicit_examples", ()):
            handle.inner_test(**example.kwargs)
        question()
    except Exception:  # noqa: BLE001  # a broken program may also fall over
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
def test_a_broken_program_is_noticed(mutant: Mutant) -> None:
    """The named check fails on the mutant."""
    law = LAWS.get(mutant.killer)
    if law is None:
        assert not scenario_fails(mutant.killer), "the scenario fails without the mutant"
    with broken(mutant):
        assert scenario_fails(mutant.killer) if law is None else law_fails(law), "the mutant survived"


def test_every_law_kills_a_mutant() -> None:
    """A law counts once a broken version fails it."""
    assert {mutant.killer for mutant in MUTANTS} >= LAWS.keys()
