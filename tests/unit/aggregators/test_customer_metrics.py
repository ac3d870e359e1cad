"""Samples of customers: per product, for the site from summed parts, absent without an event."""

from aggregators.catalogue import metric_named
from aggregators.catalogue.customers import CUSTOMER_METRICS
from aggregators.configuration import CustomerOptions
from aggregators.customer_measures import CustomerMeasure, measure_of
from aggregators.customer_metrics import (
    CustomerDerivation,
    bounded_products,
    customer_samples,
    lifetime_samples,
)
from aggregators.measures import Parts, Series
from aggregators.samples import Sample
from tests.building import configured

OPTIONS = CustomerOptions()
EVERYTHING = {measure_of(kind): 1 for kind in CustomerMeasure}


def parts(**amounts: int) -> Parts:
    """Return sums by the names of their measures."""
    return {measure_of(CustomerMeasure[name.upper()]): amount for name, amount in amounts.items()}


def everywhere() -> dict[Series, Parts]:
    """Return a period in which everything happened."""
    return {
        (place, "a" if place.startswith("product") else ""): EVERYTHING
        for place in ("product", "product/EUR", "site", "site/EUR")
    }


def values(samples: list[Sample], name: str) -> list[float]:
    """Return the values of a metric in their order."""
    return [sample.value for sample in samples if sample.name == name]


def test_a_customer_of_two_products_is_one_of_the_site() -> None:
    """Both products lost one of one, the site none of one; sales are added."""
    one = parts(customers_at_start=1, lost=1, sales=2)
    rows = {("product", "a"): one, ("product", "b"): one, ("site", ""): parts(customers_at_start=1)}
    samples = customer_samples(rows, (), OPTIONS)
    assert values(samples, "support_window_churn_ratio") == [1.0, 1.0]
    assert values(samples, "support_all_window_churn_ratio") == [0.0]
    lines = {
        sample.labels: sample.value
        for sample in samples
        if sample.name == "support_all_window_customer_parts"
    }
    assert lines[("part", "sales"),] == 4
    assert lines[("part", "lost"),] == 0


def test_currencies_are_never_added() -> None:
    """A ratio without currency is there where there is only one."""
    euros, dollars = parts(mrr_at_start=100, mrr_cancelled=10), parts(mrr_at_start=1, mrr_cancelled=1)
    rows = {("product/EUR", "a"): euros, ("product/USD", "b"): dollars}
    samples = customer_samples(rows, (), OPTIONS)
    assert values(samples, "support_window_mrr_churn_ratio") == [0.1, 1.0]
    assert values(samples, "support_all_window_mrr_churn_ratio") == []
    assert values(samples, "support_all_window_currency_mrr_churn_ratio") == [0.1, 1.0]
    assert values(samples, "support_all_window_revenue_churn") == [10, 1]


def test_without_an_event_counts_are_0_and_ratios_absent() -> None:
    """A product that is known elsewhere has its counts; without any there is nothing."""
    samples = customer_samples({}, ["a"], OPTIONS)
    assert {sample.value for sample in samples} == {0}
    assert not any(sample.name.endswith("_ratio") for sample in samples)
    assert customer_samples({}, (), OPTIONS) == lifetime_samples({}, (), OPTIONS) == []


def test_samples_carry_the_labels_of_the_catalogue_in_its_order() -> None:
    """Every series has exactly the labels that its row names, `window` apart; every row has some."""
    samples = customer_samples(everywhere(), (), OPTIONS) + lifetime_samples(everywhere(), (), OPTIONS)
    for sample in samples:
        labels = tuple(label for label in metric_named(sample.name).labels if label != "window")
        assert tuple(label for label, _ in sample.labels) == labels
    assert len({sample.name for sample in samples}) == 2 * len(CUSTOMER_METRICS)


def test_what_has_not_changed_is_the_same_object() -> None:
    """Tick after tick; what has gone has no ratio."""
    derivation, rows = CustomerDerivation(OPTIONS), everywhere()
    first, second = derivation.samples(rows, ()), derivation.samples(rows, ())
    assert all(mine is theirs for mine, theirs in zip(first, second, strict=True))
    del rows["product", "a"]
    third = derivation.samples(rows, ["b"])
    assert values(third, "support_window_upsell_ratio") == []


def test_products_beyond_the_bound_are_summed() -> None:
    """Two are shown: those with most sales and customers; the site stays as it is."""
    configuration = configured({"site": {"max_queues": 2}})
    period: dict[Series, Parts] = {
        ("product", name): parts(sales=sales) for name, sales in (("a", 5), ("b", 1), ("c", 7), ("d", 1))
    }
    period["product/EUR", "b"] = parts(mrr=3)
    period["site", ""] = parts(won=1)
    shown = bounded_products({"30d": period, "90d": {}}, configuration)
    assert set(shown["30d"]) == {
        ("product", "a"),
        ("product", "c"),
        ("product", "__other__"),
        ("product/EUR", "__other__"),
        ("site", ""),
    }
    assert shown["30d"]["product", "__other__"] == parts(sales=2)
    assert bounded_products({"30d": period}, configured()) == {"30d": period}
