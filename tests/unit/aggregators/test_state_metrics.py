"""State gauges: known pairs from the start, configuration as data, and the bound on queues shown."""

from __future__ import annotations

import pytest
from msgspec import structs

from aggregators.business_calendar import BusinessCalendar
from aggregators.configuration import (
    Configuration,
    CustomerTargets,
    Formula,
    Horizon,
    QueueConfiguration,
    ServiceLevel,
    SlaTarget,
)
from aggregators.events import CHANNELS, Topic
from aggregators.measures import Count, Series
from aggregators.parts import MomentParts, SlaParts, StateParts
from aggregators.samples import Value
from aggregators.state_metrics import OTHER, bounded, hidden_queues, state_samples

NOW = 1_772_446_815_000
"""2026-03-02T10:20:15Z, a Monday."""

SALES: Series = ("phone", "sales")
MAIL: Series = ("email", "mail")
THRESHOLDS: dict[Topic, int] = {"calls": 20_000, "chats": 60_000}
OFFICE = BusinessCalendar(
    time_zone="UTC", weekly={"mon": [(9 * 60, 10 * 60 + 20)], "tue": [(0, 1440)]}, holidays=()
)


def site(*queues: QueueConfiguration, max_queues: int = 200, targets: bool = False) -> Configuration:
    """Return a site; `targets`: the queue `mail` has a first-response target."""
    target = SlaTarget("calendar", {"normal": 28_800_000, "urgent": 3_600_000}, 0.95)
    return Configuration(
        time_zone="UTC",
        window_lengths={"5m": 300_000},
        resolution=10_000,
        horizon=Horizon(1, 1, 1),
        retention={},
        max_open={},
        queues={queue.name: queue for queue in queues},
        calendars={"office": OFFICE},
        service_levels={
            (None, channel, topic): ServiceLevel(threshold, 5_000, 0.8, Formula.ANSWERED_ONLY)
            for channel in CHANNELS
            for topic, threshold in THRESHOLDS.items()
        },
        sla_targets={("mail", "first_response"): target} if targets else {},
        max_queues=max_queues,
    )


def derived(moment: MomentParts, configuration: Configuration, now: int = NOW) -> dict[str, Value]:
    """Return samples as `name label label …`; fails on a second one of a series."""
    samples = state_samples(moment, configuration, now)
    found = {
        " ".join([sample.name, *(value for _, value in sample.labels)]): sample.value for sample in samples
    }
    assert len(found) == len(samples)
    return found


def test_a_known_pair_has_every_count_at_zero_from_the_start() -> None:
    """States, backlog classes and the longest wait are 0; moments and targets not set are absent."""
    found = derived(MomentParts(known={SALES}), site())
    assert found["support_open_cases phone sales on_hold"] == 0
    assert found["support_backlog_cases phone sales gt_7d"] == 0
    assert found["support_longest_wait_seconds phone sales"] == 0
    assert found["support_stale_cases phone"] == 0
    assert found["support_agents break"] == 0
    assert not [series for series in found if "_sla_" in series or "since" in series]


def test_a_wait_shows_its_age_and_its_beginning() -> None:
    """Waiting since 10:20:00 at 10:20:15: 15 s; milliseconds become seconds in one division."""
    state = StateParts(open_cases=[1, 2, 3, 4], backlog=[1, 0, 0, 0, 0, 0], longest_since=NOW - 15_000)
    found = derived(MomentParts(states={SALES: state}), site())
    assert found["support_longest_wait_seconds phone sales"] == 15
    assert found["support_longest_wait_since_timestamp_seconds phone sales"] == (NOW - 15_000) / 1000
    assert found["support_open_cases phone sales awaiting_reply"] == 1
    assert found["support_open_cases phone sales in_progress"] == 2
    assert found["support_open_cases phone sales awaiting_customer"] == 3
    assert found["support_open_cases phone sales on_hold"] == 4
    assert found["support_backlog_cases phone sales lt_1h"] == 1


def test_deadlines_are_shown_where_a_target_exists() -> None:
    """A queue with a first-response target has its three gauges, zeros included; other targets have none."""
    parts = SlaParts(within_15m=1, within_60m=3, breached_open=2, next_breach=NOW + 500)
    moment = MomentParts(states={MAIL: StateParts(sla={"first_response": parts})}, known={("web", "mail")})
    found = derived(moment, site(targets=True))
    assert found["support_sla_at_risk_cases email mail first_response 15m"] == 1
    assert found["support_sla_at_risk_cases email mail first_response 60m"] == 3
    assert found["support_sla_breached_open_cases email mail first_response"] == 2
    assert found["support_sla_next_breach_timestamp_seconds email mail first_response"] == (NOW + 500) / 1000
    assert found["support_sla_at_risk_cases web mail first_response 60m"] == 0
    assert "support_sla_next_breach_timestamp_seconds web mail first_response" not in found
    assert "support_sla_breached_open_cases email mail resolution" not in found


def test_configuration_is_exported_as_data() -> None:
    """Target, threshold and formula where calls or chats come, and the time allowed per stated priority."""
    found = derived(MomentParts(known={SALES, MAIL}), site(targets=True))
    assert found["support_service_level_target_ratio phone sales"] == 0.8
    assert found["support_service_level_threshold_seconds phone sales"] == 20
    assert found["support_queue_info phone sales answered_only"] == 1
    assert len([series for series in found if series.startswith("support_queue_info")]) == 1
    assert found["support_sla_target_seconds email mail first_response urgent"] == 3600
    assert "support_sla_target_seconds email mail first_response low" not in found


def test_targets_of_surveys_and_customers_are_there_where_they_are_set() -> None:
    """Each by itself; without one there is no series."""
    targets = CustomerTargets(nps=30, churn=0.03)
    found = derived(MomentParts(), structs.replace(site(), customer_targets=targets))
    assert found["support_nps_target_score"] == 30
    assert found["support_churn_target_ratio"] == 0.03
    assert "support_csat_target_ratio" not in found


def test_the_service_level_of_tickets_is_their_first_response_target() -> None:
    """95 % in time is the aim where only tickets come; their threshold depends on the priority."""
    lab: Series = ("email", "lab")
    found = derived(MomentParts(known={MAIL, lab}), site(targets=True))
    assert found["support_service_level_target_ratio email mail"] == 0.95
    assert "support_service_level_threshold_seconds email mail" not in found
    assert "support_service_level_target_ratio email lab" not in found, "no target is set there"


@pytest.mark.parametrize(
    ("topics", "expected"),
    [(["tickets"], None), (["chats", "tickets"], 60), (["chats", "calls"], 20), ([], None)],
    ids=["tickets", "chats before tickets", "calls before chats", "nothing yet"],
)
def test_what_has_been_seen_decides_on_the_threshold(topics: list[Topic], expected: int | None) -> None:
    """On `sms` T is that of calls (20 s) once one came, else that of chats (60 s); tickets have none."""
    line: Series = ("sms", "line")
    moment = MomentParts(known={line}, served={(topic, line) for topic in topics})
    assert derived(moment, site()).get("support_service_level_threshold_seconds sms line") == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW - 15_001, 1), (NOW - 15_000, 0), (NOW + 86_400_000, 1)],
    ids=["before closing", "at closing", "the next day"],
)
def test_a_queue_is_open_inside_its_hours(now: int, expected: int) -> None:
    """Hours end at 10:20 on Mondays, exclusively; Tuesdays are open all day."""
    configuration = site(QueueConfiguration("sales", hours="office"), QueueConfiguration("lab"))
    found = derived(MomentParts(known={MAIL}), configuration, now)
    assert found["support_queue_open sales"] == expected
    assert found["support_queue_open lab"] == 1, "a configured queue without hours is always open"
    assert found["support_queue_open mail"] == 1, "and so is one that is not configured"


def test_stale_cases_are_shown_for_channels_of_contacts() -> None:
    """Phone and chat once known, any other channel once a call or chat came there."""
    seen: set[tuple[Topic, Series]] = {("chats", ("messaging", "help")), ("tickets", MAIL)}
    moment = MomentParts(known={SALES, MAIL}, served=seen, stale={"sms": 2})
    found = derived(moment, site())
    assert {series: value for series, value in found.items() if "stale" in series} == {
        "support_stale_cases messaging": 0,
        "support_stale_cases phone": 0,
        "support_stale_cases sms": 2,
    }


@pytest.mark.parametrize(("now", "end"), [(9_999, 10), (10_000, 20), (10_001, 20)])
def test_windows_end_at_the_next_multiple_of_the_resolution(now: int, end: int) -> None:
    """Strictly later than now: at 10.000 s the window ends at 20 s."""
    assert derived(MomentParts(), site(), now)["support_window_end_timestamp_seconds"] == end


def busy_moment() -> MomentParts:
    """Return a moment with tech 9, help 7, lab 7 requests and sales none."""
    return MomentParts(
        windows={
            "5m": {
                ("phone", name): {int(Count.REQUESTS): count} for name, count in (("tech", 9), ("help", 7))
            }
        },
        states={
            ("phone", "help"): StateParts(open_cases=[1, 0, 0, 0], longest_since=5, overdue_waits=1),
            ("phone", "lab"): StateParts(open_cases=[2, 0, 0, 0], longest_since=3),
            ("chat", "lab"): StateParts(open_cases=[4, 0, 0, 0]),
        },
        stale={"phone": 1},
        agents={"break": 2},
        known={("phone", "tech"), ("phone", "help"), ("phone", "lab"), ("chat", "lab")},
        served={("calls", ("phone", "tech")), ("calls", ("phone", "lab"))},
        requests_in_horizon={"tech": 9, "help": 7, "lab": 7},
    )


def test_the_configured_come_first_then_the_busiest_then_the_first_by_name() -> None:
    """With room for two, sales (configured) and tech (9) keep their names; with three, help before lab."""
    configured = QueueConfiguration("sales", ("phone",))
    assert hidden_queues(busy_moment(), site(configured, max_queues=2)) == {"help", "lab"}
    assert hidden_queues(busy_moment(), site(configured, max_queues=3)) == {"lab"}
    assert hidden_queues(busy_moment(), site(configured, max_queues=4)) == frozenset()


def test_the_rest_are_summed_under_other() -> None:
    """Help 1 and lab 2 waiting on the phone are 3 of __other__, the longest wait is the earliest of both."""
    moment = busy_moment()
    shown = bounded(moment, site(QueueConfiguration("sales", ("phone",)), max_queues=2))
    assert shown.states[("phone", OTHER)] == StateParts(
        open_cases=[3, 0, 0, 0], longest_since=3, overdue_waits=1
    )
    assert shown.states[("chat", OTHER)].open_cases == [4, 0, 0, 0]
    assert shown.windows["5m"] == {
        ("phone", "tech"): {Count.REQUESTS: 9},
        ("phone", OTHER): {Count.REQUESTS: 7},
    }
    assert shown.known == {("phone", "tech"), ("phone", OTHER), ("chat", OTHER)}
    assert shown.served == {("calls", ("phone", "tech")), ("calls", ("phone", OTHER))}
    assert shown.requests_in_horizon == {"tech": 9, OTHER: 14}
    assert (shown.stale, shown.agents) == ({"phone": 1}, {"break": 2})
    assert moment == busy_moment(), "the merged parts themselves are left as they are"
    assert "support_queue_open __other__" not in derived(shown, site())


def test_within_the_bound_the_moment_is_returned_unchanged() -> None:
    """No copy is made where nothing is hidden."""
    moment = busy_moment()
    assert bounded(moment, site()) is moment


def test_the_sums_do_not_depend_on_what_is_hidden() -> None:
    """A bound moves cases between labels and never loses one."""
    for bound in range(1, 5):
        shown = bounded(busy_moment(), site(max_queues=bound))
        assert sum(sum(state.open_cases) for state in shown.states.values()) == 7
        assert sum(parts[Count.REQUESTS] for parts in shown.windows["5m"].values()) == 16
