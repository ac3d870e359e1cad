"""What is in doubt when the head of a log is gone."""

from aggregators.recount_limits import HOUR, read_limits
from aggregators.recount_log import PartitionLog
from aggregators.recount_settings import read_settings
from aggregators.recount_shadow import STATES, Shadow
from aggregators.recount_windows import Metric
from tests.unit.aggregators.test_recount_log import BASE, STATED, record

OFFERED = Metric("support_window_offered", {"channel": "phone", "queue": "sales"}, 1)
ALL = Metric("support_all_window_offered", {}, 1)
MAIL = Metric("support_window_offered", {"channel": "email", "queue": "mail"}, 1)
OPEN_CASES = Metric("support_open_cases", {"channel": "phone", "queue": "sales"}, 1)
LIVE_RATIO = Metric("support_all_window_service_level_live_ratio", {}, 1)
QUEUE_OPEN = Metric("support_queue_open", {"queue": "sales"}, 1)
AGENTS = Metric("support_agents", {"state": "available"}, 1)


def shadow_of(*hours_and_types: tuple[float, str], now: float, topic: str = "calls") -> Shadow:
    """Return the shadow of a log without its head that holds events of one case each."""
    settings, limits = read_settings(STATED), read_limits(STATED)
    log = PartitionLog(topic, 0, settings, limits)
    for hours, kind in hours_and_types:
        log.take(record(hours, f"c{hours}", type=kind))
    shadow = Shadow()
    at = BASE + int(now * HOUR)
    shadow.fall(log, {"5m": at - 300_000, "1h": at - HOUR}, at, settings)
    return shadow


def test_without_a_shadow_everything_is_covered_by_the_recount() -> None:
    """Nothing is in doubt."""
    assert not any(Shadow().covers(place, OFFERED) for place in ("5m", STATES))
    assert not Shadow().covers(STATES, AGENTS)
    assert Shadow().listed() == []


def test_a_window_that_began_before_the_log_is_in_doubt_as_a_whole() -> None:
    """The log begins at 10:00, the window of an hour at 9:30, that of five minutes at 10:25."""
    shadow = shadow_of((0, "call.offered"), now=0.5)
    assert shadow.covers("1h", OFFERED)
    assert shadow.covers("1h", MAIL)
    assert not shadow.covers("5m", OFFERED)


def test_a_case_without_a_beginning_puts_its_channel_in_doubt() -> None:
    """It had an event within the five minutes; other channels are covered, the sum of all is not."""
    shadow = shadow_of((0, "call.offered"), (0.45, "call.ended"), now=0.5)
    assert shadow.covers("5m", OFFERED)
    assert shadow.covers("5m", ALL)
    assert not shadow.covers("5m", MAIL)
    assert ("case", "calls c0.45") in [(entry.kind, entry.name) for entry in shadow.listed()]


def test_states_are_in_doubt_until_nobody_can_wait_any_more() -> None:
    """A call is stale after two hours without an event."""
    early, later = shadow_of((0, "call.offered"), now=1), shadow_of((0, "call.offered"), now=2.5)
    assert early.covers(STATES, OPEN_CASES)
    assert early.covers("5m", LIVE_RATIO)
    assert not later.covers(STATES, OPEN_CASES)
    assert not later.covers("5m", LIVE_RATIO)
    assert not early.covers(STATES, QUEUE_OPEN)


def test_agents_of_whom_nothing_is_left_may_be_in_any_state() -> None:
    """Their log says who they are by its events alone."""
    shadow = shadow_of(now=1, topic="agents")
    assert shadow.covers(STATES, AGENTS)
    assert not shadow.covers(STATES, OPEN_CASES)
    assert [entry.kind for entry in shadow.listed()] == ["agents"]


def test_a_log_without_any_record_left_covers_no_window() -> None:
    """When its last record was is not known."""
    shadow = shadow_of(now=1)
    assert set(shadow.windows) == {"5m", "1h"}
