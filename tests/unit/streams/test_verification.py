"""Two sides of a number: equal, absent, different, or not covered."""

from typing import Any

import pytest

from aggregators.recount_limits import read_limits
from aggregators.recount_live import LiveRecount
from aggregators.recount_log import PartitionLog
from aggregators.recount_settings import read_settings
from streams.live_document import LiveDocument
from streams.verification import Verdict, agree, compare, line_of, shown_names
from tests.unit.aggregators.test_recount_log import BASE, record

NOW = BASE + 120_000
END = NOW + 10_000


@pytest.mark.parametrize(
    ("name", "labels", "shown", "counted", "is_same"),
    [
        ("support_window_offered", {}, 7, 7, True),
        ("support_window_offered", {}, 7, 8, False),
        ("support_window_offered", {}, 0, None, True),
        ("support_window_offered", {}, None, 1, False),
        ("support_window_answer_seconds", {"stat": "mean"}, 12.0, 12.0000001, False),
        ("support_window_answer_seconds", {"stat": "mean"}, 12.0, 12.000000000001, True),
        ("support_window_answer_seconds", {"stat": "p90"}, 12.0, 12.1, True),
        ("support_window_answer_seconds", {"stat": "p90"}, 12.0, 12.2, False),
        ("support_window_service_level_ratio", {}, 0.0, None, False),
        ("support_longest_wait_seconds", {}, 0.0, None, True),
        ("support_queue_info", {}, 1, None, True),
    ],
)
def test_when_two_values_are_the_same_number(
    name: str, labels: dict[str, str], shown: float | None, counted: float | None, *, is_same: bool
) -> None:
    """Counts exactly, means to 1e-9, ranks to 1 %; only the 0 of a count may be absent."""
    assert agree((name, tuple(labels.items())), shown, counted) == is_same


def recount(*, is_whole: bool = True, clock: str = "wall") -> LiveRecount:
    """Return the recount of one call that waits."""
    stated = {"clock": {"mode": clock}, "windows": {"lengths": ["5m"]}}
    settings, limits = read_settings(stated), read_limits(stated)
    found = LiveRecount(settings, limits, NOW)
    log = PartitionLog("calls", 0, settings, limits)
    log.take(record(0))
    found.add(log, is_whole=is_whole)
    return found


def document(*, now: int = NOW, end: int = END, **changed: Any) -> LiveDocument:
    """Return a view that shows what the recount counts, with other values where they are given."""
    numbers = recount().numbers()
    entries = {
        place: [
            {
                "name": metric.name,
                "labels": dict(metric.labels),
                "value": changed.get(metric.name, metric.value),
            }
            for metric in metrics
        ]
        for place, metrics in numbers.items()
    }
    states = entries.pop("states")
    return LiveDocument(now, end, {("calls", 0): 1}, entries, states)


def differing(verdict: Verdict) -> list[str]:
    """Return the names of what differs."""
    return [difference.name for difference in verdict.differences]


def test_a_view_that_shows_what_was_counted_does_not_differ() -> None:
    """Every number is compared."""
    verdict = compare(document(), recount())
    assert verdict.differences == []
    assert verdict.compared > 150
    assert (verdict.records, verdict.cases, verdict.not_covered) == (1, 1, [])


def test_each_number_that_differs_is_listed() -> None:
    """With both values, and a line for people."""
    verdict = compare(document(support_all_window_offered=2), recount())
    assert list(map(line_of, verdict.differences)) == [
        "5m support_all_window_offered{}: shown 2, recounted 1"
    ]


def test_the_moment_of_the_view_is_one_of_its_numbers() -> None:
    """The end of the windows follows from now; with the event clock now is the newest event time."""
    assert differing(compare(document(end=END + 10_000), recount())) == ["window_end"]
    assert differing(compare(document(), recount(clock="event"), is_event_clock=True)) == ["now"]


def test_what_is_in_doubt_is_listed_and_not_compared() -> None:
    """The head of the log is gone: the window of five minutes began before 10:00."""
    whole, cut = compare(document(), recount()), compare(document(), recount(is_whole=False))
    assert cut.compared < whole.compared
    assert ("window", "5m") in [(entry.kind, entry.name) for entry in cut.not_covered]


def test_queues_are_summed_up_where_the_view_does() -> None:
    """Only a view with `__other__` hides any."""
    assert shown_names(document(), "queue") is None
    hiding = document()
    hiding.states[0]["labels"]["queue"] = "__other__"  # type: ignore[index]  # a dictionary here
    assert shown_names(hiding, "queue") == {"__other__", "sales"}
