"""The numbers of a live view from the logs of its partitions."""

from aggregators.recount_limits import read_limits
from aggregators.recount_live import OTHER, LiveRecount
from aggregators.recount_log import PartitionLog
from aggregators.recount_settings import read_settings
from aggregators.recount_shadow import STATES
from tests.unit.aggregators.test_recount_log import BASE, record

NOW = BASE + 120_000


def counted(*, shown: frozenset[str] | None = None, subjects: int = 2) -> LiveRecount:
    """Return the recount of some calls that wait since ten o'clock, at 10:02."""
    settings, limits = read_settings({}), read_limits({})
    recount = LiveRecount(settings, limits, NOW, shown=shown)
    for number in range(subjects):
        log = PartitionLog("calls", number, settings, limits)
        log.take(record(0, f"c{number}", data={"queue": f"q{number}"}))
        recount.add(log, is_whole=True)
    return recount


def value(recount: LiveRecount, place: str, name: str, **labels: str) -> float | None:
    """Return one number, None where it is absent."""
    found = {
        (metric.name, frozenset(metric.labels.items())): metric.value for metric in recount.numbers()[place]
    }
    return found.get((name, frozenset(labels.items())))


def test_partitions_are_added_up() -> None:
    """Two calls in two partitions: two requests, two that wait, each in its queue."""
    recount = counted()
    assert value(recount, "5m", "support_all_window_requests") == 2
    assert value(recount, "5m", "support_window_offered", channel="phone", queue="q1") == 1
    waiting = {"channel": "phone", "queue": "q0", "state": "awaiting_reply"}
    assert value(recount, STATES, "support_open_cases", **waiting) == 1
    assert value(recount, STATES, "support_longest_wait_seconds", channel="phone", queue="q0") == 120.0
    assert (recount.records, recount.cases, recount.newest) == (2, 2, BASE)


def test_the_live_ratio_counts_whoever_waits_too_long() -> None:
    """Two of two have waited for more than 20 s."""
    assert value(counted(), "5m", "support_all_window_service_level_live_ratio") == 0.0


def test_queues_that_the_view_does_not_name_are_summed_up() -> None:
    """As the view shows them under `__other__`."""
    recount = counted(shown=frozenset({"q0", OTHER}), subjects=3)
    assert value(recount, "5m", "support_window_offered", channel="phone", queue=OTHER) == 2
    assert value(recount, "5m", "support_window_offered", channel="phone", queue="q2") is None


def test_windows_end_where_the_view_says() -> None:
    """The end is one of the numbers."""
    assert value(counted(), STATES, "support_window_end_timestamp_seconds") == (NOW + 10_000) / 1000


def test_a_window_beyond_the_horizon_is_not_covered() -> None:
    """Whether something came too late for it cannot be told."""
    stated = {"windows": {"lengths": ["5m", "2h"], "horizon": "1h"}}
    settings, limits = read_settings(stated), read_limits(stated)
    recount = LiveRecount(settings, limits, NOW)
    log = PartitionLog("calls", 0, settings, limits)
    log.take(record(0))
    recount.add(log, is_whole=True)
    assert [(entry.kind, entry.name) for entry in recount.shadow.listed()] == [("window", "2h")]
