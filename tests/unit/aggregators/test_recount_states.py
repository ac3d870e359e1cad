"""How the recount counts the state at one moment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aggregators.recount_events import Event
from aggregators.recount_facts import Due, Place, Snapshot
from aggregators.recount_settings import read_settings
from aggregators.recount_states import Watch, age_class, is_stale, state_metrics
from aggregators.recount_timeline import Case

MAIL = Place("tickets", "email", "q")
MINUTE = 60_000


EVENT = Event("tickets", "ticket.assigned", "/s", "1", "t", 0, {}, {})


def values(
    snapshots: list[Snapshot], moment: int, configuration: Mapping[str, Any]
) -> dict[tuple[str, ...], float]:
    """Return all gauges by name and label values, of cases whose only event is at 0."""
    watches = [Watch(Case(one.place.topic, "t", (EVENT,)), one) for one in snapshots]
    metrics = state_metrics(watches, moment, read_settings(configuration))
    found = {(one.name, *one.labels.values()): one.value for one in metrics}
    assert len(found) == len(metrics)
    return found


def test_backlog_classes_include_their_lower_bound() -> None:
    """One millisecond below a bound is still the class before."""
    hours = {"lt_1h": 0, "1h_4h": 1, "4h_24h": 4, "1d_3d": 24, "3d_7d": 72, "gt_7d": 168}
    assert [age_class(60 * MINUTE * hour) for hour in hours.values()] == list(hours)
    assert age_class(60 * MINUTE - 1) == "lt_1h"


def test_deadlines_are_at_risk_then_breached() -> None:
    """At 0: due now is breached, in exactly 15 and 60 minutes at risk, later neither."""
    snapshots = [
        Snapshot(MAIL, "awaiting_reply", 0, (Due("first_response", minutes * MINUTE),), frozenset({MAIL}))
        for minutes in (0, 15, 60, 61)
    ]
    found = values(snapshots, 0, {"sla": {"first_response": {}}})
    assert found["support_sla_breached_open_cases", "email", "q", "first_response"] == 1
    assert found["support_sla_at_risk_cases", "email", "q", "first_response", "15m"] == 1
    assert found["support_sla_at_risk_cases", "email", "q", "first_response", "60m"] == 2
    assert found["support_sla_next_breach_timestamp_seconds", "email", "q", "first_response"] == 900
    assert found["support_service_level_target_ratio", "email", "q"] == 0.95
    assert not [name for name, *_ in values(snapshots, 0, {}) if "sla" in name]


def test_targets_of_surveys_and_customers_are_those_stated() -> None:
    """0.03 of customers may leave; without a target there is no series."""
    found = values([], 0, {"surveys": {"nps_target": 30}, "customers": {"churn_target": 0.03}})
    assert found["support_nps_target_score",] == 30
    assert found["support_churn_target_ratio",] == 0.03
    assert ("support_csat_target_ratio",) not in found


def test_the_longest_wait_is_0_without_one_and_its_beginning_absent() -> None:
    """A configured pair is known from the start."""
    found = values([], 0, {"queues": [{"name": "z", "channels": ["phone"]}]})
    assert found["support_longest_wait_seconds", "phone", "z"] == 0
    assert ("support_longest_wait_since_timestamp_seconds", "phone", "z") not in found
    assert found["support_service_level_threshold_seconds", "phone", "z"] == 20
    assert found["support_agents", "offline"] == 0
    assert found["support_stale_cases", "phone"] == 0


def test_a_queue_is_open_inside_its_hours_and_always_without_any() -> None:
    """1970-01-01 was a Thursday; open from 00:01 on."""
    calendars = {"c": {"weekly": {"thu": ["00:01-24:00"]}}}
    configuration = {"queues": [{"name": "z", "hours": "c"}, {"name": "a"}], "calendars": calendars}
    assert [values([], moment, configuration)["support_queue_open", "z"] for moment in (0, MINUTE)] == [0, 1]
    assert values([], 0, configuration)["support_queue_open", "a"] == 1


def test_only_open_calls_and_chats_become_stale_after_longer_than_max_open() -> None:
    """Exactly 12 h is not longer; a ticket never is."""
    settings = read_settings({})
    call = Snapshot(Place("calls", "phone", "q"), "in_progress", last_moment=0)
    limit = 12 * 60 * MINUTE
    assert [is_stale(call, moment, settings) for moment in (limit, limit + 1)] == [False, True]
    assert not is_stale(replace(call, state=None), limit + 1, settings)
    assert not is_stale(replace(call, place=MAIL), limit + 1, settings)
