"""A number of the state is the sum of the cases behind it: for every explained metric and place."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregators.catalogue.metric import SCOPE_LABELS
from aggregators.contributions import Place
from aggregators.events import TOPIC_OF_RANK, Topic
from aggregators.ledger import PartitionLedger
from aggregators.parts import MomentParts
from aggregators.samples import Labels
from aggregators.site_time import window_end
from aggregators.state_explanation import EXPLAINED_STATES, Standing, StateQuestion, standing_behind
from aggregators.state_metrics import state_samples
from aggregators.steps import finished
from tests.laws.logs import as_events, engine, examples
from tests.laws.strategies import BASE, CONFIGURATIONS, logs

PLACES = ("channel", "queue")
CASES: tuple[Topic, ...] = ("tickets", "calls", "chats", "agents")
EVERYTHING = 100_000


def number_of(found: list[Standing], unit: str, name: str) -> float:
    """Return what cases amount to: how many, the longest wait, the first moment."""
    values = [each.value for each in found]
    if unit != "seconds":
        return sum(values)
    return max(values) if name == "support_longest_wait_seconds" else min(values)


@examples(60)
@given(log=logs(), configuration=st.sampled_from(CONFIGURATIONS), ago=st.integers(0, 4_000_000))
def test_the_cases_behind_a_number_of_the_state_amount_to_it(
    log: list[dict[str, Any]], configuration: dict[str, Any], ago: int
) -> None:
    """Also at a moment before the newest events; a number that is absent or 0 has none."""
    resolved, events = engine(configuration), as_events(log)
    now = max((event.time for event in events), default=BASE) - min(ago, 500_000)
    ledgers, moment = [], MomentParts()
    for topic in CASES:
        ledger = PartitionLedger(topic, resolved)
        its = [event for event in events if TOPIC_OF_RANK[event.rank] == topic]
        ledger.fold(its, len(its))
        ledgers.append(ledger)
        moment.add(ledger.moment(now, window_end(now, resolved.resolution)))
    shown: dict[tuple[str, Labels], float] = {
        (sample.name, sample.labels): float(sample.value)
        for sample in state_samples(moment, resolved, now)
        if sample.name in EXPLAINED_STATES and sample.value
    }
    amounts: dict[tuple[str, Labels], float] = {}
    for name, metric in EXPLAINED_STATES.items():
        if name != metric.name:
            continue
        found = finished(standing_behind(StateQuestion(metric, Place(), now), ledgers, EVERYTHING)).first
        by_labels: dict[Labels, list[Standing]] = {}
        for each in found:
            stated = dict(zip(PLACES, each.series, strict=True))
            place = [(label, stated[label]) for label in SCOPE_LABELS[metric.scope]]
            own = [] if not metric.own_labels else each.measure.split(", ")
            labels = (*place, *zip(metric.own_labels, own, strict=True))
            by_labels.setdefault(labels, []).append(each)
        for labels, its_cases in by_labels.items():
            amounts[name, labels] = number_of(its_cases, metric.unit, name)
    assert amounts == shown
