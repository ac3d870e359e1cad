"""The recount of customers: their numbers in a period, the periods, what is shown."""

from datetime import UTC, datetime

from aggregators.recount_customer_windows import (
    customer_metrics,
    customer_periods,
    is_of_customers,
    lifetime_metrics,
    tallies_of,
)
from aggregators.recount_customers import SITE, Amount, Spell, Story
from aggregators.recount_limits import read_limits
from aggregators.recount_settings import Options
from aggregators.recount_windows import Metric

PERIOD = (100, 200)


def subscriber(product: str, start: int, end: int | None = None, mrr: int = 100) -> Story:
    """Return somebody who subscribed at one moment and perhaps left at another."""
    spells = [Spell(start, end)]
    amounts = [Amount(start, product, "EUR", "new", mrr)]
    if end is not None:
        amounts.append(Amount(end, product, "EUR", "cancelled", mrr))
    paying = {(product, "EUR"): spells, (SITE, "EUR"): spells}
    return Story({product: spells, SITE: spells}, paying, amounts, sales=[(start, product, False)])


STORIES = [
    subscriber("a", 50),
    subscriber("a", 50, 150),
    subscriber("a", 120, 130),
    subscriber("b", 100, mrr=50),
]


def values(metrics: list[Metric]) -> dict[tuple[str, ...], float]:
    """Return values by name and labels."""
    return {
        (metric.name.removeprefix("support_"), *metric.labels.values()): metric.value for metric in metrics
    }


def test_numbers_of_a_period() -> None:
    """Two at the start, two lost, one of them of the start; one came and went."""
    found = values(customer_metrics(STORIES, PERIOD, Options(), ()))
    assert found["window_churn_ratio", "a"] == 1.0
    assert found["window_customer_parts", "a", "lost_of_start"] == 1
    assert found["window_mrr_churn_ratio", "a"] == 1.0
    assert ("window_churn_ratio", "b") not in found
    assert found["all_window_customer_parts", "at_end"] == 2
    assert found["all_window_mrr_parts", "EUR", "at_end"] == 150
    assert values(customer_metrics(STORIES, PERIOD, Options("cohort"), ()))["window_churn_ratio", "a"] == 0.5
    assert values(customer_metrics(STORIES, PERIOD, Options("netted"), ()))["window_churn_ratio", "a"] == 0.5


def test_lifetime_value_of_the_end() -> None:
    """100 a month by a churn of 1, with half the margin 50; the site (100 + 50) / 2."""
    found = values(lifetime_metrics(STORIES, PERIOD, Options(margin=0.5)))
    assert found == {
        ("customer_lifetime_value", "a", "EUR"): 50.0,
        ("all_customer_lifetime_value", "EUR"): 37.5,
    }
    assert (
        values(lifetime_metrics(STORIES, PERIOD, Options(margin=0.5, lifetime_value="revenue")))[
            "customer_lifetime_value", "a", "EUR"
        ]
        == 100.0
    )


def test_hidden_products_are_added_up() -> None:
    """The site stays as it is."""
    tallies, site = tallies_of(STORIES, PERIOD, (), frozenset({"a", "__other__"}))
    assert set(tallies) == {"a", "__other__"}
    assert tallies["__other__"].counts["new"] == 1
    assert site.counts["new"] == 2


def test_periods_follow_the_calendar_and_the_horizon() -> None:
    """15:00 in Berlin on 30 March 2026."""
    end = int(datetime(2026, 3, 30, 13, tzinfo=UTC).timestamp()) * 1000
    site = {"site": {"time_zone": "Europe/Berlin"}}
    periods = customer_periods(end, read_limits(site))
    assert len(periods) == 8
    assert periods["month"] == periods["30d"]
    assert periods["last_month"][1] == periods["month"][0]
    assert (periods["last_month"][1] - periods["last_month"][0]) // 86_400_000 == 28
    short = {**site, "windows": {"horizon": {"customers": "33d"}}}
    assert list(customer_periods(end, read_limits(short))) == ["30d", "month"]


def test_names_of_customers_are_recognised() -> None:
    """Whatever the prefix; those of surveys and operations are not."""
    for name in (
        "window_churn_ratio",
        "all_window_currency_mrr_churn_ratio",
        "customer_lifetime_value",
        "all_customer_lifetime_value",
        "window_engagement",
    ):
        assert is_of_customers(f"support_{name}")
    for name in ("window_requests", "window_nps_score", "open_cases"):
        assert not is_of_customers(f"support_{name}")
