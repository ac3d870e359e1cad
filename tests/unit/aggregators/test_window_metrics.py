"""Window metrics: counts, ratios, durations and roll-ups from summed parts, with the arithmetic."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators.catalogue.states import CONTACT_TOPICS
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.configuration import Configuration, Formula, Horizon, ServiceLevel, SlaTarget
from aggregators.distribution import nearest_rank, value_of
from aggregators.events import CHANNELS
from aggregators.measures import (
    Count,
    Distribution,
    Parts,
    Series,
    add_parts,
    bucket_key,
    buckets_in_use,
    sum_key,
)
from aggregators.samples import Sample, Value
from aggregators.window_metrics import WindowDerivation, window_samples

SALES: Series = ("phone", "sales")
MAIL: Series = ("email", "mail")
SITE_LEVEL = ServiceLevel(20_000, 5_000, 0.8, Formula.EXCLUDING_SHORT)
FIRST_RESPONSE = SlaTarget("calendar", {"low": 4, "normal": 3, "high": 2, "urgent": 1}, 0.95)


def site(*, first_response: tuple[str | None, ...] = ()) -> Configuration:
    """Return a site with first-response targets for these queues (None: all)."""
    levels = {(None, channel, topic): SITE_LEVEL for channel in CHANNELS for topic in CONTACT_TOPICS}
    return Configuration(
        time_zone="UTC",
        window_lengths={"5m": 300_000},
        resolution=10_000,
        horizon=Horizon(1, 1, 1),
        retention={},
        max_open={},
        queues={},
        calendars={},
        service_levels=levels,
        sla_targets={(queue, "first_response"): FIRST_RESPONSE for queue in first_response},
    )


def row(counts: Mapping[Count, int] | None = None, **durations: list[int]) -> Parts:
    """Return the sums of a row with these counts and durations (ms) by the name of their distribution."""
    parts: Parts = {int(key): amount for key, amount in (counts or {}).items()}
    for name, values in durations.items():
        distribution = Distribution[name.upper()]
        for value in values:
            add_parts(parts, {sum_key(distribution): value, bucket_key(distribution, value): 1})
    return parts


def by_name(samples: list[Sample]) -> dict[tuple[str, tuple[str, ...]], Value]:
    """Return samples by name and label values; fails on a second one of a series."""
    found = {(sample.name, tuple(value for _, value in sample.labels)): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


ABANDONS = row(
    {
        Count.OFFERED: 7,
        Count.ANSWERED: 3,
        Count.ABANDONED: 3,
        Count.SHORT_ABANDONED: 1,
        Count.EXITED: 1,
        Count.ANSWERED_WITHIN: 2,
        Count.ABANDONED_WITHIN: 2,
        Count.LEVEL_MET: 2,
        Count.LEVEL_ELIGIBLE: 5,
    },
    answer=[20_000, 21_000, 5_000],
)
"""A = 3, A_T = 2, B = 3, B_T = 2, B_S = 1, F = 1: the worked case `abandons`, by its formula 2/5."""


def test_overdue_waits_join_the_live_denominator() -> None:
    """2 of 5 in time; with two contacts waiting beyond T the live ratio is 2 / 7."""
    found = by_name(window_samples({SALES: ABANDONS}, {SALES: 2}, [], site()))
    assert found["support_window_service_level_ratio", SALES] == 2 / 5
    assert found["support_window_service_level_live_ratio", SALES] == 2 / 7


def test_a_known_pair_without_anything_has_counts_of_zero_and_nothing_else() -> None:
    """Counts are 0 for every known pair, ratios, means and quantiles are absent; no target, no SLA series."""
    found = by_name(window_samples({}, {}, [SALES], site()))
    assert set(found.values()) == {0}
    names = {name for name, labels in found if labels[:2] == SALES}
    assert names == {
        f"support_window_{metric.measure}"
        for metric in WINDOW_METRICS
        if metric.unit not in ("ratio", "seconds") and not metric.measure.startswith("sla_")
    }
    assert found["support_window_blocked", (*SALES, "trunk")] == 0
    assert found["support_window_service_level_parts", (*SALES, "exited_within")] == 0
    assert found["support_window_samples", (*SALES, "next_response")] == 0


def test_the_counts_of_the_service_level_are_exported_as_parts() -> None:
    """All seven parts are listed under the names of the contract."""
    found = by_name(window_samples({SALES: ABANDONS}, {}, [], site()))
    parts = {
        labels[2]: value
        for (name, labels), value in found.items()
        if name == "support_window_service_level_parts"
    }
    assert parts == {
        "answered": 3,
        "answered_within": 2,
        "abandoned": 3,
        "abandoned_within": 2,
        "abandoned_short": 1,
        "exited": 1,
        "exited_within": 0,
    }


def test_ratios_divide_the_counts_that_the_contract_names() -> None:
    """Abandonment = 3 / (3 + 3 + 1); blocked = 2 / (2 + 6); resolution = 5 / 4, above one."""
    counts = {
        Count.BLOCKED_TRUNK: 1,
        Count.BLOCKED_OTHER: 1,
        Count.CALL_REQUESTS: 6,
        Count.REQUESTS: 100,
        Count.RESOLVED_CASES: 5,
        Count.ASSIGNED: 4,
    }
    parts = dict(ABANDONS)
    add_parts(parts, row(counts))
    found = by_name(window_samples({SALES: parts}, {}, [], site()))
    assert found["support_window_abandonment_ratio", SALES] == 3 / 7
    assert found["support_window_blocked_ratio", SALES] == 2 / 8
    assert found["support_window_resolution_ratio", SALES] == 5 / 4


def test_stats_of_three_answers() -> None:
    """Waits of 5, 20 and 21 s: the mean is exact, p50 the 2nd, p90, p95 and max the 3rd within 1 %."""
    found = by_name(window_samples({SALES: ABANDONS}, {}, [], site()))
    stats = {stat: found["support_window_answer_seconds", (*SALES, stat)] for stat in ("mean", "p50", "max")}
    assert stats["mean"] == pytest.approx(46 / 3, rel=1e-12)
    assert stats["p50"] == pytest.approx(20, rel=0.01)
    assert stats["max"] == pytest.approx(21, rel=0.01)
    assert found["support_window_samples", (*SALES, "answer")] == 3


def test_zero_seconds_are_a_measurement() -> None:
    """Three holds of 0 ms are three samples with a mean and quantiles of 0, not an absent number."""
    found = by_name(window_samples({SALES: row(hold=[0, 0, 0])}, {}, [], site()))
    assert found["support_window_hold_seconds", (*SALES, "mean")] == 0
    assert found["support_window_hold_seconds", (*SALES, "p95")] == 0
    assert found["support_window_samples", (*SALES, "hold")] == 3


def test_sums_that_have_come_back_to_zero_are_absent() -> None:
    """Contributions withdrawn leave zeros behind, which are no samples."""
    gone = dict.fromkeys(row(answer=[20_000]), 0)
    found = by_name(window_samples({SALES: gone}, {}, [], site()))
    assert ("support_window_answer_seconds", (*SALES, "mean")) not in found
    assert found["support_window_samples", (*SALES, "answer")] == 0


def test_quantiles_equal_the_nearest_rank_of_the_distribution() -> None:
    """On random durations every quantile is what distribution.nearest_rank finds."""
    generator = random.Random(7)
    for size in (1, 2, 9, 10, 11, 20, 199):
        parts = row(handle=[generator.randrange(0, 4_000_000) for _ in range(size)])
        found = by_name(window_samples({SALES: parts}, {}, [], site()))
        buckets = buckets_in_use(parts, Distribution.HANDLE)
        for stat, percent in (("p50", 50), ("p90", 90), ("p95", 95)):
            expected = value_of(nearest_rank(buckets, percent, 100)) / 1000
            assert found["support_window_handle_seconds", (*SALES, stat)] == expected


def test_roll_ups_sum_parts_and_never_average() -> None:
    """Means of 10 s (once) and 40 s (twice): the channel's mean is 90 / 3 = 30 s, not 25."""
    rows = {SALES: row(answer=[10_000]), ("phone", "tech"): row(answer=[40_000, 40_000])}
    found = by_name(window_samples(rows, {}, [MAIL], site()))
    assert found["support_channel_window_answer_seconds", ("phone", "mean")] == 30
    assert found["support_all_window_answer_seconds", ("mean",)] == 30
    assert found["support_channel_window_requests", ("email",)] == 0
    assert found["support_all_window_samples", ("answer",)] == 3


def test_roll_ups_of_the_service_level_sum_each_queues_own_numerator_and_denominator() -> None:
    """2/5 in one queue and, by another formula, 4/6 in the other: together 6/11, live 6/(11 + 1)."""
    tech: Series = ("phone", "tech")
    other = row({Count.LEVEL_MET: 4, Count.LEVEL_ELIGIBLE: 6})
    found = by_name(window_samples({SALES: ABANDONS, tech: other}, {tech: 1}, [], site()))
    assert found["support_window_service_level_ratio", SALES] == 2 / 5
    assert found["support_window_service_level_ratio", tech] == 4 / 6
    assert found["support_channel_window_service_level_ratio", ("phone",)] == 6 / 11
    assert found["support_all_window_service_level_live_ratio", ()] == 6 / 12


TICKETS = row({Count.TICKET_ANSWERED: 4, Count.TICKET_ANSWERED_WITHIN: 3})


def test_tickets_have_a_service_level_where_a_first_response_target_exists() -> None:
    """3 of 4 first responses in time: 0.75, and no live ratio; the parts hold them as answers."""
    found = by_name(window_samples({MAIL: TICKETS}, {}, [], site(first_response=(None,))))
    assert found["support_window_service_level_ratio", MAIL] == 0.75
    assert ("support_window_service_level_live_ratio", MAIL) not in found
    assert found["support_window_service_level_parts", (*MAIL, "answered")] == 4
    assert found["support_window_sla_met", (*MAIL, "first_response")] == 0
    assert ("support_window_sla_met", (*MAIL, "resolution")) not in found


def test_tickets_without_a_target_have_no_service_level() -> None:
    """Without a target nothing is eligible; the part `answered` is listed anyway."""
    answered = row({Count.TICKET_ANSWERED: 4})
    found = by_name(window_samples({MAIL: answered}, {}, [], site(first_response=("other",))))
    assert ("support_window_service_level_ratio", MAIL) not in found
    assert found["support_window_service_level_parts", (*MAIL, "answered")] == 4


def test_tickets_do_not_enter_the_live_service_level_of_the_site() -> None:
    """Calls 2/5 and tickets 3/4: the site's ratio is 5/9, its live ratio is that of the calls, 2/(5 + 1)."""
    configuration = site(first_response=(None,))
    found = by_name(window_samples({SALES: ABANDONS, MAIL: TICKETS}, {SALES: 1}, [], configuration))
    assert found["support_all_window_service_level_ratio", ()] == 5 / 9
    assert found["support_all_window_service_level_live_ratio", ()] == 2 / 6


def test_tickets_and_chats_in_one_series_sum() -> None:
    """On `messaging` 2/5 chats and 3/4 tickets: 5/9, live only the chats; answered_within is 2 + 3."""
    mixed: Series = ("messaging", "help")
    parts = dict(ABANDONS)
    add_parts(parts, TICKETS)
    found = by_name(window_samples({mixed: parts}, {mixed: 1}, [], site(first_response=(None,))))
    assert found["support_window_service_level_ratio", mixed] == 5 / 9
    assert found["support_window_service_level_live_ratio", mixed] == 2 / 6
    assert found["support_window_service_level_parts", (*mixed, "answered_within")] == 5


def test_only_overdue_waits_give_a_live_ratio_of_zero() -> None:
    """Nobody was answered and two wait too long: 0 / (0 + 2), while the ratio itself has no sample."""
    found = by_name(window_samples({}, {SALES: 2}, [], site()))
    assert found["support_window_service_level_live_ratio", SALES] == 0
    assert ("support_window_service_level_ratio", SALES) not in found


def test_the_order_of_rows_changes_nothing() -> None:
    """Merging partitions in another order gives the same list of samples."""
    rows = {SALES: ABANDONS, MAIL: TICKETS, ("chat", "help"): row(answer=[1, 2, 3])}
    backwards = {series: dict(reversed(parts.items())) for series, parts in reversed(rows.items())}
    configuration = site(first_response=(None,))
    assert window_samples(rows, {}, [MAIL], configuration) == window_samples(
        backwards, {}, [SALES], configuration
    )


QUEUES: tuple[Series, ...] = (SALES, ("phone", "tech"), MAIL, ("chat", "help"))
ROWS: tuple[Parts, ...] = (
    {},
    ABANDONS,
    TICKETS,
    row({Count.OFFERED: 2}, answer=[1_000, 90_000]),
    row({Count.ABANDONED: 1}, answer=[1_000], hold=[0]),
)
TICKS = st.lists(
    st.dictionaries(
        st.sampled_from(QUEUES), st.tuples(st.sampled_from(ROWS), st.integers(0, 2)), max_size=len(QUEUES)
    ),
    min_size=1,
    max_size=5,
)


@given(TICKS)
def test_deriving_tick_after_tick_is_deriving_afresh(
    ticks: list[dict[Series, tuple[Parts, int]]],
) -> None:
    """Rows appear, change, stay and vanish; after any history the samples are those of a first look."""
    configuration = site(first_response=("mail",))
    derivation = WindowDerivation(configuration)
    for tick in ticks:
        rows = {series: dict(parts) for series, (parts, _) in tick.items()}
        waits = {series: count for series, (_, count) in tick.items()}
        assert derivation.samples(rows, waits, [SALES]) == window_samples(rows, waits, [SALES], configuration)


def test_other_sums_are_a_change_and_the_same_ones_are_none() -> None:
    """One more answer is; equal sums in another object are not."""
    derivation = WindowDerivation(site())
    derivation.samples({SALES: dict(ABANDONS)}, {}, [])
    before = derivation.samples({SALES: dict(ABANDONS)}, {}, [])
    assert by_name(before)["support_window_offered", SALES] == 7
    more = dict(ABANDONS)
    more[Count.OFFERED] += 1
    assert by_name(derivation.samples({SALES: more}, {}, []))["support_window_offered", SALES] == 8
    assert by_name(derivation.samples({SALES: more}, {}, []))["support_all_window_offered", ()] == 8
