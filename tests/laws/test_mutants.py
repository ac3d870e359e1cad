"""Every law fails on a broken program: a table of mutants, each killed by the check that is named beside it.

A scenario kills by one wrong check, a law by one counterexample; examples are fixed, few, and not shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from aggregators.events import Event
from aggregators.measures import Distribution
from streams.codec import decode
from streams.report import as_document, report_on
from tests.laws import (
    test_announcements,
    test_announcing_writers,
    test_contributions,
    test_customers,
    test_deliveries,
    test_live_view,
    test_parts,
    test_past,
    test_restarts,
    test_running_windows,
    test_state_explanation,
    test_states,
    test_surveys,
    test_whole_calls,
    test_writers,
)
from tests.laws.logs import engine
from tests.laws.mutants import MUTANTS
from tests.laws.mutation import Mutant, broken
from tests.scenarios.test_scenarios import Scenario, differences, scenario_of
from tests.stories import derived, seconds_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MOST_EXAMPLES = 200

LAWS: dict[str, Callable[..., Any]] = {
    "order": test_deliveries.test_the_order_of_deliveries_does_not_matter,
    "repeats": test_deliveries.test_repeated_deliveries_do_not_matter,
    "batches": test_deliveries.test_batches_do_not_matter,
    "partitions": test_deliveries.test_partitions_do_not_matter,
    "batches over days": test_restarts.test_batches_change_nothing_over_days,
    "restarts": test_restarts.test_a_restored_ledger_goes_on_like_an_uninterrupted_one,
    "writers": test_writers.test_two_interleaved_writers_leave_one_right_state,
    "live view": test_live_view.test_live_numbers_are_those_of_the_whole_log,
    "past windows": test_past.test_past_windows_are_those_of_the_whole_log,
    "states": test_states.test_the_index_gives_what_adding_every_status_gives,
    "running windows": test_running_windows.test_windows_carried_on_are_those_summed_anew,
    "whole calls": test_whole_calls.test_a_call_told_in_one_go_is_the_derived_one,
    "contributions": test_contributions.test_a_number_is_the_sum_of_its_contributions,
    "explained partition": test_contributions.test_partitions_explain_a_number_as_all_of_their_cases_do,
    "explained state": test_state_explanation.test_the_cases_behind_a_number_of_the_state_amount_to_it,
    "surveys restarted": test_surveys.test_batches_repeats_and_restarts_change_nothing,
    "surveys recounted": test_surveys.test_engine_and_recount_agree,
    "surveys reordered": test_surveys.test_the_order_of_deliveries_does_not_matter,
    "surveys live": test_surveys.test_the_view_of_a_ledger_is_what_the_recount_counts,
    "customers restarted": test_customers.test_batches_repeats_and_restarts_change_nothing,
    "customers recounted": test_customers.test_engine_and_recount_agree,
    "customers reordered": test_customers.test_the_order_of_deliveries_does_not_matter,
    "customers of partitions": test_customers.test_partitions_do_not_matter,
    "customers live": test_customers.test_the_view_of_a_ledger_is_what_the_recount_counts,
    "announced": test_announcements.test_the_end_is_what_one_pass_over_the_log_gives,
    "announced over days": test_announcements.test_nothing_is_said_twice_where_cases_leave_and_come_back,
    "outcomes": test_announcements.test_outcomes_are_the_facts_that_are_counted,
    "announcing writers": (
        test_announcing_writers.test_two_writers_and_a_bad_network_give_nothing_but_repeated_ids
    ),
    "merging": test_parts.test_merging_is_commutative_and_associative,
    "quantiles": test_parts.test_a_quantile_is_within_one_percent,
}


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
            handle.inner_test(**deepcopy(example.kwargs))  # a drawn order is used up by shuffling
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
