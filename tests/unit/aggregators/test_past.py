"""Past windows: which ones rows give, and what is not known of then."""

import pytest

from aggregators.catalogue import metrics
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from aggregators.past import (
    KNOWN_STATES,
    NOT_KNOWN_THEN,
    Reach,
    configured_then,
    is_exact,
    known_then,
    past_of,
    past_windows,
    reach_of,
)
from aggregators.samples import Sample
from aggregators.steps import finished
from tests.building import at, call, configured

SITE = configured({"windows": {"lengths": ["5m", "30m", "today"]}})
REACH = Reach(fine_from=at("10:05"), coarse_from=at("2026-02-28T12:00"))


@pytest.mark.parametrize(
    ("moment", "first", "end", "labels"),
    [
        ("10:40:03", "30m", "10:40:10", {"5m": "10:35:10", "30m": "10:10:10", "today": "00:00"}),
        ("10:40:03", "5m", "10:40:10", {"5m": "10:35:10", "30m": "10:10:10", "today": "00:00"}),
        # 30m would begin at 10:02:10: half a quarter has no row any more.
        ("10:32:03", "30m", "10:30", {"5m": "10:25", "30m": "10:00", "today": "00:00"}),
        ("10:32:03", "5m", "10:32:10", {"5m": "10:27:10", "today": "00:00"}),
        ("09:20", "30m", "09:15", {"30m": "08:45", "today": "00:00"}),
        ("09:20", "5m", "09:15", {"30m": "08:45", "today": "00:00"}),
        ("2026-02-28T12:40", "30m", "2026-02-28T12:30", {"30m": "2026-02-28T12:00"}),
        ("2026-02-28T12:10", "30m", "2026-02-28T12:00", {}),
    ],
)
def test_a_window_is_exact_or_left_out(moment: str, first: str, end: str, labels: dict[str, str]) -> None:
    """Fine rows since 10:05, quarters since noon two days before; the first label decides where all end.

    fine           10:05 |-|-|-|-|-|-|-|-|-|
    coarse  |--10:00--|--10:15--|--10:30--|
    """
    wanted = [first, *(label for label in SITE.window_lengths if label != first)]
    found = past_windows(at(moment), wanted, SITE, REACH)
    assert found.end == at(end)
    assert dict(found.starts) == {label: at(start) for label, start in labels.items()}


def test_without_rows_that_were_let_go_everything_is_exact() -> None:
    """A young partition has all its fine rows."""
    ledger = PartitionLedger("calls", SITE)
    assert is_exact(at("03:00:10"), at("03:07"), reach_of([ledger]))


def test_the_partition_that_keeps_least_decides() -> None:
    """Surveys and customers have rows of days and no say."""
    busy, idle, surveys = (PartitionLedger(topic, SITE) for topic in ("calls", "calls", "surveys"))
    busy.fold([call("offered", clock, case=clock, queue="sales") for clock in ("09:00", "14:00")], 2)
    assert reach_of([busy, idle, surveys]) == Reach(busy.rows.fine_from, busy.rows.coarse_from)
    assert busy.rows.fine_from == at("11:59")


def test_an_event_that_came_later_counts() -> None:
    """As known now: the call of 10:00 was told at 10:50."""
    ledger = PartitionLedger("calls", SITE)
    ledger.fold([call("offered", "10:50", case="new", queue="sales")], 1)
    ledger.fold([call("offered", "10:00", case="late", queue="sales")], 2)
    windows = past_windows(at("10:01"), ["5m"], SITE, reach_of([ledger]))
    moment = finished(past_of(ledger, windows))
    sums = moment.windows["5m"]["phone", "sales"]
    assert sum(sums.values()) > 0
    assert ("phone", "sales") in moment.known
    assert ledger.moment(at("10:51"), at("10:51:10")).windows["5m"]["phone", "sales"][Count.REQUESTS] == 1


def test_what_is_left_out_is_in_the_catalogue() -> None:
    """By its very names."""
    names = {metric.name for metric in metrics()}
    assert names >= NOT_KNOWN_THEN | KNOWN_STATES
    sample = [Sample("support_window_unanswered", (), 1), Sample("support_window_offered", (), 2)]
    assert known_then(sample) == sample[1:]
    states = [Sample("support_agents", (), 1), Sample("support_queue_open", (), 1)]
    assert configured_then(states) == states[1:]


def test_surveys_have_no_past() -> None:
    """Of a part of a day their rows say nothing."""
    ledger = PartitionLedger("surveys", SITE)
    assert finished(past_of(ledger, past_windows(at("10:00"), ["5m"], SITE, REACH))).windows == {}
