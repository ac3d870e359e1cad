"""How the recount sums a window."""

import pytest

from aggregators.recount_facts import Arrival, Facts, Observation, Place, Wait
from aggregators.recount_settings import read_settings
from aggregators.recount_windows import (
    Tally,
    late_waits,
    ledger_of,
    service_level,
    statistics,
    window_metrics,
)

PHONE = Place("calls", "phone", "q")
MAIL = Place("tickets", "email", "q")


def test_statistics_are_exact_means_and_nearest_ranks() -> None:
    """Ten waits of 1…10 s: p50 is the 5th, p90 the 9th, p95 the 10th; of nothing there is none."""
    assert statistics([1000 * second for second in range(1, 11)]) == {
        "mean": 5.5,
        "p50": 5,
        "p90": 9,
        "p95": 10,
        "max": 10,
    }
    assert statistics([12_000, 14_000, 20_000])["p50"] == 14
    assert statistics([]) == {}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("excluding_short", (80, 110)),
        ("answered_only", (80, 100)),
        ("abandons_negative", (80, 120)),
        ("abandons_within_ignored", (80, 105)),
        ("abandons_positive", (95, 120)),
        ("removed_within", (98, 128)),
    ],
)
def test_each_formula(formula: str, expected: tuple[int, int]) -> None:
    """A 100, A_T 80, B 20, B_T 15, B_S 10, F 8, F_T 3."""
    tally = Tally()
    parts = {
        "answered": 100,
        "answered_within": 80,
        "abandoned": 20,
        "abandoned_within": 15,
        "abandoned_short": 10,
    }
    for part, count in {**parts, "exited": 8, "exited_within": 3}.items():
        tally.counts["part", part] = count
    assert service_level(tally, formula) == expected


def test_a_window_is_half_open_and_lists_zeros_of_every_known_pair() -> None:
    """The observation at 0 counts, the one at 100 does not; the configured pair has 0 and no ratio."""
    facts = Facts(
        observations=[Observation(time, PHONE, "offered") for time in (-1, 0, 99, 100)],
        arrivals=[Arrival(0, PHONE, 100), Arrival(1, PHONE, 99), Arrival(2, PHONE, None)],
        places={PHONE},
    )
    settings = read_settings({"queues": [{"name": "z", "channels": ["chat"]}]})
    metrics = window_metrics(ledger_of([facts], settings), (0, 100), settings)
    found = {(one.name, *one.labels.values()): one.value for one in metrics}
    assert len(found) == len(metrics)
    assert found["support_window_offered", "phone", "q"] == 2
    assert found["support_window_unanswered", "phone", "q"] == 2
    assert found["support_window_offered", "chat", "z"] == 0
    assert found["support_channel_window_offered", "phone"] == 2
    assert found["support_all_window_offered",] == 2
    assert not [name for name, *_ in found if name.endswith("ratio")]


def test_tickets_have_a_service_level_where_they_have_a_target_and_never_a_live_one() -> None:
    """One first response, in time."""
    parts = [Observation(5, MAIL, "part", part) for part in ("answered", "answered_within")]
    for sections, expected in ((0, []), (1, [1])):
        settings = read_settings({"sla": {"first_response": {}}} if sections else {})
        metrics = window_metrics(ledger_of([Facts(parts, places={MAIL})], settings), (0, 9), settings)
        assert [one.value for one in metrics if one.name == "support_window_service_level_ratio"] == expected
        assert [one for one in metrics if "live" in one.name] == []


def test_late_waits_are_longer_than_the_threshold_and_not_stale() -> None:
    """Waiting since 0 with T 20: late from 21 on, until its outcome at 50 lies inside the window."""
    settings = read_settings({"windows": {"max_open": {"calls": "1s"}}})
    wait = Wait(PHONE, 0, 50, 20, (0, 50))
    assert [late_waits([wait], end, settings)[PHONE] for end in (20, 21, 50, 51)] == [0, 1, 1, 0]
    lost = Wait(PHONE, 0, None, 20, (0, 5))
    assert [late_waits([lost], end, settings)[PHONE] for end in (1005, 1006)] == [1, 0]
