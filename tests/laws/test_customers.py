"""Customers keep the promises of the engine: in any order, doubled, late, restarted, split, recounted."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.catalogue import metrics
from aggregators.customer_windows import customer_periods
from aggregators.evaluation import Evaluation
from aggregators.recount import recount
from aggregators.site_time import window_end
from streams.report import as_document, report_on
from streams.verification import line_of
from tests.laws.logs import (
    HOUR,
    as_events,
    as_line,
    engine,
    everything_of,
    examples,
    folded,
    parts_of,
    same,
    same_when_split,
)
from tests.laws.recounted import verdict_on
from tests.laws.strategies import BASE, Act, acts, cuts, logs, long_logs, written
from tests.laws.test_restarts import Life

BASIC: Final = {"product": "basic"}
KINDS: Final = ("customer",)
DAY: Final = 24 * HOUR
CUSTOMERS: Final = {metric.name for metric in metrics() if metric.group == "customers"}
SITES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"site": {"time_zone": "Europe/Berlin"}, "customers": {"churn": "cohort", "returning": "within"}},
    {
        "site": {"time_zone": "America/Sao_Paulo"},
        "windows": {"horizon": {"customers": "33d"}},
        "customers": {"churn": "netted", "margin": 0.5},
    },
    {
        "windows": {"horizon": {"customers": "65d"}},
        "surveys": {"nps_target": 30, "csat_target": 0.85},
        "customers": {"lifetime_value": "revenue", "margin": 0.5, "churn_target": 0.03},
    },
)
SITE: Final = st.sampled_from(SITES)
LATER: Final = st.sampled_from([0, 1, 9_999, HOUR, 20 * DAY, 40 * DAY, 100 * DAY])


@st.composite
def stories(draw: st.DrawFn, *, long: bool = True) -> list[dict[str, Any]]:
    """Draw a log whose minutes are stretched to hours or days, in order of delivery."""
    drawn = st.one_of(logs(kinds=KINDS), long_logs(kinds=KINDS)) if long else logs(kinds=KINDS)
    log, pace = draw(drawn), draw(st.sampled_from([1, 20, 1_000]))
    times = [each["time"] for each in log]
    pace = pace if max(times) - min(times) < 8 * HOUR else min(pace, 30)
    return [{**each, "time": BASE + (each["time"] - BASE) * pace} for each in log]


@examples(250)
@given(
    log=stories(),
    site=SITE,
    windows=st.lists(st.tuples(st.integers(-2, 90), st.integers(1, 60), st.integers(0, DAY))),
)
def test_engine_and_recount_agree(
    log: list[dict[str, Any]], site: dict[str, Any], windows: list[tuple[int, int, int]]
) -> None:
    """Every series of every window and state has the same value in both, to the millisecond."""
    spans = [(BASE - 40 * DAY, BASE + 90 * DAY)]
    spans += [(BASE + at * DAY, BASE + (at + days) * DAY + more) for at, days, more in windows]
    moments = [log[-1]["time"], max(each["time"] for each in log) + DAY]
    mine = as_document(report_on(as_events(log), engine(site), spans, moments, {}))
    other = recount([as_line(event) for event in log], site, spans, moments)
    for part in ("windows", "states"):
        for here, there in zip(mine[part], other[part], strict=True):  # type: ignore[call-overload]  # lists
            ours, theirs = _table(here["metrics"]), _table(there["metrics"])
            assert ours.keys() == theirs.keys()
            for key, value in ours.items():
                assert abs(value - theirs[key]) <= 1e-9 * max(abs(theirs[key]), 1e-3), key


def _table(entries: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    return {
        (entry["name"], str(sorted(entry["labels"].items()))): entry["value"]
        for entry in entries
        if entry["name"] in CUSTOMERS
    }


@examples(150)
@given(log=stories(), site=SITE, plan=acts(), places=st.lists(st.integers(0, 30), max_size=8))
def test_batches_repeats_and_restarts_change_nothing(
    log: list[dict[str, Any]], site: dict[str, Any], plan: list[Act], places: list[int]
) -> None:
    """Whatever was folded, repeated, written, thrown away and restored: equal in every number."""
    resolved, events = engine(site), as_events(log)
    for place in places:
        events.insert(place % (len(events) + 1), events[place % len(events)])
    life = Life(events, resolved)
    for act in plan:
        life.act(act)
    life.finish()
    undisturbed = folded(events, resolved)
    same(everything_of(life.ledger), everything_of(undisturbed))
    life.checkpoint(2)
    life.restart()
    same(everything_of(life.ledger), everything_of(undisturbed))


@examples(100)
@given(log=stories(long=False), data=st.data())
def test_the_order_of_deliveries_does_not_matter(log: list[dict[str, Any]], data: st.DataObject) -> None:
    """Any permutation inside the horizon gives the same sums, and those of the whole log."""
    site = data.draw(st.sampled_from(SITES[:2]))
    resolved, events = engine(site), as_events(log)
    ledger = folded(data.draw(st.permutations(events)), resolved)
    evaluation = Evaluation(events, resolved)
    newest = max(event.time for event in events)
    for now in (newest - 300_000, newest, newest + 30 * DAY):
        end = window_end(now, resolved.resolution)
        moment = ledger.moment(now, end)
        for label, (start, until) in customer_periods(end, resolved).items():
            same(parts_of(moment.windows[label]), parts_of(evaluation.window(start, until).customers))


@examples(60)
@given(log=stories(), site=SITE)
def test_partitions_do_not_matter(log: list[dict[str, Any]], site: dict[str, Any]) -> None:
    """Customers spread over two partitions give the sums of one, read again and again meanwhile."""
    resolved, events = engine({**site, "windows": {}}), as_events(log)
    same_when_split(events, resolved)


@example(  # whoever has a subscription stays, and is there at the start long after the date of it has gone
    log=written(
        (0, "customer.subscribed", "customer-1", BASIC | {"mrr": 100, "currency": "EUR"}),
        (40 * 86_400, "customer.visited", "customer-2", {}),
        (41 * 86_400, "customer.cancelled", "customer-1", BASIC),
    ),
    site=SITES[2],
    later=0,
    is_read=False,
    batches=[],
)
@examples(200)
@given(log=stories(), site=SITE, later=LATER, is_read=st.booleans(), batches=cuts())
def test_the_view_of_a_ledger_is_what_the_recount_counts(
    log: list[dict[str, Any]], site: dict[str, Any], later: int, *, is_read: bool, batches: list[int]
) -> None:
    """Whatever left, came back or expired, and read meanwhile or not: no number of any period differs."""
    resolved, events = engine(site), as_events(log)
    ledger = folded(events[:1], resolved)
    for number, event in enumerate(events[1:], 2):
        if is_read or number in batches:
            ledger.moment(event.time, window_end(event.time, resolved.resolution))
        ledger.fold([event], number)
    now = max([BASE, *(event.time for event in events)]) + later
    verdict = verdict_on("customers", ledger, log, site, now)
    assert [line_of(difference) for difference in verdict.differences] == []
