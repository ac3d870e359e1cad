"""Surveys keep the promises of the engine: any order, doubled, late, restarted, split; the recount agrees."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.evaluation import Evaluation
from aggregators.recount import recount
from aggregators.site_time import window_end
from aggregators.survey_windows import survey_starts
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

KINDS: Final = ("survey",)
SITES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"site": {"time_zone": "Europe/Berlin"}},
    {"site": {"time_zone": "America/Sao_Paulo"}, "windows": {"horizon": {"surveys": "26h"}}},
)
TEN: Final = {"survey": "nps", "score": 10, "scale_min": 0, "scale_max": 10}
SITE: Final = st.sampled_from(SITES)
LATER: Final = st.sampled_from([0, 1, 9_999, 60_000, HOUR, 9 * HOUR, 40 * HOUR])


@examples(150)
@given(
    log=logs(kinds=KINDS), windows=st.lists(st.tuples(st.integers(0, 5_600_000), st.integers(1, 4_000_000)))
)
def test_engine_and_recount_agree(log: list[dict[str, Any]], windows: list[tuple[int, int]]) -> None:
    """Every series of every window has the same value in both: scales, polarities, waves, bounds."""
    spans = [(BASE - 10, BASE + 9_000_000)]
    spans += [(BASE + start, BASE + start + length) for start, length in windows]
    mine = as_document(report_on(as_events(log), engine({}), spans, [], {}))
    other = recount([as_line(event) for event in log], {}, spans, [])
    for here, there in zip(mine["windows"], other["windows"], strict=True):  # type: ignore[call-overload]  # lists
        ours, theirs = _table(here["metrics"]), _table(there["metrics"])
        assert ours.keys() == theirs.keys()
        for key, value in ours.items():
            assert abs(value - theirs[key]) <= 1e-9 * max(abs(theirs[key]), 1e-3), key


def _table(metrics: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    return {
        (entry["name"], str(sorted(entry["labels"].items()))): entry["value"]
        for entry in metrics
        if "channel" not in entry["labels"] and entry["name"].startswith(("support_window", "support_all"))
    }


@example(  # what has left may not stay in a row of its date
    log=written((0, "survey.response", "survey-1", TEN), (144_000, "survey.response", "survey-2", TEN)),
    site=SITES[2],
    plan=[Act("fold", 2), Act("checkpoint", 0), Act("restart", 1)],
    places=[],
)
@examples(150)
@given(
    log=st.one_of(logs(kinds=KINDS), long_logs(kinds=KINDS)),
    site=SITE,
    plan=acts(),
    places=st.lists(st.integers(0, 30), max_size=8),
)
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
@given(log=logs(kinds=KINDS), site=SITE, data=st.data())
def test_the_order_of_deliveries_does_not_matter(
    log: list[dict[str, Any]], site: dict[str, Any], data: st.DataObject
) -> None:
    """Any permutation inside the horizon gives the same sums, and those of the whole log."""
    resolved, events = engine(site), as_events(log)
    ledger = folded(data.draw(st.permutations(events)), resolved)
    evaluation = Evaluation(events, resolved)
    newest = max(event.time for event in events)
    for now in (newest - 300_000, newest, newest + 30 * HOUR):
        end = window_end(now, resolved.resolution)
        moment = ledger.moment(now, end)
        for label, start in survey_starts(end, resolved).items():
            same(parts_of(moment.windows[label]), parts_of(evaluation.window(start, end).surveys))


@examples(60)
@given(log=long_logs(kinds=KINDS), site=SITE)
def test_partitions_do_not_matter(log: list[dict[str, Any]], site: dict[str, Any]) -> None:
    """Respondents spread over two partitions give the sums of one, read again and again meanwhile."""
    resolved, events = engine({**site, "windows": {}}), as_events(log)
    same_when_split(events, resolved)


@examples(150)
@given(log=long_logs(kinds=KINDS), site=SITE, later=LATER, is_read=st.booleans(), batches=cuts())
def test_the_view_of_a_ledger_is_what_the_recount_counts(
    log: list[dict[str, Any]], site: dict[str, Any], later: int, *, is_read: bool, batches: list[int]
) -> None:
    """Whatever left, came back or expired, and read meanwhile or not: no number of any window differs."""
    resolved, events = engine(site), as_events(log)
    ledger = folded(events[:1], resolved)
    for number, event in enumerate(events[1:], 2):
        if is_read or number in batches:
            ledger.moment(event.time, window_end(event.time, resolved.resolution))
        ledger.fold([event], number)
    now = max([BASE, *(event.time for event in events)]) + later
    verdict = verdict_on("surveys", ledger, log, site, now)
    assert [line_of(difference) for difference in verdict.differences] == []
